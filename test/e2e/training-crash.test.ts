import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, statSync, watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { feedbackStats } from '../../src/feedback/index/stats.js';
import { submitBatch } from '../../src/feedback/submit.js';
import type { Store } from '../../src/store/contract.js';
import { openStore } from '../../src/store/open.js';
import { findBatch } from '../../src/training/batch.js';
import { callServer, type ServerProcess, startServerProcess } from '../support/process.js';

const ROWS = 5_000;
/** More than opening writes, and less than a fifth of the commit. */
const BYTES_OF_SOME_STEPS = 1_250_000;
const BATCHES = '/api/v1/llm/training/batches';
const COMMIT = { produced_adapter: 'made', version: '2', base_adapter: 'lora' };

const secret = randomBytes(32).toString('base64url');
const token = jsonwebtoken.sign({ roles: ['trainer'] }, secret, { subject: 'crash', expiresIn: '1h' });
let directory: string;
let location: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-training-'));
  location = `rocksdb:${join(directory, 'data')}`;
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const call = (server: ServerProcess, method: string, path: string, body?: unknown) =>
  callServer(server, token, method, path, body);

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(location);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function fill(store: Store): Promise<void> {
  const services = {
    store,
    keyedHash: await loadKeyedHash(store),
    validate: () => Promise.resolve({ status: 'approved', reasons: [] } as const),
    now: Date.now,
  };
  for (let from = 0; from < ROWS; from += 1_000) {
    const some = Array.from({ length: 1_000 }, (_, index) => ({
      type: 'positive' as const,
      question: `What is ${from + index}?`,
      answer: 'A number.',
    }));
    await submitBatch(services, { sub: 'ann', org: 'default', requestId: 'fill' }, some);
  }
}

async function used(server: ServerProcess): Promise<number> {
  const query = '{ feedbackStats { usedForTraining } }';
  const { body } = await call(server, 'POST', '/graphql', { query });
  return (body['data'] as { feedbackStats: { usedForTraining: number } }).feedbackStats.usedForTraining;
}

/** How many entries are marked of a commit that was cut off, of which all the others are still claimed. */
async function middleOfCommit(store: Store): Promise<number> {
  const batch = await store.read((reader) => findBatch(reader, 'default', 1));
  expect(batch).toMatchObject({ state: 'committing', feedbackCount: ROWS });
  const [stats] = await store.read((reader) => feedbackStats(reader, 'default', [{ kind: 'all' }]));
  expect(stats!.usedForTraining).toBeGreaterThan(0);
  expect(stats!.claimedForTraining).toBeGreaterThan(0);
  expect(stats!.usedForTraining + stats!.claimedForTraining).toBe(ROWS);
  return stats!.usedForTraining;
}

/** Without waiting until it listens. */
function spawnServer(environment: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, ['dist/bundle/cli.js', 'serve'], {
    env: { PATH: process.env['PATH'] ?? '', FEEDBACK_PORT: '0', ...environment },
    stdio: 'ignore',
  });
}

/** Resolves once so many bytes were written to RocksDB's logs from now on, or the server has ended. */
function untilWritten(bytes: number, ended: Promise<unknown>): Promise<void> {
  const data = join(directory, 'data');
  const sizes = new Map<string, number>();
  /** By how much the logs have grown since the last call; one that is begun anew counts from its beginning. */
  const growth = (): number => {
    let grown = 0;
    for (const name of readdirSync(data).filter((each) => each.endsWith('.log'))) {
      const size = statSync(join(data, name), { throwIfNoEntry: false })?.size ?? 0;
      grown += Math.max(0, size - (sizes.get(name) ?? 0));
      sizes.set(name, size);
    }
    return grown;
  };
  growth();
  return new Promise((resolve) => {
    let written = 0;
    const watcher = watch(data, () => {
      written += growth();
      if (written >= bytes) finish();
    });
    const finish = (): void => {
      watcher.close();
      resolve();
    };
    void ended.then(finish);
  });
}

async function verify(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/bundle/cli.js', 'verify'], {
    env: { PATH: process.env['PATH'] ?? '', FEEDBACK_STORE: location },
  });
  return stdout;
}

it(
  `a commit of ${ROWS} entries that is killed in its middle is whole after the next start`,
  { timeout: 300_000 },
  async () => {
    await withStore(fill);
    // Without a search index, only the commit writes.
    const environment = { FEEDBACK_STORE: location, FEEDBACK_JWT_SECRET: secret, FEEDBACK_SEARCH: 'off' };
    const first = await startServerProcess(environment);
    const claimed = await call(first, 'POST', BATCHES, { limit: ROWS });
    expect([claimed.status, claimed.body['count']]).toEqual([201, ROWS]);
    const begun = untilWritten(BYTES_OF_SOME_STEPS, first.ended);
    const committing = call(first, 'POST', `${BATCHES}/1/commit`, COMMIT).catch((error: unknown) => error);
    await begun;
    first.child.kill('SIGKILL');
    await first.ended;
    expect(await committing).toBeInstanceOf(TypeError);

    const before = await withStore(middleOfCommit);

    // Before it takes requests, the server carries on what was begun; killed at that too.
    const second = spawnServer(environment);
    const ended = once(second, 'exit');
    await untilWritten(BYTES_OF_SOME_STEPS, ended);
    second.kill('SIGKILL');
    await ended;
    const after = await withStore(middleOfCommit);
    expect(after).toBeGreaterThan(before);

    const third = await startServerProcess(environment);
    expect(await used(third)).toBe(ROWS);
    const again = await call(third, 'POST', `${BATCHES}/1/commit`, COMMIT);
    expect(again).toMatchObject({ status: 200, body: { state: 'committed', count: ROWS, ...COMMIT } });
    expect((await call(third, 'POST', `${BATCHES}/1/release`)).status).toBe(409);
    third.child.kill('SIGTERM');
    expect(await third.ended).toBe(0);
    expect(await verify()).toContain('agree');
  },
);
