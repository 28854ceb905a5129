import { expect, it } from 'vitest';
import { createIdempotency, KEPT_FOR, runIdempotent, sweepExpired } from '../../../../src/audit/idempotency.js';
import { openPostgresStore } from '../../../../src/store/engine/postgres/postgres-store.js';
import { EXPIRY_PREFIX } from '../../../../src/store/layout.js';
import { createTestTables } from '../../../support/postgres/tables.js';

it('sweeps what has expired without keeping all organizations from writing', async () => {
  const { openSession } = await createTestTables();
  const store = await openPostgresStore({ openSession, version: 'test' });
  try {
    for (const org of ['acme', 'globex']) {
      const actor = { sub: 'ann', org, requestId: 'test' };
      const idempotency = createIdempotency((_, text) => text, actor, 'key', 'operation', {}, 1_000);
      await store.transact((transaction) => runIdempotent(transaction, idempotency, () => Promise.resolve(1)));
    }
    const expiring = { gte: EXPIRY_PREFIX, lt: 'expiry;', limit: 9 };
    expect(await store.read((reader) => reader.scanKeys(expiring))).toHaveLength(2);
    await sweepExpired(store, 1_000 + KEPT_FOR + 1);
    expect(await store.read((reader) => reader.scanKeys(expiring))).toEqual([]);
    expect(store.metrics?.()).toContainEqual(expect.objectContaining({ name: 'exclusive_runs_total', value: 0 }));
  } finally {
    await store.close();
  }
});
