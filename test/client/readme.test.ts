import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { runNode } from '../support/installed-package.js';
import { shareServer } from '../support/server.js';

it('every program of the README runs, in one module, against a real server', async () => {
  const server = await shareServer();
  const readme = await readFile('packages/client/README.md', 'utf8');
  const programs = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, program]) => program);
  expect(programs.length).toBe(5);
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-client-readme-'));
  try {
    await mkdir(join(directory, 'node_modules/@feedback-graph'), { recursive: true });
    await symlink(resolve('packages/client'), join(directory, 'node_modules/@feedback-graph/client'), 'junction');
    await writeFile(join(directory, 'readme.mjs'), programs.join('\n'));
    const { code, out, error } = await runNode([join(directory, 'readme.mjs')], {
      FEEDBACK_URL: server.url,
      FEEDBACK_TOKEN: server.token({ roles: ['admin', 'reviewer', 'trainer'] }),
    });
    expect([code, error]).toEqual([0, '']);
    expect(out).toMatch(/^feedback-\S+ approved$/m);
    expect(out).toContain('The default replication factor is 3 for production.');
    expect(out).toMatch(/^training_batch\.commit batch-\d+$/m);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
