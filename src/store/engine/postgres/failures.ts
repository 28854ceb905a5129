/** Turns whatever can go wrong between the store and PostgreSQL into one line for the operator. */
import pg from 'pg';
import { describeAddress, type HostAddress } from './location.js';

/** Where it went wrong, and as whom. */
export interface FailurePlace {
  readonly address: HostAddress;
  readonly user: string;
  readonly database: string;
  readonly schema: string;
  readonly encrypted: boolean;
  readonly connectTimeoutMilliseconds: number;
}

/** What a server is not that answers with something else than PostgreSQL's protocol. */
export class NotPostgresError extends Error {
  override readonly name = 'NotPostgresError';
}

/** A server that answers, but is not of the kind that is wanted. */
export class WrongServerError extends Error {
  override readonly name = 'WrongServerError';

  constructor(readonly problem: 'standby' | 'read-only' | 'primary') {
    super(problem);
  }
}

/** Channel binding was required and is not possible. */
export class ChannelBindingError extends Error {
  override readonly name = 'ChannelBindingError';
}

/** @returns one line that names the server and says what to do; never a password */
export function describePostgresFailure(error: unknown, place: FailurePlace): string {
  const server = `PostgreSQL at ${describeAddress(place.address)}`;
  const said =
    error instanceof pg.DatabaseError ? describeServerError(error, place) : describeClientError(error, place);
  return said === undefined ? `${server}: ${messageOf(error)}` : said.replace('{server}', () => server);
}

/** By SQLSTATE: what the server says is in the language that it was set up with. */
function describeServerError(error: pg.DatabaseError, place: FailurePlace): string | undefined {
  const { user, database, schema } = place;
  switch (error.code) {
    case '28P01':
      return `{server} does not accept the password of user '${user}': correct the password or the user`;
    case '28000':
      return describeRejection(error, place);
    case '3D000':
      return `{server} has no database '${database}': create it, or correct its name in the location of the store`;
    case '3F000':
      return `{server} has no schema '${schema}' in database '${database}': create it, or correct its name`;
    case '42501':
      return (
        `{server} refuses user '${user}' what the store needs in database '${database}' (${messageOf(error)}): ` +
        `GRANT CREATE, USAGE ON SCHEMA ${schema} TO the user, or let the user own the tables`
      );
    case '25006':
      return `{server} is read-only, as a standby is: name the primary in the location of the store`;
    case '53300':
      return `{server} has no connection left: raise max_connections, or run fewer servers with it`;
    case '53100':
      return `{server} has no space left on its disk: make room`;
    case '53200':
      return `{server} is out of memory: give it more, or lower its memory settings`;
    case '57P01':
    case '57P02':
      return `{server} was shut down or restarted while in use: wait until it is up again`;
    case '57P03':
      return `{server} is starting up or shutting down: wait until it is up`;
    case '57P05':
    case '25P03':
      return `{server} ended an idle session: raise its timeouts of idle sessions`;
    case '57014':
      return `{server} canceled a statement that took longer than statement_timeout: see what keeps it busy`;
    case '55P03':
      return `{server} did not get a lock within lock_timeout: see which session holds it`;
    case '42P01':
      return `{server} lacks a table of the store in schema '${schema}' of database '${database}': run 'feedback-graph migrate'`;
    default:
      return undefined;
  }
}

function describeRejection({ routine }: pg.DatabaseError, { user, database, encrypted }: FailurePlace): string {
  // Every code of this kind has its own function in the server, whose name is not translated.
  if (routine === 'InitializeSessionUserId')
    return `{server} has no user '${user}' who may log in: create it, or correct its name`;
  const hint = encrypted ? '' : ', or set sslmode=require if it wants encryption';
  return `{server} does not let user '${user}' into database '${database}' from here: add a line to its pg_hba.conf${hint}`;
}

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: '{server} refuses connections: start it, or correct the host and the port',
  ENOENT: '{server} has no such socket: start it, or correct the host and the port',
  EACCES: '{server} has a socket that this user may not open: change its permissions, or connect over TCP',
  EHOSTUNREACH: '{server} cannot be reached: check the network and the firewalls on the way',
  ENETUNREACH: '{server} cannot be reached: check the network and the firewalls on the way',
  ECONNRESET: '{server} ended the connection: see its log',
  EPIPE: '{server} ended the connection: see its log',
};

/** What OpenSSL calls a certificate that nobody whom we trust has signed. */
const UNTRUSTED = new Set([
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_UNTRUSTED', 'INVALID_CA'],
]);

/** The messages are those of pg, which gives these errors no code; its version is pinned, and each is tested. */
function describeClientError(error: unknown, place: FailurePlace): string | undefined {
  const { address, user, connectTimeoutMilliseconds } = place;
  if (error instanceof NotPostgresError)
    return `What listens at ${describeAddress(address)} is not PostgreSQL: correct the host and the port`;
  if (error instanceof WrongServerError) return describeWrongServer(error);
  if (error instanceof ChannelBindingError)
    return `{server} offers no channel binding, which channel_binding=require asks for`;
  const code = codeOf(error);
  if (code !== undefined) {
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      return `The host ${address.host} of PostgreSQL is not known: correct its name, or check the name service`;
    if (code === 'ETIMEDOUT') return describeTimeout(connectTimeoutMilliseconds);
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
      return `{server} has a certificate for another host: correct the host, or use sslmode=verify-ca`;
    if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
      return `{server} has a certificate that is not valid now: renew it, and check the clocks`;
    if (UNTRUSTED.has(code))
      return `{server} has a certificate that sslrootcert does not vouch for: set sslrootcert to the file of its authority`;
    if (code.startsWith('ERR_SSL_') || code === 'EPROTO')
      return `{server} and the server agree on no TLS (${code}): check its certificate and its TLS settings`;
    return NETWORK[code];
  }
  const message = messageOf(error);
  if (message === 'timeout expired') return describeTimeout(connectTimeoutMilliseconds);
  if (message === 'The server does not support SSL connections')
    return `{server} does not offer TLS, which sslmode asks for: turn it on there (ssl = on), or use sslmode=prefer`;
  if (message === 'There was an error establishing an SSL connection')
    return `{server} ended the connection when asked for TLS: see its log`;
  if (message.startsWith('Connection terminated')) return NETWORK['ECONNRESET'];
  if (/password must be a (?:non-empty )?string/.test(message))
    return `{server} asks for the password of user '${user}', and none is set: set PGPASSWORD or a password file`;
  return undefined;
}

function describeTimeout(milliseconds: number): string {
  const within = milliseconds > 0 ? ` within ${milliseconds / 1000} s` : '';
  return `{server} did not answer${within}: check the host, the network and the firewalls on the way`;
}

function describeWrongServer({ problem }: WrongServerError): string {
  switch (problem) {
    case 'standby':
      return '{server} is a read-only standby: name the primary in the location of the store';
    case 'read-only':
      return '{server} takes no writes (default_transaction_read_only is on): turn that off, or name another server';
    case 'primary':
      return '{server} is a primary, and target_session_attrs asks for a standby';
  }
}

function codeOf(error: unknown): string | undefined {
  // Of a host with several addresses, the errors of all; the first is as good as any.
  const one: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return one instanceof Error && 'code' in one && typeof one.code === 'string' ? one.code : undefined;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
}
