import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../support/command.js';
import { startTestServer, type TestServer } from '../support/server.js';

const BATCHES = '/api/v1/llm/training/batches';
const TRAINER = { roles: ['trainer'] };
const COUNT = 700;

let directory: string;
let server: TestServer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-export-'));
  server = await startTestServer({ store: { engine: 'rocksdb', path: join(directory, 'data') }, bodyLimit: 2 ** 20 });
  const feedback = Array.from({ length: COUNT }, (_, index) => ({
    type: index % 2 === 0 ? 'positive' : 'negative',
    question: `How is step ${index} of the migration done?`,
    answer: `Run the command number ${index} and wait.`,
    ...(index % 2 === 1 ? { correction: `Run the command number ${index + 1} first.` } : {}),
  }));
  const { body } = await server.call('POST', '/api/v1/llm/feedback/batch', { body: { feedback } });
  expect(body['stored']).toBe(COUNT);
  const body2 = { limit: COUNT, holdout: 0.2 };
  expect((await server.call('POST', BATCHES, { body: body2, claims: TRAINER })).status).toBe(201);
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function get(path: string, headers: Record<string, string> = {}, claims: object = TRAINER) {
  const response = await fetch(server.url + BATCHES + path, {
    headers: { authorization: `Bearer ${server.token(claims)}`, ...headers },
  });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

it('ranges of an export make the whole file, and its manifest has the hash of that', async () => {
  const path = '/1/export?format=trl-kto&system=Be%20kind.';
  const whole = await get(path);
  expect(whole.status).toBe(200);
  expect(whole.headers.get('content-type')).toBe('application/jsonl');
  expect(whole.headers.get('content-disposition')).toContain('batch-1-trl-kto-train.jsonl');
  const etag = whole.headers.get('etag')!;

  // As curl -C - and others do: what is there already is not sent again.
  const half = Math.floor(whole.bytes.length / 2);
  const rest = await get(path, { range: `bytes=${half}-`, 'if-range': etag });
  expect([rest.status, rest.headers.get('content-range'), rest.headers.get('content-length')]).toEqual([
    206,
    `bytes ${half}-${whole.bytes.length - 1}/${whole.bytes.length}`,
    String(whole.bytes.length - half),
  ]);
  expect(Buffer.concat([whole.bytes.subarray(0, half), rest.bytes]).equals(whole.bytes)).toBe(true);
  const stale = await get(path, { range: 'bytes=10-', 'if-range': '"another"' });
  expect([stale.status, stale.bytes.equals(whole.bytes)]).toEqual([200, true]);
  const beyond = await get(path, { range: `bytes=${whole.bytes.length}-` });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${whole.bytes.length}`]);

  const manifest = JSON.parse((await get('/1/manifest?format=trl-kto&system=Be%20kind.')).bytes.toString()) as Record<
    string,
    unknown
  >;
  expect(manifest).toMatchObject({
    sha256: createHash('sha256').update(whole.bytes).digest('hex'),
    bytes: whole.bytes.length,
    system: 'Be kind.',
  });
  const { body } = await server.call('GET', `${BATCHES}/1`);
  expect(body['state']).toBe('exported');
});

it('exports are served to trainers of the organization alone', async () => {
  expect((await get('/1/export?format=raw', {}, { roles: ['reviewer'] })).status).toBe(403);
  expect((await get('/1/manifest?format=raw', {}, { roles: ['reviewer'] })).status).toBe(403);
  expect((await get('/1/export?format=raw', {}, { roles: ['trainer'], org: 'other' })).status).toBe(404);
  const wrong = await get('/1/export?format=csv&split=all');
  expect([wrong.status, wrong.bytes.toString()]).toEqual([400, expect.stringContaining("'format'")]);
  const parquet = await get('/1/export?format=raw&file_type=parquet');
  expect([parquet.status, parquet.bytes.toString()]).toEqual([400, expect.stringContaining("'file_type'")]);
});

it('train export writes the file that REST serves, with its manifest and dataset_info.json', async () => {
  const served = await get('/1/export?format=llamafactory-alpaca-dpo');
  await server.stop();
  const out = join(directory, 'train.jsonl');
  const environment = { FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}` };
  await writeFile(join(directory, 'dataset_info.json'), '{"mine": {"file_name": "mine.json"}}');
  const flags = ['train-export', '--batch', '1', '--format', 'llamafactory-alpaca-dpo', '--out', out];
  const written = await runCommand(flags, environment);
  expect(written).toMatchObject({ code: 0, error: '' });
  expect(written.out).toMatch(/^Exported \d+ rows to .*train\.jsonl \(SHA-256 [0-9a-f]{64}\)\nLeft out: /);
  expect((await readFile(out)).equals(served.bytes)).toBe(true);
  const manifest = JSON.parse(await readFile(`${out}.manifest.json`, 'utf8')) as Record<string, unknown>;
  expect(manifest['sha256']).toBe(createHash('sha256').update(served.bytes).digest('hex'));
  expect(JSON.parse(await readFile(join(directory, 'dataset_info.json'), 'utf8'))).toMatchObject({
    mine: { file_name: 'mine.json' },
    'batch-1-llamafactory-alpaca-dpo-train': { file_name: 'train.jsonl', ranking: true },
  });
  expect(await runCommand(flags, environment)).toMatchObject({
    code: 1,
    error: expect.stringContaining('already exists; use --force to replace it') as string,
  });
  const none = [...flags.slice(0, 2), '9', ...flags.slice(3, -1), join(directory, 'none.jsonl')];
  expect(await runCommand(none, environment)).toMatchObject({ code: 1, error: 'error: Training batch not found\n' });
  const unknown = await runCommand(['train-export', '--batch', '1', '--format', 'csv', '--out', out], environment);
  expect([unknown.code, unknown.error]).toEqual([2, expect.stringContaining('trl-dpo')]);
});
