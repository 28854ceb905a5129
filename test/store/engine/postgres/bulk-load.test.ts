import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../../src/store/contract.js';
import { bulkLoadSession } from '../../../../src/store/engine/postgres/bulk-load.js';
import { openPostgresStore } from '../../../../src/store/engine/postgres/postgres-store.js';
import { auditKey, feedbackKey } from '../../../../src/store/layout.js';
import { createTestTables } from '../../../support/postgres/tables.js';

const AHEAD = Date.now() + 3_600_000;

function eventAt(org: string, msecs: number): Entry {
  return { key: auditKey(org, uuidv7({ msecs })), value: Buffer.from('event') };
}

async function* inPieces(...pieces: readonly (readonly Entry[])[]): AsyncGenerator<readonly Entry[], void> {
  yield* await Promise.resolve(pieces);
}

describe('a store that was filled from one whose clock was ahead', () => {
  const pieces = [
    [eventAt('a:b', 1), eventAt('a:b', AHEAD), eventAt('other', 2)],
    [{ key: feedbackKey('a:b', 'feedback-1'), value: Buffer.from('entry') }],
  ];

  it.each(['at once', 'in two attempts'])('gives out later times than those that are in it: filled %s', async (how) => {
    const tables = await createTestTables();
    const session = await tables.openSession('commit');
    if (how === 'in two attempts') {
      async function* interrupted(): AsyncGenerator<readonly Entry[], void> {
        yield* inPieces(pieces[0] ?? []);
        throw new Error('killed');
      }
      const interruption = bulkLoadSession(session, { entries: interrupted(), sequence: 7, origin: 'it' }, 'here');
      await expect(interruption).rejects.toThrow('killed');
    }
    await bulkLoadSession(session, { entries: inPieces(...pieces), sequence: 7, origin: 'it' }, 'here');
    await session.close();
    const store = await openPostgresStore({ openSession: tables.openSession, version: 'test' });
    const stamp = (org: string): Promise<number> =>
      store.transact((transaction) => {
        transaction.put(feedbackKey(org, 'feedback-2'), Buffer.from('entry'));
        return Promise.resolve(transaction.stamp(org));
      });
    try {
      expect(store.sequence).toBe(7);
      expect(await stamp('a:b')).toBeGreaterThan(AHEAD);
      expect(await stamp('other')).toBeLessThan(AHEAD);
    } finally {
      await store.close();
    }
  });
});
