import { describe } from 'vitest';
import { openPostgresStore, type PostgresStoreOptions } from '../../../../src/store/engine/postgres/postgres-store.js';
import type { OpenSession } from '../../../../src/store/engine/postgres/session.js';
import type { Streams } from '../../../../src/store/streams.js';
import { createFailures } from '../../../support/postgres/failing-sessions.js';
import { type PostgresInstallation, postgresInstallations } from '../../../support/postgres/installation.js';
import { useKeptTables } from '../../../support/postgres/kept-tables.js';
import { withStatementListener } from '../../../support/postgres/sessions.js';
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

/** Stores over tables of one database, which are used again when a store is done with them. */
function fixturesOver(
  options: Partial<PostgresStoreOptions>,
  {
    installation,
    wrap = (open) => open,
  }: { installation?: PostgresInstallation; wrap?: (open: OpenSession) => OpenSession } = {},
): () => Promise<StoreFixture> {
  const nextTables = useKeptTables(installation);
  return async () => {
    const tables = await nextTables();
    let commits = 0;
    const openSession = withStatementListener(wrap(tables.openSession), (name) => {
      if (name === 'COMMIT') commits += 1;
    });
    return {
      open: () => openPostgresStore({ openSession, version: 'test', ...options }),
      writes: () => commits,
      dispose: () => {
        tables.release();
        return Promise.resolve();
      },
    };
  };
}

const RUNS = 30;

// Another database may stand in for the one from npm.
const [npm, ...others] = process.env['TEST_POSTGRES_URL'] === undefined ? postgresInstallations() : [];

describe.each(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])('committing at %s', (level) => {
  describeStore(
    'a store on PostgreSQL',
    fixturesOver(
      { streams: ONE_STREAM, begin: `BEGIN ISOLATION LEVEL ${level}` },
      { ...(npm && { installation: npm }) },
    ),
    { runs: RUNS },
  );
});

describe.each(others)('on $name', (installation) => {
  describeStore('a store on PostgreSQL', fixturesOver({ streams: ONE_STREAM }, { installation }), { runs: RUNS });
});

describe('a store on PostgreSQL whose keys are in several streams', () => {
  const createMixed = fixturesOver({ streams: MIXED_STREAMS });
  describe('map', () => {
    describeMap(createMixed);
  });
  describe('order', () => {
    describeOrder(createMixed);
  });
  describe('transactions', () => {
    describeSerializability(createMixed, { isOneStream: false, runs: RUNS });
  });
  describe('counters', () => {
    describeCounters(createMixed);
  });
  describe('snapshots', () => {
    describeSnapshots(createMixed);
  });
});

describe('where statements and connections fail now and then', () => {
  const wrap = createFailures();
  describeStore('a store on PostgreSQL', fixturesOver({ streams: ONE_STREAM }, { wrap }), {
    runs: 8,
    isUndisturbed: false,
  });
  describe('a store on PostgreSQL whose keys are in several streams', () => {
    describeSerializability(fixturesOver({ streams: MIXED_STREAMS }, { wrap }), { isOneStream: false, runs: 8 });
  });
});
