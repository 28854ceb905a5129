import { describe } from 'vitest';
import { openPostgresStore, type PostgresStoreOptions } from '../../../../src/store/engine/postgres/postgres-store.js';
import type { Streams } from '../../../../src/store/streams.js';
import { createTestTables, withStatementListener } from '../../../support/postgres/tables.js';
import { describeCounters } from '../../conformance/counters.js';
import { describeMap } from '../../conformance/map.js';
import { describeOrder } from '../../conformance/order.js';
import { describeSerializability } from '../../conformance/serializability.js';
import { describeSnapshots } from '../../conformance/snapshots.js';
import { describeStore, type StoreFixture } from '../../conformance.js';

/** All keys in one stream, as those of one organization are. */
const ONE_STREAM: Streams = { ofKey: () => '', ofRange: () => '' };

/** Neighbouring keys in different streams, so that nearly everything is read and committed across them. */
const MIXED_STREAMS: Streams = {
  ofKey: (key) => (key.startsWith('log:') ? '' : (['', 'odd'][(key.codePointAt(key.length - 1) ?? 0) % 2] ?? '')),
  ofRange: ({ gte, lt }) => (gte >= 'log:' && lt <= 'log;' ? '' : undefined),
};

async function createFixture(options: Partial<PostgresStoreOptions>): Promise<StoreFixture> {
  const { openSession } = await createTestTables();
  let commits = 0;
  const counting = withStatementListener(openSession, (name) => {
    if (name === 'COMMIT') commits += 1;
  });
  return {
    open: () => openPostgresStore({ openSession: counting, version: 'test', ...options }),
    writes: () => commits,
    dispose: () => Promise.resolve(),
  };
}

describeStore('a store on PostgreSQL', () => createFixture({ streams: ONE_STREAM }));

describe.each(['REPEATABLE READ', 'SERIALIZABLE'])('committing at %s', (level) => {
  describeStore('a store on PostgreSQL', () =>
    createFixture({ streams: ONE_STREAM, begin: `BEGIN ISOLATION LEVEL ${level}` }),
  );
});

describe('a store on PostgreSQL whose keys are in several streams', () => {
  const createMixed = (): Promise<StoreFixture> => createFixture({ streams: MIXED_STREAMS });
  describeMap(createMixed);
  describeOrder(createMixed);
  describeSerializability(createMixed, { isOneStream: false });
  describeCounters(createMixed);
  describeSnapshots(createMixed);
});
