import { describe } from 'vitest';
import { connectPostgres } from '../../../../src/store/engine/postgres/connection.js';
import { readPostgresLocation } from '../../../../src/store/engine/postgres/location.js';
import { openPostgresStore, type PostgresStoreOptions } from '../../../../src/store/engine/postgres/postgres-store.js';
import { prepareSchema } from '../../../../src/store/engine/postgres/schema.js';
import { createSession, type OpenSession } from '../../../../src/store/engine/postgres/session.js';
import type { Streams } from '../../../../src/store/streams.js';
import { createTestDatabase } from '../../../support/postgres/shared.js';
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

let database: Promise<string> | undefined;
let schemas = 0;

/** Each store in a schema of its own: databases take longer to make. */
async function createFixture(options: Partial<PostgresStoreOptions>): Promise<StoreFixture> {
  const url = await (database ??= createTestDatabase());
  const location = readPostgresLocation(`${url}?schema=store_${(schemas += 1)}`, {});
  const openSession: OpenSession = async (purpose) =>
    createSession((await connectPostgres(location, { role: purpose, pipeline: true })).client);
  const { client, place, version } = await connectPostgres(location, { role: 'test' });
  await prepareSchema({ client, place, version }, { create: true, migrate: true, write: true });
  await client.end();
  let commits = 0;
  const counting: OpenSession = async (purpose) => {
    const session = await openSession(purpose);
    return {
      ...session,
      get pending() {
        return session.pending;
      },
      get isLost() {
        return session.isLost;
      },
      command: (text) => {
        if (text === 'COMMIT') commits += 1;
        return session.command(text);
      },
    };
  };
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
