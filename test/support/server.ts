import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import type { DestinationStream } from 'pino';
import { inject } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { DEFAULT_BUDGET_LIMITS } from '../../src/graphql/budget/request-budget.js';
import { DEFAULT_QUERY_SETTINGS } from '../../src/graphql/graph-queries.js';
import { DEFAULT_OPERATION_LIMITS } from '../../src/graphql/operations/limits.js';
import type { LiveSettings } from '../../src/http/live-limits.js';
import { DEFAULT_ENTRY_LIMITS } from '../../src/model/input.js';
import { type LiveCounts, startServer } from '../../src/server.js';
import type { Store } from '../../src/store/contract.js';
import type { StoreLocation } from '../../src/store/engines.js';
import { createTestDatabase } from './postgres/shared.js';

export interface Claims {
  readonly sub?: string;
  readonly org?: string;
  readonly roles?: readonly string[];
  readonly scope?: string;
}

export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** A real server, and the ways in which tests talk to it. */
export interface SharedServer {
  readonly url: string;
  readonly secret: string;
  token(claims?: Claims): string;
  /** One request with a token of `claims`; a body that is not a string is sent as JSON. */
  call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    options?: { readonly body?: unknown; readonly claims?: Claims; readonly headers?: Record<string, string> },
  ): Promise<Answer<Body>>;
  /** A GraphQL request; resolves to the whole response body. */
  graphql<Data = Record<string, unknown>>(
    query: string,
    variables?: Record<string, unknown>,
    claims?: Claims,
  ): Promise<{ data?: Data; errors?: { message: string; extensions: Record<string, unknown> }[] }>;
}

/** A server of a test's own, on real RocksDB files below a temporary directory, or on a real PostgreSQL. */
export interface TestServer extends SharedServer {
  /** What is live now. */
  live(): LiveCounts;
  /** Reads the files of the certificate again. */
  reloadTls(): Promise<void>;
  /** Stops and starts again on the same files, with other settings where some are given. */
  restart(changed?: Partial<Config>): Promise<void>;
  stop(): Promise<void>;
}

export const DEFAULT_LIVE_SETTINGS: LiveSettings = {
  connectionsPerUser: 10,
  subscriptionsPerUser: 50,
  bufferBytes: 1024 ** 2,
  heartbeatSeconds: 15,
  initSeconds: 3,
  unknownConnections: 256,
  unknownPerAddress: 16,
};

/** In a directory, or in a database where `npm run test:postgres` says so. */
async function storeFor(directory: string): Promise<StoreLocation> {
  if (process.env['TEST_STORE'] !== 'postgres') return { engine: 'rocksdb', path: join(directory, 'data') };
  return { engine: 'postgres', path: (await createTestDatabase()).slice('postgres:'.length) };
}

let shared: Promise<TestServer> | undefined;
let organizations = 0;

/**
 * The server that all files of a worker share, as seen from an organization that is new: claims that name no organization
 * are of that one, and those that name one are of another that is new, too.
 */
export async function shareServer(): Promise<SharedServer> {
  shared ??= startTestServer({}, inject('sharedDirectory'));
  const server = await shared;
  const { url, secret } = server;
  organizations += 1;
  const own = `org-${organizations}`;
  return {
    url,
    secret,
    ...clientOf(
      () => url,
      ({ org, ...claims } = {}) => server.token({ ...claims, org: org === undefined ? own : `${own}-${org}` }),
    ),
  };
}

/**
 * @param parent where its files are
 * @param log takes the lines of its log; standard error unless given
 * @param sharedStore what it works on together with other servers, which need the same secret
 */
export async function startTestServer(
  overrides: Partial<Config> = {},
  parent = tmpdir(),
  log?: DestinationStream,
  sharedStore?: Store,
): Promise<TestServer> {
  const directory = await mkdtemp(join(parent, 'feedback-graph-'));
  const given = overrides.auth?.kind === 'secret' ? overrides.auth.secret : undefined;
  const secret = given ?? randomBytes(32).toString('base64url');
  const config: Config = {
    host: '127.0.0.1',
    port: 0,
    store: await storeFor(directory),
    workers: 1,
    storeMigrate: true,
    auth: { kind: 'secret', secret, defaultRole: 'member', rolesClaim: 'roles', orgClaim: 'org', requireOrg: false },
    corsOrigins: [],
    trustedProxies: [],
    addressLimits: { requestsPerMinute: 0, connections: 0 },
    limits: { userPerMinute: 0, orgPerHour: 0 },
    entryLimits: DEFAULT_ENTRY_LIMITS,
    operationLimits: DEFAULT_OPERATION_LIMITS,
    requestBudget: DEFAULT_BUDGET_LIMITS,
    unread: { bytes: 128 * 1024 ** 2, seconds: 30 },
    expensivePerMinute: 0,
    queries: DEFAULT_QUERY_SETTINGS,
    introspection: true,
    bodyLimit: 256 * 1024,
    responseCacheBytes: 32 * 1024 ** 2,
    exportSimilarity: 0.95,
    live: DEFAULT_LIVE_SETTINGS,
    revote: 'update',
    search: true,
    webhooks: { isOn: true, allowPrivate: true },
    logLevel: 'silent',
    logFormat: 'json',
    accessLog: false,
    ...overrides,
  };
  const options = { ...(log !== undefined && { log }), ...(sharedStore !== undefined && { sharedStore }) };
  let running = await startServer(config, options);

  // A text would be taken for a private key first, at each of many thousand requests.
  const key = createSecretKey(Buffer.from(secret));
  const token = ({ sub = 'tester', ...claims }: Claims = {}): string =>
    jsonwebtoken.sign(claims, key, { subject: sub, expiresIn: '1h' });

  return {
    get url() {
      return running.url;
    },
    secret,
    ...clientOf(() => running.url, token),
    live: () => running.live(),
    reloadTls: () => running.reloadTls(),
    restart: async (changed = {}) => {
      await running.stop();
      running = await startServer({ ...config, ...changed }, options);
    },
    stop: async () => {
      await running.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The requests of a server's clients. */
function clientOf(url: () => string, token: SharedServer['token']): Pick<SharedServer, 'token' | 'call' | 'graphql'> {
  const call: SharedServer['call'] = async <Body>(
    method: string,
    path: string,
    { body, claims, headers = {} }: { body?: unknown; claims?: Claims; headers?: Record<string, string> } = {},
  ) => {
    const response = await fetch(url() + path, {
      method,
      headers: {
        authorization: `Bearer ${token(claims)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Body,
    };
  };
  return {
    token,
    call,
    graphql: async (query, variables = {}, claims = {}) =>
      (await call('POST', '/graphql', { body: { query, variables }, claims })).body,
  };
}
