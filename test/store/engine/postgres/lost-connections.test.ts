import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../../src/store/contract.js';
import { openPostgresStore } from '../../../../src/store/engine/postgres/postgres-store.js';
import type { OpenSession } from '../../../../src/store/engine/postgres/session.js';
import { createTestTables, type TestTables } from '../../../support/postgres/tables.js';

/** Each first component is a stream. */
const streams = {
  ofKey: (key: string) => key.slice(0, key.indexOf(':')),
  ofRange: ({ gte }: { readonly gte: string }) => (gte.includes(':') ? gte.slice(0, gte.indexOf(':')) : undefined),
};

let tables: TestTables;
let opened: Store[];

async function open(openSession: OpenSession = tables.openSession): Promise<Store> {
  const store = await openPostgresStore({ openSession, version: 'test', streams });
  opened.push(store);
  return store;
}

/** Sessions of which the next that commits, once it is told so, loses its connection before or after the commit. */
function losing(): {
  readonly openSession: OpenSession;
  readonly lose: (when: 'before' | 'after', then?: () => Promise<void>) => void;
} {
  let next: { readonly when: 'before' | 'after'; readonly then: (() => Promise<void>) | undefined } | undefined;
  return {
    lose: (when, then) => (next = { when, then }),
    openSession: async (purpose) => {
      const session = await tables.openSession(purpose);
      return {
        ...session,
        get pending() {
          return session.pending;
        },
        get isLost() {
          return session.isLost;
        },
        command: async (text) => {
          if (text !== 'COMMIT' || next === undefined) return session.command(text);
          const { when, then } = next;
          next = undefined;
          if (when === 'after') await session.command(text);
          session.destroy();
          await then?.();
          throw new Error('The connection is lost');
        },
      };
    },
  };
}

function put(store: Store, ...keys: readonly string[]): Promise<void> {
  return store.transact((transaction) => {
    for (const key of keys) transaction.put(key, Buffer.from('value'));
    return Promise.resolve();
  });
}

beforeEach(async () => {
  tables = await createTestTables();
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
});

describe('a transaction whose connection is lost', () => {
  it('is not committed twice where it only reads in the first of its streams', async () => {
    const { openSession, lose } = losing();
    const here = await open(openSession);
    await put(here, 'a:1', 'b:1');
    lose('after');
    await here.transact(async (transaction) => {
      await transaction.get('a:1');
      transaction.add('b:count', 1);
      transaction.append('b:log:', Buffer.from('value'));
    });
    expect(await here.read((reader) => reader.counters(['b:count']))).toEqual([1]);
    expect(await here.read((reader) => reader.scanKeys({ gte: 'b:log:', lt: 'b:log;', limit: 9 }))).toHaveLength(1);
  });

  it('runs again if it has read across streams, as nothing tells what was changed there since', async () => {
    const { openSession, lose } = losing();
    const [here, there] = await Promise.all([open(openSession), open()]);
    await put(there, 'a:1');
    let runs = 0;
    await here.transact(async (transaction) => {
      const found = await transaction.scanKeys({ gte: 'a', lt: 'z', limit: 100 });
      // Its second run is the first under the locks.
      if ((runs += 1) === 2) lose('before', () => put(there, 'b:1'));
      transaction.put('z:found', Buffer.from(found.join(' ')));
    });
    expect(String(await here.read((reader) => reader.get('z:found')))).toBe('a:1 b:1');
  });

  it('runs again if it has read across streams and lost its locks meanwhile', async () => {
    const committing = new Set<{ destroy(): void }>();
    const here = await open(async (purpose) => {
      const session = await tables.openSession(purpose);
      if (purpose === 'commit') committing.add(session);
      return session;
    });
    await put(here, 'a:1');
    let runs = 0;
    await here.transact(async (transaction) => {
      await transaction.scanKeys({ gte: 'a', lt: 'z', limit: 100 });
      if ((runs += 1) === 2) for (const session of committing) session.destroy();
      transaction.put('a:2', Buffer.from('value'));
    });
    expect(runs).toBe(3);
  });

  it('does not fail with what it makes of a torn state once its locks are lost', async () => {
    const committing = new Set<{ destroy(): void }>();
    const there = await open();
    const here = await open(async (purpose) => {
      const session = await tables.openSession(purpose);
      if (purpose === 'commit') committing.add(session);
      return session;
    });
    await put(there, 'a:1', 'a:2');
    let runs = 0;
    await here.transact(async (transaction) => {
      const first = await transaction.get('a:1');
      // Its fourth run is the first under the lock.
      if ((runs += 1) === 4) for (const session of committing) session.destroy();
      if (runs <= 4) {
        await there.transact((other) => {
          other.put('a:1', Buffer.from(`${runs}`));
          other.put('a:2', Buffer.from(`${runs}`));
          return Promise.resolve();
        });
      }
      const second = await transaction.get('a:2');
      if (String(first) !== String(second)) throw new Error('The state is torn');
      transaction.put('a:3', Buffer.from('value'));
    });
  });
});
