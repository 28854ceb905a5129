import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store, Transaction } from '../../../../src/store/contract.js';
import { openPostgresStore } from '../../../../src/store/engine/postgres/postgres-store.js';
import { MAX_KEY_BYTES } from '../../../../src/store/engine/postgres/transaction.js';
import { createTestTables } from '../../../support/postgres/tables.js';

const VALUE = Buffer.from('value');

/** A key of an organization, of so many bytes, or as many as whole characters make of them. */
function keyOf(kind: string, bytes: number, character = 'k'): string {
  const start = `${kind}:default:`;
  return start + character.repeat(Math.floor((bytes - start.length) / Buffer.byteLength(character)));
}

const WRITES: readonly [string, (transaction: Transaction, key: string) => void][] = [
  ['put', (transaction, key) => transaction.put(key, VALUE)],
  ['add', (transaction, key) => transaction.add(key, 1)],
  ['append', (transaction, key) => transaction.append(key, VALUE)],
];

describe('a transaction on PostgreSQL', () => {
  let store: Store;
  beforeAll(async () => {
    const tables = await createTestTables();
    store = await openPostgresStore({ openSession: tables.openSession, version: 'test' });
  });
  afterAll(() => store.close());

  describe.each(WRITES)('with %s', (name, write) => {
    const run = (key: string): Promise<void> =>
      store.transact((transaction) => {
        write(transaction, key);
        return Promise.resolve();
      });

    it.each(['k', 'é', '😀'])(
      'refuses a key of too many bytes, however few its characters are: of %s',
      async (character) => {
        const tooLong = keyOf(name, MAX_KEY_BYTES + 4, character);
        expect(Buffer.byteLength(tooLong)).toBeGreaterThan(MAX_KEY_BYTES);
        await expect(run(tooLong)).rejects.toThrow(new RangeError('A key may have at most 2600 bytes on PostgreSQL'));
      },
    );

    it('goes on after a refusal, and takes a key that is just as long as it may be', async () => {
      await expect(run(keyOf(name, MAX_KEY_BYTES + 1))).rejects.toThrow(RangeError);
      // What is appended gets a number behind its prefix: for that, too, the database has room.
      await run(keyOf(name, MAX_KEY_BYTES));
    });
  });
});
