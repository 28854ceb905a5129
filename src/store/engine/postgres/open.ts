/** A store in PostgreSQL, found by its location. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { repeat } from '../../../repeat.js';
import { packageVersion } from '../../../version.js';
import type { Store } from '../../contract.js';
import type { EngineOptions, MigratedStore, MigrateOptions } from '../../engines.js';
import { StoreOpenError } from '../../errors.js';
import { RECORD_FORMAT } from '../../record.js';
import type { StoreContents } from '../../transactions/bulk-load.js';
import { bulkLoadSession, refuseUnfinished } from './bulk-load.js';
import { connectPostgres, type ConnectOptions, type PostgresConnection } from './connection.js';
import { MAX_SILENT_LOCK } from './exclusive-work.js';
import { describePostgresFailure } from './failures.js';
import { describeLocation, readPostgresLocation, type PostgresLocation } from './location.js';
import { openPostgresStore } from './postgres-store.js';
import { type PreparedSchema, prepareSchema, type PrepareSchemaOptions } from './schema.js';
import { createSession, type OpenSession, type SessionPurpose } from './session.js';
import { openSnapshotStore } from './snapshot-store.js';
import { refuseConflicts } from './uses.js';

export type PostgresOptions = Pick<EngineOptions, 'logger' | 'use' | 'create' | 'migrate'>;

/** Who waits for a lock is told so after so many ms: longer than a process keeps one that stands still. */
const LOCK_TIMEOUT = 3_000;

/** What is asked in pieces, and waits for no lock longer than that, is answered within so many ms, or the network is gone. */
export const MAX_SILENCE: Readonly<Record<SessionPurpose, number>> = { read: 5_000, commit: 5_000, snapshot: 60_000 };

/** How often who fills a store tells that it still does, ms. */
const HEARTBEAT = 1_000;

/** A statement that takes longer is ended by the database, which keeps its connection and those who share it, ms. */
const STATEMENT_TIMEOUT = 4_500;
/** How much longer than its statements may take a connection may be silent, ms. */
const SILENCE_BEYOND = 1_000;

export const CONNECT_OPTIONS: Readonly<Record<SessionPurpose, ConnectOptions>> = {
  read: { role: 'reader', pipeline: true, statementTimeout: STATEMENT_TIMEOUT },
  commit: {
    role: 'committer',
    pipeline: true,
    statementTimeout: STATEMENT_TIMEOUT,
    lockTimeout: LOCK_TIMEOUT,
    idleInTransactionTimeout: MAX_SILENT_LOCK,
  },
  // A backup goes as slowly as whoever receives it.
  snapshot: { role: 'snapshot', pipeline: true, statementTimeout: 0, idleInTransactionTimeout: 0 },
};

/** For what takes as long as there is data, and waits for nobody. */
const LONG: ConnectOptions = { role: 'load', pipeline: true, statementTimeout: 0 };

/**
 * @param path what follows `postgres:` in a location
 * @throws StoreOpenError with one line for the operator
 */
export async function openPostgresAt(path: string, options: PostgresOptions): Promise<Store> {
  const location = readPostgresLocation(`postgres:${path}`);
  const { logger, use, create, migrate } = options;
  if (use === 'read') return openForReading(location);
  await prepareAt(location, { create: create && migrate, migrate, write: true });
  const where = describeLocation(location);
  const openSession = sessionsAt(location);
  const session = await openSession('commit');
  const refuse = async (registered: boolean): Promise<void> => {
    await refuseUnfinished(session, where);
    await refuseConflicts(session, use, where, registered);
  };
  try {
    // Before it is registered, so that it disturbs nobody if it is refused.
    await refuse(false);
    const store = await openPostgresStore({ openSession, logger, version: packageVersion(), use });
    try {
      await refuse(true);
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  } finally {
    await session.close();
  }
}

async function openForReading(location: PostgresLocation): Promise<Store> {
  await prepareAt(location, { create: false, migrate: false, write: false });
  const { client } = await connectPostgres(location, { ...CONNECT_OPTIONS.snapshot, readOnly: true });
  const session = createSession(client);
  try {
    const store = await openSnapshotStore(session);
    await refuseUnfinished(session, describeLocation(location));
    return store;
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** @throws StoreOpenError, with nothing touched; whatever `contents` throws */
export async function bulkLoadPostgres(path: string, contents: StoreContents): Promise<void> {
  const location = readPostgresLocation(`postgres:${path}`);
  await prepareAt(location, { create: true, migrate: true, write: true });
  const where = describeLocation(location);
  const { client, place } = await connectPostgres(location, LONG);
  const session = createSession(client);
  try {
    await refuseConflicts(session, 'load', where, false);
    await whileRegistered(sessionsAt(location), async () => {
      await refuseConflicts(session, 'load', where, true);
      await bulkLoadSession(session, contents, where);
    });
  } catch (cause) {
    if (cause instanceof pg.DatabaseError) throw new StoreOpenError(describePostgresFailure(cause, place), { cause });
    throw cause;
  } finally {
    await session.close();
  }
}

/** Tells others, through a session of its own, that somebody fills the store. */
async function whileRegistered(openSession: OpenSession, work: () => Promise<void>): Promise<void> {
  const id = randomUUID();
  const session = await openSession('commit');
  const register = async (): Promise<void> => {
    await session.run('register', [id, 'load', packageVersion(), RECORD_FORMAT]);
  };
  await register();
  // Who can be told no more has lost its database, and fails by itself.
  const heart = repeat(register, { every: HEARTBEAT, onFailure: () => undefined });
  try {
    await work();
  } finally {
    await heart.stop();
    await session.run('unregister', [id]).catch(() => undefined);
    await session.close();
  }
}

/** @throws StoreOpenError, also where `check` is set and there is something to do */
export async function migratePostgres(path: string, { check }: MigrateOptions): Promise<MigratedStore> {
  const location = readPostgresLocation(`postgres:${path}`);
  const { version, previous } = await prepareAt(location, { create: !check, migrate: !check, write: !check });
  return { where: describeLocation(location), version, previous };
}

async function prepareAt(location: PostgresLocation, options: PrepareSchemaOptions): Promise<PreparedSchema> {
  const connection: PostgresConnection = await connectPostgres(location, { role: 'start', readOnly: !options.write });
  try {
    return await prepareSchema(connection, options);
  } finally {
    await connection.client.end().catch(() => undefined);
  }
}

/** Opens sessions with the timeouts of a server. */
export function sessionsAt(
  location: PostgresLocation,
  maxSilence: Readonly<Record<SessionPurpose, number>> = MAX_SILENCE,
): OpenSession {
  const { statementTimeoutMilliseconds = 0, lockTimeoutMilliseconds = 0 } = location;
  const longest = Math.max(statementTimeoutMilliseconds, lockTimeoutMilliseconds);
  return async (purpose) => {
    const { client } = await connectPostgres(location, CONNECT_OPTIONS[purpose]);
    // Who has set longer timeouts expects statements that take so long.
    return createSession(client, Math.max(maxSilence[purpose], longest === 0 ? 0 : longest + SILENCE_BEYOND));
  };
}
