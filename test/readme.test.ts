import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { SETTING_ROWS } from '../src/config/config.js';
import { startServerProcess } from './support/process.js';

const readme = await readFile('README.md', 'utf8');
const settings = await readFile('docs/settings.md', 'utf8');

function settingsTable(): string {
  const rows = SETTING_ROWS.map(({ name, key, flag, default: value, description }) => {
    const cells = [name, key, flag?.split(' ')[0], value].map((cell) => (cell === undefined ? '' : `\`${cell}\``));
    return `| ${[...cells, description].join(' | ')} |`;
  });
  return ['| environment | file | flag | default | |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

it('the table in docs/settings.md is that of the code', () => {
  const shown = /<!-- settings -->\n([\s\S]*?)\n<!-- \/settings -->/.exec(settings)?.[1] ?? '';
  const plain = (table: string): string => table.trim().replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
  expect(plain(shown)).toBe(plain(settingsTable()));
});

it('every command of the round runs as it stands', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-readme-'));
  const secret = 'a secret of more than thirty-two bytes';
  const server = await startServerProcess({
    FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
    FEEDBACK_JWT_SECRET: secret,
  });
  try {
    const blocks = [...readme.matchAll(/```bash\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
    const round = blocks.filter((block) => !block.includes('npm ')).join('\n');
    expect(round.match(/curl /g)?.length).toBeGreaterThan(8);
    const script = round
      .replaceAll('http://127.0.0.1:4000', server.url)
      .replaceAll('npx feedback-graph', `node ${resolve('dist/bundle/cli.js')}`);
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
      env: {
        PATH: `${resolve('test/support/bin')}:${process.env['PATH'] ?? ''}`,
        FEEDBACK_JWT_SECRET: secret,
      },
    });
    expect(stdout).toContain('Feedback recorded successfully');
    expect(stdout).toContain('"marked":1');
    expect(stdout).not.toContain('"errors"');
  } finally {
    server.child.kill('SIGTERM');
    await server.ended;
    await rm(directory, { recursive: true, force: true });
  }
});
