import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { EXPORT_FORMATS } from '../../src/training/export/formats.js';
import { startServerProcess } from '../support/process.js';

const page = await readFile('docs/training.md', 'utf8');

it('every command of docs/training.md runs as it stands, from the claim to provenance', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-training-page-'));
  const secret = 'a secret of more than thirty-two bytes';
  const server = await startServerProcess({
    FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
    FEEDBACK_JWT_SECRET: secret,
  });
  try {
    const program = /```js file=train\.mjs\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    await writeFile(join(directory, 'train.mjs'), program);
    const blocks = [...page.matchAll(/```bash\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
    expect(blocks.length).toBeGreaterThan(8);
    const script = blocks
      .join('\n')
      .replaceAll('http://127.0.0.1:4000', server.url)
      .replaceAll('npx feedback-graph', `node ${resolve('dist/bundle/cli.js')}`);
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
      cwd: directory,
      env: {
        PATH: `${resolve('test/support/bin')}:${process.env['PATH'] ?? ''}`,
        FEEDBACK_JWT_SECRET: secret,
      },
    });
    expect(stdout).not.toContain('"errors"');
    expect(stdout).not.toContain('"error"');
    const file = await readFile(join(directory, 'train.jsonl'));
    expect(file.toString().trim().split('\n')).toHaveLength(2);
    const sha256 = createHash('sha256').update(file).digest('hex');
    expect(stdout).toContain(`${sha256}  train.jsonl`);
    expect(stdout).toContain(`"sha256":"${sha256}"`);
    expect(stdout).toContain(
      '{"task":"DPO","rows":2,"dropped":[{"reason":"POSITIVE_HAS_NO_REJECTED_ANSWER","count":1}]}',
    );
    expect(stdout).toContain('"state":"committed"');
    expect(stdout).toContain('"metrics":{"rows":2,"loss":0.42}');
    expect(stdout).toContain('"trainedAdapters":{"edges":[{"depth":0,"node":{"id":"help_lora_v2"}}]}');
    expect(stdout).toContain(String.raw`base_model: \"help_lora_v1\"`);
    expect(stdout).toContain('"questions":3');
  } finally {
    server.child.kill('SIGTERM');
    await server.ended;
    await rm(directory, { recursive: true, force: true });
  }
});

it('docs/training.md names every format', () => {
  for (const format of EXPORT_FORMATS) {
    const [, family, task] = /^(llamafactory-\w+)-(\w+)$/.exec(format) ?? [];
    expect(page).toContain(family === undefined ? `\`${format}\`` : `\`${family}-sft\``);
    if (task !== undefined && task !== 'sft') expect(page).toContain(`\`…-${task}\``);
  }
});
