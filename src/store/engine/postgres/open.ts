/** A store in PostgreSQL, found by its location. */
import { packageVersion } from '../../../version.js';
import type { Store } from '../../contract.js';
import type { StoreContents } from '../../transactions/bulk-load.js';
import type { StoreLogger } from '../../transactions/committer.js';
import { bulkLoadSession, refuseUnfinished } from './bulk-load.js';
import { connectPostgres, type ConnectOptions } from './connection.js';
import { describeLocation, readPostgresLocation, type PostgresLocation } from './location.js';
import { openPostgresStore } from './postgres-store.js';
import { prepareSchema } from './schema.js';
import { createSession, type OpenSession, type SessionPurpose } from './session.js';

export interface PostgresOptions {
  readonly logger?: StoreLogger | undefined;
  readonly create: boolean;
}

/** A process that stands still while it has a lock loses it after so many ms, and who waits for one is told so. */
const IDLE_IN_TRANSACTION = 2_000;
const LOCK_TIMEOUT = 3_000;

/** What is asked in pieces, and waits for no lock longer than that, is answered within so many ms, or the network is gone. */
const MAX_SILENCE: Readonly<Record<SessionPurpose, number>> = { read: 5_000, commit: 5_000, snapshot: 60_000 };

const CONNECT_OPTIONS: Readonly<Record<SessionPurpose, ConnectOptions>> = {
  read: { role: 'reader', pipeline: true, statementTimeout: 15_000 },
  commit: {
    role: 'committer',
    pipeline: true,
    statementTimeout: 30_000,
    lockTimeout: LOCK_TIMEOUT,
    idleInTransactionTimeout: IDLE_IN_TRANSACTION,
  },
  snapshot: { role: 'snapshot', pipeline: true, statementTimeout: 0 },
};

/**
 * @param path what follows `postgres:` in a location
 * @throws StoreOpenError with one line for the operator
 */
export async function openPostgresAt(path: string, { logger, create }: PostgresOptions): Promise<Store> {
  const location = readPostgresLocation(`postgres:${path}`);
  await prepareAt(location, create);
  const openSession = sessionsAt(location);
  const session = await openSession('commit');
  try {
    await refuseUnfinished(session, describeLocation(location));
  } finally {
    await session.close();
  }
  return openPostgresStore({ openSession, logger, version: packageVersion() });
}

/** @throws StoreOpenError, with nothing touched; whatever `contents` throws */
export async function bulkLoadPostgres(path: string, contents: StoreContents): Promise<void> {
  const location = readPostgresLocation(`postgres:${path}`);
  await prepareAt(location, true);
  // It may have to remove what an interrupted one has left, which takes as long as it takes.
  const { client } = await connectPostgres(location, CONNECT_OPTIONS.commit);
  const session = createSession(client);
  try {
    await bulkLoadSession(session, contents, describeLocation(location));
  } finally {
    await session.close();
  }
}

async function prepareAt(location: PostgresLocation, create: boolean): Promise<void> {
  const connection = await connectPostgres(location, { role: 'start' });
  try {
    await prepareSchema(connection, { create, migrate: create, write: true });
  } finally {
    await connection.client.end().catch(() => undefined);
  }
}

/** Opens sessions with the timeouts of a server. */
export function sessionsAt(
  location: PostgresLocation,
  maxSilence: Readonly<Record<SessionPurpose, number>> = MAX_SILENCE,
): OpenSession {
  return async (purpose) => {
    const { client } = await connectPostgres(location, CONNECT_OPTIONS[purpose]);
    return createSession(client, maxSilence[purpose]);
  };
}
