/** A real PostgreSQL server for tests, with a data directory of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { npmPostgres, type PostgresInstallation, UNPRIVILEGED } from './installation.js';
import { childProcessIds, killPostgres, signal } from './processes.js';

export const SUPERUSER = 'postgres';
export const PASSWORD = 'test-password';

export interface PostgresOptions {
  readonly installation?: PostgresInstallation;
  /** Settings of the server, as in `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Without, an answered commit survives a killed server all the same, but not a failed machine. True unless given. */
  readonly fsync?: boolean;
  /** Changes the data directory before the server starts for the first time. */
  readonly prepare?: (dataDirectory: string) => void;
}

/** How to reach a server. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  /** The directory with its Unix socket. */
  readonly socketDirectory: string;
}

export interface PostgresServer extends PostgresAddress {
  readonly installation: PostgresInstallation;
  readonly dataDirectory: string;
  /** What it has logged so far, over all restarts. */
  log(): string;
  url(database: string): string;
  /** Creates an empty database with a name of its own. @returns its URL */
  createDatabase(): Promise<string>;
  /** Runs SQL as the superuser, on a connection of its own. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  postmaster(): number;
  /** The postmaster's children: the background processes and one for each connection. */
  children(): readonly number[];
  /** Stops it cleanly; connections are ended. */
  shutDown(): Promise<void>;
  /** Ends all of its processes with SIGKILL, as when the machine fails. */
  kill(): Promise<void>;
  /** Starts it on the same files and port, after it was shut down or killed. */
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Shuts it down if it runs, and removes its files. */
  stop(): Promise<void>;
}

/** Initializes and starts a server that listens on 127.0.0.1 and on a Unix socket, and asks for a password on both. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const installation = options.installation ?? npmPostgres();
  const directory = await createServerDirectory();
  try {
    initialize(installation, directory);
    options.prepare?.(join(directory, 'data'));
    return await startInDirectory(directory, { ...options, installation });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** A new directory that the server's user owns: its data goes to `data` inside. */
export async function createServerDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-postgres-'));
  own(directory);
  return directory;
}

/** Hands a file to the user that the server runs as. */
export function own(path: string): void {
  if (UNPRIVILEGED.uid !== undefined) chownSync(path, UNPRIVILEGED.uid, UNPRIVILEGED.uid);
}

function initialize({ bin }: PostgresInstallation, directory: string): void {
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, `${PASSWORD}\n`);
  own(passwordFile);
  const { status, stderr } = spawnSync(
    join(bin, 'initdb'),
    [
      ...['--pgdata', join(directory, 'data'), '--username', SUPERUSER, '--pwfile', passwordFile],
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
    ],
    { ...UNPRIVILEGED, cwd: directory, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
}

/** Starts a server on the `data` in a directory, which it owns from now on. */
export async function startInDirectory(
  directory: string,
  { installation = npmPostgres(), settings = {}, fsync = true }: PostgresOptions,
): Promise<PostgresServer> {
  const host = '127.0.0.1';
  const dataDirectory = join(directory, 'data');
  const port = await findFreePort();
  const flags = Object.entries({
    listen_addresses: host,
    unix_socket_directories: directory,
    // Small: many servers share a machine with the tests.
    shared_buffers: '32MB',
    ...(fsync ? {} : { fsync: 'off', full_page_writes: 'off' }),
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log: string[] = [];
  let running: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    if (running !== undefined) throw new Error('PostgreSQL runs already');
    running = await launch(join(installation.bin, 'postgres'), ['-D', dataDirectory, '-p', `${port}`, ...flags], log);
  };
  const postmaster = (): number => {
    const id = running?.pid;
    if (id === undefined) throw new Error('PostgreSQL does not run');
    return id;
  };
  const end = async (finish: (id: number) => void | Promise<void>): Promise<void> => {
    const child = running;
    if (child === undefined) return;
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    running = undefined;
    if (child.pid !== undefined && ended !== undefined) await finish(child.pid);
    await ended;
  };
  const shutDown = (): Promise<void> => end((id) => signal(id, 'SIGINT'));
  const url = (database: string): string => `postgres://${SUPERUSER}:${PASSWORD}@${host}:${port}/${database}`;
  const query: PostgresServer['query'] = (sql, values) => queryOnce(url('postgres'), sql, values);

  await start();
  return {
    installation,
    dataDirectory,
    host,
    port,
    socketDirectory: directory,
    log: () => log.join('\n'),
    url,
    query,
    createDatabase: async () => {
      const name = `test_${randomBytes(8).toString('hex')}`;
      // Nobody is ever connected to template0, which would make this fail.
      await query(`CREATE DATABASE ${name} TEMPLATE template0`);
      return url(name);
    },
    postmaster,
    children: () => childProcessIds(postmaster()),
    shutDown,
    kill: () => end(killPostgres),
    start,
    restart: async () => {
      await shutDown();
      await start();
    },
    stop: async () => {
      await shutDown();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Runs one statement on a connection of its own. */
export async function queryOnce<Row extends pg.QueryResultRow = pg.QueryResultRow>(
  connectionString: string,
  sql: string,
  values?: unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** Resolves once the server accepts connections. */
async function launch(program: string, argv: readonly string[], log: string[]): Promise<ChildProcess> {
  const child = spawn(program, argv, {
    ...UNPRIVILEGED,
    cwd: '/',
    // PostgreSQL translates what it logs; below, it is read.
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // The last resort where a test file ends without having stopped its server.
  const abandon = (): void => {
    if (child.pid !== undefined) signal(child.pid, 'SIGQUIT');
  };
  process.once('exit', abandon);
  child.once('exit', () => process.removeListener('exit', abandon));
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      log.push(line);
      if (/database system is ready to accept/.test(line)) resolve();
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`PostgreSQL did not start: ${log.slice(-10).join('\n')}`)));
  });
  return child;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}
