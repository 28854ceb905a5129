/** Takes what was deleted out of the files of the tables, which PostgreSQL else leaves there until it needs the room. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { repeat } from '../../../repeat.js';
import type { RewriteOptions, StoreUseReport } from '../../engines.js';
import { StoreOpenError } from '../../errors.js';
import { connectPostgres, type PostgresConnection } from './connection.js';
import { describePostgresFailure } from './failures.js';
import { describeLocation, readPostgresLocation } from './location.js';
import { encodeLogEntry } from './log-entry.js';
import { dialectOf } from './schema.js';
import { createSession, type Session } from './session.js';
import { readLiveUses } from './uses.js';
import { numberAt, textAt } from './wire.js';

/** The tables that hold what people have written, and names of it. */
const TABLES = ['fg_kv', 'fg_log'] as const;

/** How long the lock is waited for that keeps everybody else out, ms: who comes later waits behind us. */
const LOCK_TIMEOUT = 10_000;
const PROGRESS_INTERVAL = 500;

/** How long transactions that are open are waited for, ms, and how often it is tried. */
const PATIENCE = 5_000;
const PAUSE = 100;
const PROBED_TABLE = 'fg_meta';

/** @param path what follows `postgres:` in a location. @throws StoreOpenError */
export async function describePostgresUse(path: string): Promise<StoreUseReport> {
  const connection = await connectPostgres(readPostgresLocation(`postgres:${path}`), { role: 'purge' });
  try {
    const live = await readLiveUses(createSession(connection.client));
    const sizes = await Promise.all(TABLES.map((table) => sizeOf(connection, table)));
    return { servers: live.get('server') ?? 0, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  } catch (cause) {
    throw asOpenError(cause, connection);
  } finally {
    await connection.client.end().catch(() => undefined);
  }
}

/**
 * Rewrites the tables, so that neither they nor their indexes hold anything that was deleted or overwritten before the call.
 * Nobody reads or writes a table while it is rewritten.
 * @param path what follows `postgres:` in a location
 * @throws StoreOpenError if it was not done, or not all of it
 */
export async function rewritePostgres(path: string, options: RewriteOptions): Promise<void> {
  const { onPart } = options;
  const location = readPostgresLocation(`postgres:${path}`);
  const connect = (): Promise<PostgresConnection> =>
    connectPostgres(location, { role: 'purge', statementTimeout: 0, lockTimeout: LOCK_TIMEOUT });
  const connection = await connect();
  try {
    if (!dialectOf(connection).isPostgres) {
      throw new StoreOpenError(
        `The database of the store ${describeLocation(location)} is not PostgreSQL and cannot be told to rewrite its files`,
      );
    }
    const session = createSession(connection.client);
    await noteBeginning(session);
    await clearLog(session);
    onPart('Waiting for open transactions', 0);
    await waitForReaders(connection, session);
    const watching = await connect();
    try {
      for (const table of TABLES) await rewriteTable(connection, watching, table, options);
      await session.run('endPurge');
    } finally {
      await watching.client.end().catch(() => undefined);
    }
  } catch (cause) {
    throw asOpenError(cause, connection);
  } finally {
    await connection.client.end().catch(() => undefined);
  }
}

/** What was erased before is due until all is rewritten; what is erased from now on, until the next time. */
async function noteBeginning(session: Session): Promise<void> {
  await session.command('BEGIN ISOLATION LEVEL READ COMMITTED');
  await session.run('beginPurge');
  await session.run('forgetErasures');
  await session.command('COMMIT');
}

/**
 * Ends the log of each stream with an entry that names nothing, and removes those before: the keys that they name may hold
 * words of what was erased. Processes that had not read them forget what they know, as after any gap.
 */
async function clearLog(session: Session): Promise<void> {
  for (const row of await session.run('heads')) {
    const stream = textAt(row, 0);
    const entry = await encodeLogEntry({
      tag: randomBytes(9).toString('base64url'),
      plain: [],
      counters: [],
      appended: [],
    });
    await session.command('BEGIN ISOLATION LEVEL READ COMMITTED');
    const [head] = await session.run('lock', [[stream]]);
    if (head !== undefined) {
      const seq = numberAt(head, 1);
      await session.run('advance', [stream, seq, seq + 1, numberAt(head, 2), numberAt(head, 3)]);
      await session.run('note', [stream, seq + 1, seq + 1, entry]);
      await session.run('trim', [stream, seq + 1]);
    }
    await session.command('COMMIT');
  }
}

async function rewriteTable(
  connection: PostgresConnection,
  { client: watching }: PostgresConnection,
  table: string,
  { onPart, onProgress }: RewriteOptions,
): Promise<void> {
  const { client } = connection;
  onPart(`Rewriting ${table}, bytes`, await sizeOf(connection, table));
  const before = await fileOf(client, table);
  let shown = 0;
  const progress = repeat(
    async () => {
      const { rows } = await watching.query<{ bytes: string }>(
        `SELECT heap_blks_scanned * current_setting('block_size')::bigint AS bytes FROM pg_catalog.pg_stat_progress_cluster ` +
          'WHERE relid = to_regclass($1)',
        [table],
      );
      const bytes = Number(rows[0]?.bytes ?? shown);
      if (bytes > shown) onProgress(bytes - shown);
      shown = Math.max(shown, bytes);
    },
    // What it shows is for people to look at, and not worth a failure.
    { every: PROGRESS_INTERVAL, onFailure: () => undefined },
  );
  try {
    await vacuumFull(client, table);
  } finally {
    await progress.stop();
  }
  if ((await fileOf(client, table)) === before) {
    throw new StoreOpenError(
      `User '${connection.place.user}' may not rewrite ${table}: run this as the user who owns the tables of the store`,
    );
  }
}

/**
 * Waits until nobody can see any more what was deleted before the call, as rewriting keeps what somebody may still read. That
 * is so once a row that is deleted now goes from a table that nobody else writes to.
 */
async function waitForReaders({ client }: PostgresConnection, session: Session): Promise<void> {
  await session.run('addProbe');
  await session.run('removeProbe');
  for (const deadline = performance.now() + PATIENCE; ;) {
    if ((await vacuumFull(client, PROBED_TABLE)) === 0) return;
    if (performance.now() > deadline) {
      throw new StoreOpenError(
        'What was erased cannot leave the files yet, as an open transaction, a standby or a replication slot may read it: ' +
          'wait until backups and long queries have ended, and run this again',
      );
    }
    await delay(PAUSE);
  }
}

/** @returns how many rows that are deleted stay in the table, as somebody may still read them */
async function vacuumFull(client: pg.Client, table: string): Promise<number> {
  let kept = 0;
  const notice = ({ detail }: { readonly detail?: string | undefined }): void => {
    // The first number of the detail, in any language.
    kept = Math.max(kept, Number(/\d+/.exec(detail ?? '')?.[0] ?? 0));
  };
  client.on('notice', notice);
  try {
    await client.query(`VACUUM (FULL, VERBOSE) ${table}`);
    return kept;
  } finally {
    client.off('notice', notice);
  }
}

/** @returns the name of the file that holds a table: a new one after it was rewritten */
async function fileOf(client: pg.Client, table: string): Promise<string | undefined> {
  const { rows } = await client.query<{ file: string }>('SELECT pg_relation_filenode(to_regclass($1))::text AS file', [
    table,
  ]);
  return rows[0]?.file;
}

/** In bytes, with its indexes. */
async function sizeOf({ client }: PostgresConnection, table: string): Promise<number> {
  const { rows } = await client.query<{ size: string }>('SELECT pg_total_relation_size(to_regclass($1)) AS size', [
    table,
  ]);
  return Number(rows[0]?.size ?? 0);
}

function asOpenError(cause: unknown, { place }: PostgresConnection): StoreOpenError {
  if (cause instanceof StoreOpenError) return cause;
  return new StoreOpenError(describePostgresFailure(cause, place), { cause });
}
