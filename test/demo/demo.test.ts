import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoSuggestions } from '../../src/demo/suggestions.js';
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
  const { stdout } = await promisify(execFile)('bash', ['-euc', command], {
    env: { PATH: `${resolve('test/support/bin')}:${process.env['PATH'] ?? ''}` },
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

it('each of the five things that it prints has an answer worth looking at', async () => {
  const [stats, flagged, unused, generations, shared, ...more] = await Promise.all(
    demoSuggestions(server.url, token).map(answerTo),
  );
  expect(more).toEqual([]);
  expect(stats).toMatchObject({ total_feedback: 480, used_for_training: 200 });
  for (const count of ['approved_count', 'flagged_count', 'rejected_count', 'negative_count']) {
    expect(stats?.[count]).toBeGreaterThan(10);
  }
  expect(flagged).toMatchObject({ count: 5 });
  expect(unused).toMatchObject({ count: 5 });

  interface Family {
    adapters: { edges: { node: { id: string; stats: { positiveRatio: number } } }[] };
  }
  const { adapters } = generations?.['data'] as Family;
  const ratio = new Map(adapters.edges.map(({ node }) => [node.id, node.stats.positiveRatio]));
  expect([...ratio.keys()]).toHaveLength(6);
  expect(ratio.get('themis_help_lora_v4')).toBeGreaterThan(ratio.get('themis_help_lora') ?? 1);
  const { adapter } = shared?.['data'] as { adapter: { feedback: { totalCount: number } } };
  expect(adapter.feedback.totalCount).toBeGreaterThan(10);
});

it('refuses a store that is not empty, with nothing changed', async () => {
  server.child.kill('SIGTERM');
  expect(await server.ended).toBe(0);
  await expect(startServerProcess(environment, [], ['--demo'])).rejects.toThrow(/--demo fills an empty store only/);
  server = await startServerProcess(environment);
  const [stats] = await Promise.all(demoSuggestions(server.url, token).slice(0, 1).map(answerTo));
  expect(stats).toMatchObject({ total_feedback: 480 });
});
