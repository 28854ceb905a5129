import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.js';

const WRITER = fileURLToPath(new URL('children/writer.js', import.meta.url));

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

/**
 * Runs the writer until `enough`, kills it, and answers the keys that it acknowledged.
 * @param limit the greatest size of a file that it may write, in units of 512 bytes
 */
async function writeAndKill(
  round: number,
  enough: (acknowledged: number, failed: number) => boolean,
  limit?: number,
): Promise<string[]> {
  const command = `${limit === undefined ? '' : `ulimit -f ${limit}; `}exec "$0" "$@"`;
  const child = spawn('/bin/sh', ['-c', command, process.execPath, WRITER, `rocksdb:${directory}`, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const acknowledged: string[] = [];
  let failed = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'failed') failed += 1;
    else acknowledged.push(line);
    if (enough(acknowledged.length, failed)) child.kill('SIGKILL');
  }
  const [, signal] = (await exited) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return acknowledged;
}

/** Every acknowledged key is there, and everything that is there is there as a whole. */
async function check(acknowledged: readonly string[]): Promise<void> {
  const store = await openStore(`rocksdb:${directory}`);
  const everything = { limit: Infinity };
  const [keys, twins, log, [count]] = await store.read((reader) =>
    Promise.all([
      reader.scanKeys({ ...everything, gte: 'key:', lt: 'key;' }),
      reader.scanKeys({ ...everything, gte: 'twin:', lt: 'twin;' }),
      reader.scan({ ...everything, gte: 'log:', lt: 'log;' }),
      reader.counters(['count']),
    ]),
  );
  const present = new Set(keys);
  expect(acknowledged.filter((key) => !present.has(key))).toEqual([]);
  expect(twins).toEqual(keys.map((key) => `twin:${key}`));
  expect(log.map(({ value }) => value.toString()).toSorted()).toEqual(keys.toSorted());
  expect(count).toBe(keys.length);
  expect(store.sequence).toBe(keys.length);
  await store.close();
}

test.skipIf(process.platform === 'win32')('a killed process loses nothing that it acknowledged', async () => {
  const acknowledged: string[] = [];
  for (let round = 0; round < 4; round++) {
    acknowledged.push(...(await writeAndKill(round, (written) => written >= 100 + 150 * round)));
    await check(acknowledged);
  }
});

test.skipIf(process.platform === 'win32')(
  'a log that cannot grow fails some writes, and the process goes on and loses nothing that it acknowledged',
  async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 2; round++) {
      let failures = 0;
      let goneOn = 0;
      // Several failures, each with writes behind it that were acknowledged.
      const enough = (written: number, failed: number): boolean => {
        if (failed > failures) [failures, goneOn] = [failed, written];
        return failures >= 40 && written > goneOn + 100;
      };
      acknowledged.push(...(await writeAndKill(round, enough, 1024)));
      await check(acknowledged);
    }
  },
);
