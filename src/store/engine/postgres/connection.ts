/** Connects to the first of a location's hosts that will do. */
import { Socket } from 'node:net';
import pg from 'pg';
import { StoreOpenError } from '../../errors.js';
import {
  ChannelBindingError,
  describePostgresFailure,
  type FailurePlace,
  NotPostgresError,
  WrongServerError,
} from './failures.js';
import type { HostAddress, PostgresLocation, TargetSession } from './location.js';
import { listAttempts, readTlsOptions } from './tls.js';

export interface ConnectOptions {
  /** What the connection is for, which operators see in `pg_stat_activity`. */
  readonly role: string;
  /** Whether a standby will do; otherwise the server must take writes. */
  readonly readOnly?: boolean;
  /** Whether it is for the statements of the engine, which are sent without waiting for the answers to those before. */
  readonly pipeline?: boolean;
  /** In milliseconds; 0 for no limit. What the location says comes first. */
  readonly statementTimeout?: number;
  readonly lockTimeout?: number;
  readonly idleInTransactionTimeout?: number;
}

export interface PostgresConnection {
  /** Ready for statements, with the store's schema first in its search path. Errors reach its statements and `end`. */
  readonly client: pg.Client;
  readonly address: HostAddress;
  /** Where a failure on this connection took place, for {@link describePostgresFailure}. */
  readonly place: FailurePlace;
  readonly standby: boolean;
  /** As `version()` says; CockroachDB and YugabyteDB say so in it. */
  readonly version: string;
}

/** No host will do. The message is one line for the operator; the cause is the last host's error. */
export class PostgresConnectionError extends StoreOpenError {
  constructor(
    message: string,
    /** Whether trying again later may help: nothing that was said about us was refused. */
    readonly transient: boolean,
    options: ErrorOptions,
  ) {
    super(message, options);
  }
}

const KEEP_ALIVE_MILLISECONDS = 10_000;

/**
 * How PostgreSQL plans the statements of the engine. Each has one good plan whatever its values are, along the primary key:
 * planning it anew for the values of each call takes longer than most of them do, and what the planner knows of a table that
 * has just been filled may be of when it was empty.
 */
const PLANNING: readonly (readonly [setting: string, value: string])[] = [
  ['plan_cache_mode', 'force_generic_plan'],
  ['enable_seqscan', 'off'],
  ['enable_bitmapscan', 'off'],
  ['max_parallel_workers_per_gather', '0'],
  ['jit', 'off'],
];

/**
 * Tries the hosts in order. As libpq, it goes on to the next where one cannot be reached or will not do, but not where one
 * rejects the user or the password.
 * @throws PostgresConnectionError
 */
export async function connectPostgres(
  location: PostgresLocation,
  options: ConnectOptions,
): Promise<PostgresConnection> {
  const failures: { readonly error: unknown; readonly line: string }[] = [];
  for (const target of listTargets(location, options)) {
    // A second round, for any server, repeats what the first found out about each.
    failures.length = 0;
    for (const address of location.addresses) {
      try {
        return await connectTo(address, location, options, target);
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        failures.push({ error: error.cause, line: error.message });
        if (isRejection(error.cause)) break;
      }
    }
  }
  const [first, ...others] = new Set(failures.map(({ line }) => line));
  const line = others.length === 0 ? (first ?? '') : `No host of the store will do: ${[first, ...others].join('; ')}`;
  throw new PostgresConnectionError(line, !failures.some(({ error }) => isPermanent(error)), {
    cause: failures.at(-1)?.error,
  });
}

/** One host will not do, in a line for the operator. */
class HostError extends Error {}

function listTargets({ target }: PostgresLocation, { readOnly = false }: ConnectOptions): readonly TargetSession[] {
  if (!readOnly) return [target === 'primary' ? 'primary' : 'read-write'];
  return target === 'prefer-standby' ? ['standby', 'any'] : [target ?? 'any'];
}

async function connectTo(
  address: HostAddress,
  location: PostgresLocation,
  options: ConnectOptions,
  target: TargetSession,
): Promise<PostgresConnection> {
  let failure: HostError | undefined;
  for (const attempt of listAttempts(location.tls, address)) {
    const encrypted = attempt === 'tls';
    const place = placeOf(address, location, encrypted);
    let client: pg.Client | undefined;
    try {
      client = await openSession(address, location, options, encrypted);
      const { standby, readOnly, version } = await setUpSession(client, location, options);
      refuseWrongServer(target, standby, readOnly);
      return { client, address, place, standby, version };
    } catch (cause) {
      if (cause instanceof StoreOpenError) throw cause;
      void client?.end().catch(() => undefined);
      // The first attempt's error says more, unless only the second got as far as to be answered, or encryption was not asked for.
      if (
        failure === undefined ||
        cause instanceof pg.DatabaseError ||
        cause instanceof WrongServerError ||
        lacksTls(failure.cause)
      ) {
        failure = new HostError(describePostgresFailure(cause, place), { cause });
      }
      if (!mayHelp(attempt, cause)) break;
    }
  }
  throw failure ?? new HostError('No attempt was made');
}

/** Whether the server takes plain connections alone, which is no failure where the next attempt makes one. */
function lacksTls(error: unknown): boolean {
  return error instanceof Error && error.message === 'The server does not support SSL connections';
}

/** Whether the other of encrypted and plain may succeed where one failed. */
function mayHelp(failed: 'plain' | 'tls', error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.code === '28000';
  if (error instanceof WrongServerError || error instanceof ChannelBindingError) return false;
  const message = error instanceof Error ? error.message : '';
  return failed === 'tls' && /SSL|TLS|certificate/i.test(message);
}

function placeOf(address: HostAddress, location: PostgresLocation, encrypted: boolean): FailurePlace {
  const { user, database, schema, connectTimeoutMilliseconds } = location;
  return { address, user, database, schema, encrypted, connectTimeoutMilliseconds };
}

async function openSession(
  address: HostAddress,
  location: PostgresLocation,
  { role, pipeline = false }: ConnectOptions,
  encrypted: boolean,
): Promise<pg.Client> {
  const password = await location.findPassword(address);
  const socket = new Socket();
  const client = new pg.Client({
    ...address,
    stream: () => socket,
    user: location.user,
    database: location.database,
    // A function keeps pg from looking into the environment and into files itself; without a password it is asked for one.
    password: () => password ?? '',
    ssl: encrypted && readTlsOptions(location.tls),
    sslnegotiation: encrypted && location.tls.direct ? 'direct' : 'postgres',
    enableChannelBinding: location.channelBinding !== 'disable',
    application_name: location.applicationName ?? `feedback-graph ${role}`,
    options: location.options,
    connectionTimeoutMillis: location.connectTimeoutMilliseconds,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MILLISECONDS,
    pipeline,
  });
  // What breaks is told to the statements that wait, and by `end`; without a listener it would end the process.
  client.on('error', () => undefined);
  const answer = { isPostgres: true };
  socket.once('data', (bytes: Buffer) => {
    answer.isPostgres = isAnswer(bytes, encrypted && !location.tls.direct);
    if (!answer.isPostgres) socket.destroy();
  });
  const isBound = location.channelBinding === 'require' ? requireChannelBinding(client, socket) : () => true;
  try {
    await client.connect();
  } catch (cause) {
    throw answer.isPostgres ? cause : new NotPostgresError('The answer is none of PostgreSQL', { cause });
  }
  if (!isBound()) {
    await client.end();
    throw new ChannelBindingError();
  }
  return client;
}

/** What PostgreSQL may say first: whether it speaks TLS, or else an authentication request, a version or an error. */
function isAnswer(bytes: Buffer, askedForTls: boolean): boolean {
  const type = bytes.toString('latin1', 0, 1);
  // One byte is the whole answer to the request for TLS.
  if (askedForTls) return (bytes.length === 1 && 'SN'.includes(type)) || type === 'E';
  return 'REv\x15\x16'.includes(type);
}

/**
 * Ends the connection before a password is sent that is not bound to this channel.
 * @returns whether one was, once there is a connection; a server that trusts everybody asks for none
 */
function requireChannelBinding(client: pg.Client, socket: Socket): () => boolean {
  let bound = false;
  const refuse = (): void => void socket.destroy(new ChannelBindingError());
  client.connection.on('authenticationCleartextPassword', refuse);
  client.connection.on('authenticationMD5Password', refuse);
  client.connection.on('authenticationSASL', ({ mechanisms }: { readonly mechanisms: readonly string[] }) => {
    bound = mechanisms.includes('SCRAM-SHA-256-PLUS');
    if (!bound) refuse();
  });
  return () => bound;
}

/** Whether a server that says this of `version()` is none of those that speak the protocol of PostgreSQL. */
export function isPostgresItself(version: string): boolean {
  return version.startsWith('PostgreSQL') && !version.includes('YB');
}

/** Sets what statements depend on, and asks what the server is. */
async function setUpSession(
  client: pg.Client,
  location: PostgresLocation,
  options: ConnectOptions,
): Promise<{ readonly standby: boolean; readonly readOnly: boolean; readonly version: string }> {
  const settings: readonly (readonly [string, string | number | undefined])[] = [
    ['search_path', `"${location.schema}"`],
    ['statement_timeout', location.statementTimeoutMilliseconds ?? options.statementTimeout],
    ['lock_timeout', location.lockTimeoutMilliseconds ?? options.lockTimeout],
    ['idle_in_transaction_session_timeout', options.idleInTransactionTimeout],
  ];
  const given = settings.filter(([, value]) => value !== undefined);
  const { rows } = await client.query<{ standby: boolean; read_only: string; version: string }>(
    `SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') AS read_only, version() AS version` +
      given.map(([name], at) => `, set_config('${name}', $${at + 1}, false)`).join(''),
    given.map(([, value]) => `${value ?? ''}`),
  );
  const [row] = rows;
  if (row === undefined) throw new NotPostgresError();
  if (options.pipeline === true && isPostgresItself(row.version)) {
    const planning = PLANNING.map(([name, value]) => `set_config('${name}', '${value}', false)`);
    await client.query(`SELECT ${planning.join(', ')}`);
  }
  return { standby: row.standby, readOnly: row.read_only === 'on', version: row.version };
}

function refuseWrongServer(target: TargetSession, standby: boolean, readOnly: boolean): void {
  if ((target === 'read-write' || target === 'primary') && standby) throw new WrongServerError('standby');
  if (target === 'read-write' && readOnly) throw new WrongServerError('read-only');
  if (target === 'standby' && !standby) throw new WrongServerError('primary');
  if (target === 'read-only' && !standby && !readOnly) throw new WrongServerError('primary');
}

/** Whether the server was reached and refuses us, as the other hosts will, too. */
function isRejection(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(?:28|3D)/.test(error.code ?? '');
}

/** Whether an operator must change something before a next attempt can succeed. */
function isPermanent(error: unknown): boolean {
  return isRejection(error) || error instanceof NotPostgresError || error instanceof ChannelBindingError;
}
