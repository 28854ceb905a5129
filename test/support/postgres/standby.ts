/** A hot standby of a test's PostgreSQL server, by streaming replication. */
import { copyFile, lstat, mkdir, readdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import {
  createServerDirectory,
  own,
  PASSWORD,
  type PostgresOptions,
  type PostgresServer,
  startInDirectory,
  SUPERUSER,
} from './server.js';

export interface StandbyOptions extends Pick<PostgresOptions, 'settings' | 'fsync'> {
  /** Whether a commit of the primary waits until the standby has applied it. */
  readonly synchronous?: boolean;
}

export interface StandbyServer extends PostgresServer {
  /** Makes it a primary. Resolves once it takes writes. */
  promote(): Promise<void>;
}

/** What a copy of a data directory leaves out, as `pg_basebackup` does: what belongs to the running server. */
const NOT_COPIED = new Set(['postmaster.pid', 'postmaster.opts', 'pg_internal.init']);
const COPIED_EMPTY = new Set([
  ...['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots'],
  ...['pg_stat_tmp', 'pg_subtrans', 'pgsql_tmp'],
]);

let standbys = 0;

/** Copies a running primary and starts the copy as its standby. Resolves once it streams, and reads are possible. */
export async function startStandby(
  primary: PostgresServer,
  { synchronous = false, settings = {}, fsync = true }: StandbyOptions = {},
): Promise<StandbyServer> {
  standbys += 1;
  const name = `standby_${standbys}`;
  const directory = await createServerDirectory();
  const data = join(directory, 'data');
  // The slot keeps the log from the copy's start until the standby has read it.
  await primary.query('SELECT pg_create_physical_replication_slot($1, true)', [name]);
  const label = await copyWhileRunning(primary, data);
  await writeOwned(join(data, 'backup_label'), label);
  await writeOwned(join(data, 'standby.signal'), '');
  const connection = `host=${primary.host} port=${primary.port} user=${SUPERUSER} password=${PASSWORD} application_name=${name}`;
  const server = await startInDirectory(directory, {
    installation: primary.installation,
    fsync,
    settings: { primary_conninfo: connection, primary_slot_name: name, ...settings },
  });
  if (synchronous) {
    await primary.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
    await primary.query(`ALTER SYSTEM SET synchronous_commit = 'remote_apply'`);
    await primary.query('SELECT pg_reload_conf()');
  }
  await untilReplicating(primary, name, synchronous);
  return {
    ...server,
    promote: async () => {
      // The copy may have been told to wait for an earlier standby.
      await server.query('ALTER SYSTEM RESET synchronous_standby_names');
      await server.query('SELECT pg_reload_conf()');
      await server.query('SELECT pg_promote()');
    },
  };
}

/** @returns the content of the copy's `backup_label` */
async function copyWhileRunning(primary: PostgresServer, target: string): Promise<string> {
  const client = new pg.Client({ connectionString: primary.url('postgres') });
  await client.connect();
  try {
    // The backup ends with its session, so both calls are made on one.
    await client.query(`SELECT pg_backup_start('standby', true)`);
    await copyDirectory(primary.dataDirectory, target);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    if (rows[0] === undefined) throw new Error('pg_backup_stop() returned nothing');
    return rows[0].labelfile;
  } finally {
    await client.end();
  }
}

async function copyDirectory(source: string, target: string): Promise<void> {
  await mkdirOwned(target);
  for (const name of await readdir(source)) {
    if (NOT_COPIED.has(name)) continue;
    const [from, to] = [join(source, name), join(target, name)];
    try {
      const kind = await lstat(from);
      if (COPIED_EMPTY.has(name)) {
        await mkdirOwned(to);
        if (name === 'pg_wal') await mkdirOwned(join(to, 'archive_status'));
      } else if (kind.isDirectory()) {
        await copyDirectory(from, to);
      } else if (kind.isSymbolicLink()) {
        await symlink(await readlink(from), to);
      } else {
        await copyFile(from, to);
        own(to);
      }
    } catch (error) {
      // The running server removes files; what it needs of them is in its log.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}

async function mkdirOwned(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  own(path);
}

async function writeOwned(path: string, content: string): Promise<void> {
  await writeFile(path, content, { mode: 0o600 });
  own(path);
}

async function untilReplicating(primary: PostgresServer, name: string, synchronous: boolean): Promise<void> {
  for (;;) {
    const [standby] = await primary.query<{ state: string; sync_state: string }>(
      'SELECT state, sync_state FROM pg_stat_replication WHERE application_name = $1',
      [name],
    );
    if (standby?.state === 'streaming' && (!synchronous || standby.sync_state === 'sync')) return;
    await setTimeout(20);
  }
}
