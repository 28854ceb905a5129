import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../src/maintenance/backup.js';
import { copyStore } from '../../src/maintenance/copy.js';
import type { ProgressListener } from '../../src/maintenance/progress.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import type { Entry, Store } from '../../src/store/contract.js';
import { parseLocation, type StoreLocation } from '../../src/store/engines.js';
import { bulkLoadAt, openStore } from '../../src/store/open.js';
import { runCommand } from '../support/command.js';
import { APPROVED } from '../support/feedback.js';
import { queryOnce } from '../support/postgres/server.js';
import { createTestDatabase } from '../support/postgres/shared.js';
import { domainOf } from './support.js';

let directory: string;
let stores = 0;
let database: Promise<string> | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-'));
});
afterEach(() => rm(directory, { recursive: true }));

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** Each store in a schema of its own: databases take longer to make. */
const inPostgres = async (): Promise<string> =>
  `${await (database ??= createTestDatabase())}?schema=copy_${(stores += 1)}`;
const inRocksDb = (): string => `rocksdb:${join(directory, `${(stores += 1)}`)}`;

function located(text: string): StoreLocation {
  const location = parseLocation(text);
  if (location === undefined) throw new Error('No location');
  return location;
}

const copy = (from: string, to: string, progress?: ProgressListener) => copyStore(located(from), located(to), progress);

async function within<T>(location: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(location);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function dump(location: string): Promise<[string, string][]> {
  const store = await openStore(location, { use: 'read', create: false });
  const found: [string, string][] = [];
  try {
    for await (const piece of store.snapshot(EVERYTHING)) {
      found.push(...piece.map(({ key, value }): [string, string] => [key, value.toString('base64')]));
    }
  } finally {
    await store.close();
  }
  return found;
}

/** The first row of a store in PostgreSQL, and which transaction has written it. */
async function firstRow(location: string): Promise<unknown> {
  const [url = '', schema = ''] = location.split('?schema=');
  const rows = await queryOnce(url, `SELECT key, xmin::text FROM ${schema}.fg_kv ORDER BY key LIMIT 1`);
  expect(rows).toHaveLength(1);
  return rows;
}

async function fill(location: string): Promise<void> {
  await within(location, async (store) => {
    const domain = await domainOf(store);
    await domain.register('lora:a', []);
    for (const nth of [1, 2, 3]) {
      const id = await domain.submit(
        { ...APPROVED, userId: `user-${nth}`, adapterId: 'lora:a' },
        { key: `key-${nth}` },
      );
      if (nth === 3) await domain.erase(id);
    }
    await domain.submit({ ...APPROVED, userId: 'ann' }, { org: 'acme' });
    await domain.claim('lora:a');
  });
}

const KEY = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
    fc
      .tuple(
        fc.constantFrom('audit', 'count', 'index', 'secret', 'own'),
        fc.string({ unit: 'grapheme', maxLength: 20 }),
      )
      .map((parts) => parts.join(':')),
  )
  .filter((key) => key.isWellFormed() && !key.startsWith('\0') && !key.startsWith('\u{10ffff}'));
const CONTENTS = fc.dictionary(KEY, fc.uint8Array({ maxLength: 300 }), { maxKeys: 60, noNullPrototype: true });

describe('a copy of a store', () => {
  it('there and back is the same to the byte, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(CONTENTS, async (contents) => {
        const [source, between, back] = [inRocksDb(), await inPostgres(), inRocksDb()];
        await within(source, (store) =>
          store.transact((transaction) => {
            for (const [key, value] of Object.entries(contents)) transaction.put(key, Buffer.from(value));
            return Promise.resolve();
          }),
        );
        const { keys } = await copy(source, between);
        await copy(between, back);
        const expected = await dump(source);
        expect([keys, await dump(between), await dump(back)]).toEqual([expected.length, expected, expected]);
      }),
      { numRuns: 10 },
    );
  });

  it('of real entries is consistent, and goes on as the original would', async () => {
    const [source, between, back] = [inRocksDb(), await inPostgres(), inRocksDb()];
    await fill(source);
    await copy(source, between);
    await copy(between, back);
    expect(await dump(back)).toEqual(await dump(source));
    for (const location of [between, back]) {
      const sequence = await within(location, async (store) => {
        const before = store.sequence;
        const domain = await domainOf(store);
        await domain.submit({ ...APPROVED, userId: 'bob', adapterId: 'lora:a' });
        expect((await verifyStore(store)).disagreements).toEqual([]);
        return [before, store.sequence];
      });
      expect(sequence[1]).toBeGreaterThan(sequence[0] ?? 0);
    }
    // Who signs tokens and names users with the secrets of the source does so with the same.
    const secrets = async (location: string) => (await dump(location)).filter(([key]) => key.startsWith('secret:'));
    expect(await secrets(back)).toEqual(await secrets(source));
  });

  it('is taken from PostgreSQL while servers write to it', async () => {
    const [source, target] = [await inPostgres(), inRocksDb()];
    await fill(source);
    await within(source, async (store) => {
      const domain = await domainOf(store);
      let writing = true;
      const write = async (): Promise<void> => {
        while (writing) await domain.submit({ ...APPROVED, userId: 'ann', adapterId: 'lora:a' });
      };
      const writer = write();
      await copy(source, target);
      writing = false;
      await writer;
    });
    await within(target, async (store) => expect((await verifyStore(store)).disagreements).toEqual([]));
  });

  it.each(['PostgreSQL', 'RocksDB'])(
    'to %s that was interrupted goes on, or starts afresh after a change',
    async (name) => {
      const source = inRocksDb();
      await within(source, (store) =>
        store.transact((transaction) => {
          for (let nth = 0; nth < 5_000; nth++) transaction.put(`own:${nth}`, Buffer.alloc(20, nth));
          return Promise.resolve();
        }),
      );
      const target = name === 'RocksDB' ? inRocksDb() : await inPostgres();
      /** Ends a copy in its middle, as a signal would. */
      const interrupted = (): ProgressListener => {
        let seen = 0;
        return {
          phase: () => undefined,
          advance: (steps) => {
            seen += steps;
            if (seen > 3_000) throw new Error('killed');
          },
        };
      };
      await expect(copy(source, target, interrupted())).rejects.toThrow('killed');
      await expect(openStore(target)).rejects.toThrow('its restore or copy was interrupted, and must be repeated');
      await expect(openStore(target, { use: 'read', create: false })).rejects.toThrow('must be repeated');
      const written = name === 'PostgreSQL' ? await firstRow(target) : undefined;
      expect(await copy(source, target)).toEqual({ keys: 5_000, kinds: 1 });
      // What was there already was not written once more.
      if (written !== undefined) expect(await firstRow(target)).toEqual(written);
      expect(await dump(target)).toEqual(await dump(source));

      const other = name === 'RocksDB' ? inRocksDb() : await inPostgres();
      await expect(copy(source, other, interrupted())).rejects.toThrow('killed');
      await within(source, (store) =>
        store.transact((transaction) => {
          transaction.delete('own:0');
          transaction.put('own:1', Buffer.from('changed'));
          return Promise.resolve();
        }),
      );
      expect(await copy(source, other)).toEqual({ keys: 4_999, kinds: 1 });
      expect(await dump(other)).toEqual(await dump(source));
    },
  );

  it.each(['PostgreSQL', 'RocksDB'])('to %s that differs is refused, and the next one starts afresh', async (name) => {
    const [source, target] = [inRocksDb(), name === 'RocksDB' ? inRocksDb() : await inPostgres()];
    await fill(source);
    const sequence = await within(source, (store) => Promise.resolve(store.sequence));
    // What a failing disk would do: the load that is gone on with holds a value that was never read.
    async function* damaged(): AsyncGenerator<readonly Entry[]> {
      yield await Promise.resolve([{ key: 'adapter:default:lora%3Aa', value: Buffer.from('damaged') }]);
      throw new Error('killed');
    }
    const origin = `rocksdb at ${sequence}`;
    await expect(bulkLoadAt(target, { entries: damaged(), sequence, origin })).rejects.toThrow('killed');
    await expect(copy(source, target)).rejects.toThrow(
      "The copy differs from its source in the keys of the kind 'adapter' (1 read, 1 found afterwards)",
    );
    await expect(openStore(target)).rejects.toThrow('must be repeated');
    await copy(source, target);
    expect(await dump(target)).toEqual(await dump(source));
  });

  it('is refused where it would overwrite or disturb something', async () => {
    const [source, filled, empty] = [inRocksDb(), await inPostgres(), await inPostgres()];
    const command = (from: string, to: string) => runCommand(['copy', '--from', from, '--to', to]);
    await fill(source);
    await fill(filled);
    const before = await dump(filled);
    expect((await command(source, filled)).error).toMatch(/^error: The store postgres:\S+ is not empty\n$/);
    expect(await dump(filled)).toEqual(before);
    await within(source, async () => {
      expect((await command(source, empty)).error).toMatch(/^error: The store \S+ is in use by another server\n$/);
    });
    await within(empty, async () => {
      const { code, error } = await command(source, empty);
      expect([code, error]).toEqual([
        1,
        expect.stringMatching(
          /^error: The store postgres:\S+ is in use by 1 server: stop it first, or wait until it is done\n$/,
        ),
      ]);
    });
    expect((await command(inRocksDb(), empty)).error).toMatch(/^error: There is no feedback-graph store at \S+\n$/);
    expect(await command(source, source)).toMatchObject({ code: 1 });
    expect(await command('nothing', empty)).toMatchObject({ code: 2 });
    expect(await command(source, empty)).toEqual({
      code: 0,
      out: matching(/^Copied \d+ keys; the counts and hashes of \d+ kinds of keys are the same\n$/),
      error: '',
    });
  });

  it('of a key that PostgreSQL cannot hold says so in one line', async () => {
    const [source, target] = [inRocksDb(), await inPostgres()];
    await within(source, (store) =>
      store.transact((transaction) => {
        transaction.put(`own:${'x'.repeat(3_000)}`, Buffer.alloc(0));
        return Promise.resolve();
      }),
    );
    await expect(copy(source, target)).rejects.toThrow(
      'The data has a key of 3004 bytes; on PostgreSQL it may have at most 2600',
    );
  });
});
