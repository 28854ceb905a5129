/**
 * Where a store in PostgreSQL is: a location `postgres://user:password@host1:5432,host2:5433/database?parameter=value…` with
 * what the environment and libpq's files add, under the names and in the precedence that users of libpq know: the location
 * itself, the service file, the environment.
 */
import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { StoreOpenError } from '../../errors.js';
import { findPassword } from './password-file.js';
import { readService } from './service-file.js';

export interface HostAddress {
  /** A name, an address, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
}

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

const TARGETS = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const;
/** Which server is wanted where several are named. */
export type TargetSession = (typeof TARGETS)[number];

export interface TlsSettings {
  readonly mode: SslMode;
  /** Files. The root certificate `system` stands for the authorities that Node.js trusts. */
  readonly rootCertificate: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Whether TLS begins at once (PostgreSQL 17 and later), without asking for it. */
  readonly direct: boolean;
}

export interface PostgresLocation {
  /** In the order in which they are tried. */
  readonly addresses: readonly HostAddress[];
  readonly user: string;
  readonly database: string;
  /** Where the tables are, within the database. */
  readonly schema: string;
  /** A function, so that nothing that prints a location prints the password. */
  readonly findPassword: (address: HostAddress) => Promise<string | undefined>;
  readonly tls: TlsSettings;
  readonly channelBinding: 'disable' | 'prefer' | 'require';
  readonly applicationName: string | undefined;
  /** Options of the server's command line, such as `-c work_mem=64MB`. */
  readonly options: string | undefined;
  /** For each host; 0 for no limit. */
  readonly connectTimeoutMilliseconds: number;
  readonly target: TargetSession | undefined;
  readonly statementTimeoutMilliseconds: number | undefined;
  readonly lockTimeoutMilliseconds: number | undefined;
}

/** What a location may say after `?`, each with the environment variable that stands in for it. */
const PARAMETERS = {
  host: 'PGHOST',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  service: 'PGSERVICE',
  sslmode: 'PGSSLMODE',
  sslnegotiation: 'PGSSLNEGOTIATION',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  channel_binding: 'PGCHANNELBINDING',
  gssencmode: 'PGGSSENCMODE',
  options: 'PGOPTIONS',
  application_name: 'PGAPPNAME',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  schema: undefined,
  statement_timeout: undefined,
  lock_timeout: undefined,
} as const;

type Parameter = keyof typeof PARAMETERS;
type Parameters = Partial<Record<Parameter, string>>;

/** Parameters of libpq that change nothing here that anybody could rely on. */
const IGNORED = new Set([
  ...['client_encoding', 'fallback_application_name', 'gssdelegation', 'gsslib', 'keepalives', 'keepalives_count'],
  ...['keepalives_idle', 'keepalives_interval', 'krbsrvname', 'load_balance_hosts', 'sslcompression', 'sslsni'],
  'tcp_user_timeout',
]);

const DEFAULT_PORT = 5432;
const DEFAULT_CONNECT_TIMEOUT = 2_000;
const SOCKET_DIRECTORIES = ['/var/run/postgresql', '/tmp'];

/**
 * Reads a location and what stands in for its parts.
 * @throws StoreOpenError with one line that names what is wrong
 */
export function readPostgresLocation(
  text: string,
  environment: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): PostgresLocation {
  const parameters = collectParameters(parseUrl(text), environment, home);
  const user = parameters.user ?? userInfo().username;
  const database = parameters.dbname ?? user;
  const passwordFile = parameters.passfile ?? join(home, '.pgpass');
  const { password } = parameters;
  const schema = parameters.schema ?? 'public';
  if (!/^[a-z_][a-z0-9_$]{0,62}$/i.test(schema) || /^pg_/i.test(schema)) {
    throw invalid('schema', `a name of letters, digits and '_', which does not begin with 'pg_'`);
  }
  oneOf(parameters, 'gssencmode', ['disable', 'prefer']);
  return {
    addresses: parseAddresses(parameters),
    user,
    database,
    schema,
    findPassword: async (address) => password ?? (await findPassword(passwordFile, { ...address, database, user })),
    tls: readTlsSettings(parameters, home),
    channelBinding: oneOf(parameters, 'channel_binding', ['disable', 'prefer', 'require']) ?? 'prefer',
    applicationName: parameters.application_name,
    options: parameters.options,
    connectTimeoutMilliseconds: (wholeNumber(parameters, 'connect_timeout') ?? DEFAULT_CONNECT_TIMEOUT / 1000) * 1000,
    target: oneOf(parameters, 'target_session_attrs', TARGETS),
    statementTimeoutMilliseconds: wholeNumber(parameters, 'statement_timeout'),
    lockTimeoutMilliseconds: wholeNumber(parameters, 'lock_timeout'),
  };
}

/** @returns the location as logs and errors may show it: without a password, and without parameters */
export function describeLocation({ addresses, user, database }: PostgresLocation): string {
  return `postgres://${encodeURIComponent(user)}@${addresses.map(describeAddress).join(',')}/${encodeURIComponent(database)}`;
}

/** @returns `host:port`, or the path of a Unix socket */
export function describeAddress({ host, port }: HostAddress): string {
  if (host.startsWith('/')) return `${host}/.s.PGSQL.${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseUrl(text: string): Parameters {
  // Several hosts, each with a port, make no URL of the WHATWG's.
  const match = /^postgres(?:ql)?:\/\/(?:([^@/]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(text);
  if (match === null) {
    throw new StoreOpenError(
      'The location of a store in PostgreSQL must be postgres://user@host:port/database, with several hosts separated by commas',
    );
  }
  const [, login = '', hosts = '', database = '', query = ''] = match;
  // Else a part of the password would count as a host or a database, which errors name.
  if (`${hosts}/${database}`.includes('@')) {
    throw new StoreOpenError(
      `A password in the location of the store must have its '@' as %40, '/' as %2F and '%' as %25`,
    );
  }
  const colon = login.indexOf(':');
  const addresses = hosts
    .split(',')
    .map((host) => /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(host) ?? ['', host, undefined]);
  return omitEmpty({
    user: decode(colon < 0 ? login : login.slice(0, colon), 'user'),
    password: colon < 0 ? '' : decode(login.slice(colon + 1), 'password'),
    host: hosts === '' ? '' : addresses.map(([, host = '']) => decode(host.replace(/^\[|\]$/g, ''), 'host')).join(','),
    port: addresses.every(([, , port]) => port === undefined)
      ? ''
      : addresses.map(([, , port = '']) => port || `${DEFAULT_PORT}`).join(','),
    dbname: decode(database, 'dbname'),
    ...parseQuery(query),
  });
}

function parseQuery(query: string): Parameters {
  const parameters: Record<string, string> = {};
  for (const pair of query === '' ? [] : query.split('&')) {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1), name);
    // What JDBC says, which libpq takes, too.
    if (name === 'ssl' && value === 'true') parameters['sslmode'] = 'require';
    else parameters[name] = value;
  }
  return keepKnown(parameters, 'The location of the store');
}

function decode(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    const part = /^\w+$/.test(name) ? name : 'query';
    throw new StoreOpenError(
      `The ${part} in the location of the store has a '%' that no two hexadecimal digits follow`,
    );
  }
}

function collectParameters(inUrl: Parameters, environment: NodeJS.ProcessEnv, home: string): Parameters {
  const inEnvironment: Parameters = {};
  for (const [name, variable] of Object.entries(PARAMETERS)) {
    if (variable !== undefined && isParameter(name)) {
      const value = environment[variable];
      if (value !== undefined && value !== '') inEnvironment[name] = value;
    }
  }
  const service = inUrl.service ?? inEnvironment.service;
  const inService =
    service === undefined ? {} : keepKnown(readService(service, environment, home), `The service '${service}'`);
  return { ...inEnvironment, ...omitEmpty(inService), ...inUrl };
}

function keepKnown(parameters: Readonly<Record<string, string>>, place: string): Parameters {
  const known: Parameters = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (isParameter(name)) known[name] = value;
    else if (!/^\w+$/.test(name)) throw new StoreOpenError(`${place} has a parameter without a proper name`);
    else if (!IGNORED.has(name)) throw new StoreOpenError(`${place} has a parameter '${name}', which is not supported`);
  }
  return known;
}

function isParameter(name: string): name is Parameter {
  return Object.hasOwn(PARAMETERS, name);
}

function omitEmpty(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''));
}

function parseAddresses({ host, port }: Parameters): readonly HostAddress[] {
  const ports = (port ?? `${DEFAULT_PORT}`).split(',').map((text) => {
    const number = text === '' ? DEFAULT_PORT : Number(text);
    if (!Number.isInteger(number) || number < 1 || number > 65_535) throw invalid('port', 'a number from 1 to 65535');
    return number;
  });
  const [onlyPort = DEFAULT_PORT] = ports;
  const hosts = host === undefined ? [findDefaultHost(onlyPort)] : host.split(',');
  if (ports.length > 1 && ports.length !== hosts.length) {
    throw new StoreOpenError(`The location of the store has ${hosts.length} hosts and ${ports.length} ports`);
  }
  return hosts.map((name, at) => ({
    host: name === '' ? findDefaultHost(ports[at] ?? onlyPort) : name,
    port: ports.length > 1 ? (ports[at] ?? onlyPort) : onlyPort,
  }));
}

/** As libpq, prefers the Unix socket of a server on this machine. */
function findDefaultHost(port: number): string {
  return SOCKET_DIRECTORIES.find((directory) => existsSync(`${directory}/.s.PGSQL.${port}`)) ?? 'localhost';
}

function readTlsSettings(parameters: Parameters, home: string): TlsSettings {
  const inHome = (name: string): string | undefined => {
    const file = join(home, '.postgresql', name);
    return existsSync(file) ? file : undefined;
  };
  const rootCertificate = parameters.sslrootcert ?? inHome('root.crt');
  const mode =
    oneOf(parameters, 'sslmode', SSL_MODES) ?? (parameters.sslrootcert === 'system' ? 'verify-full' : 'prefer');
  if (mode.startsWith('verify') && rootCertificate === undefined) {
    throw new StoreOpenError(
      `sslmode=${mode} needs the certificate of an authority: set sslrootcert to its file, or to 'system' for the public ones`,
    );
  }
  const direct = oneOf(parameters, 'sslnegotiation', ['postgres', 'direct']) === 'direct';
  if (direct && !['require', 'verify-ca', 'verify-full'].includes(mode)) {
    throw new StoreOpenError(`sslnegotiation=direct needs sslmode=require or stronger`);
  }
  return {
    mode,
    rootCertificate,
    certificate: parameters.sslcert ?? inHome('postgresql.crt'),
    key: parameters.sslkey ?? inHome('postgresql.key'),
    direct,
  };
}

function oneOf<Value extends string>(
  parameters: Parameters,
  name: Parameter,
  allowed: readonly Value[],
): Value | undefined {
  const given = parameters[name];
  if (given === undefined) return undefined;
  const value = allowed.find((one) => one === given);
  if (value === undefined) throw invalid(name, `one of ${allowed.join(', ')}`);
  return value;
}

function wholeNumber(parameters: Parameters, name: Parameter): number | undefined {
  const given = parameters[name];
  if (given === undefined) return undefined;
  if (!/^\d{1,9}$/.test(given)) throw invalid(name, 'a whole number');
  return Number(given);
}

/** Never quotes the value: it may be a part of a password whose '@' or '/' is not escaped. */
function invalid(name: Parameter, allowed: string): StoreOpenError {
  const variable = PARAMETERS[name];
  return new StoreOpenError(
    `The ${name} of the store's location${variable === undefined ? '' : ` (or ${variable})`} must be ${allowed}`,
  );
}
