import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_COMMANDS } from '../../src/cli/welcome.js';
import { type ServerProcess, startServerProcess } from '../support/process.js';

const secret = 'a secret of more than thirty-two bytes';
const token = jsonwebtoken.sign({ roles: ['admin'] }, secret, { subject: 'demo', expiresIn: '1h' });
let directory: string;
let environment: Record<string, string>;
let server: ServerProcess;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-demo-'));
  environment = { FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`, FEEDBACK_JWT_SECRET: secret };
  server = await startServerProcess(environment, [], ['--demo']);
});
afterAll(async () => {
  server.child.kill('SIGKILL');
  await server.ended;
  await rm(directory, { recursive: true, force: true });
});

async function answerTo(command: string): Promise<Record<string, unknown>> {
  const json = `${command.replace('npx feedback-graph', `node ${resolve('dist/bundle/cli.js')}`)} --json`;
  const { stdout } = await promisify(execFile)('bash', ['-euc', json], {
    env: { PATH: process.env['PATH'] ?? '', FEEDBACK_URL: server.url, FEEDBACK_TOKEN: token },
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

it('each of the five commands that serve --demo prints has an answer worth looking at', async () => {
  const [stats, flagged, unused, lineage, counts, ...more] = await Promise.all(DEMO_COMMANDS.map(answerTo));
  expect(more).toEqual([]);
  expect(stats).toMatchObject({ total_feedback: 480, used_for_training: 200 });
  for (const count of ['approved_count', 'flagged_count', 'rejected_count', 'negative_count']) {
    expect(stats?.[count]).toBeGreaterThan(10);
  }
  expect(flagged).toMatchObject({ count: 5 });
  expect(unused).toMatchObject({ count: 5 });
  const { ancestors } = lineage as { ancestors: { adapters: { id: string }[] } };
  expect(ancestors.adapters).toHaveLength(5);

  const { rows } = counts as { rows: [id: string, type: string, count: number][] };
  const liked = new Map(rows.filter(([, type]) => type === 'positive').map(([id, , count]) => [id, count]));
  expect([...liked.keys()]).toHaveLength(5);
  expect(liked.get('themis_help_lora_v4')).toBeGreaterThan(liked.get('themis_help_lora') ?? Infinity);
});

it('serve --demo refuses a store that is not empty, and leaves it unchanged', async () => {
  server.child.kill('SIGTERM');
  expect(await server.ended).toBe(0);
  await expect(startServerProcess(environment, [], ['--demo'])).rejects.toThrow(/--demo fills an empty store only/);
  server = await startServerProcess(environment);
  const [stats] = await Promise.all(DEMO_COMMANDS.slice(0, 1).map(answerTo));
  expect(stats).toMatchObject({ total_feedback: 480 });
});
