import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createChangeFeed } from '../../src/audit/change-feed.js';
import type { Services } from '../../src/graphql/context.js';
import { createExecution, createExecutor } from '../../src/graphql/execution.js';
import { DEFAULT_OPERATION_LIMITS } from '../../src/graphql/operations/limits.js';
import { createRequestPreparation } from '../../src/graphql/operations/prepared.js';
import { withResponseCache } from '../../src/graphql/response-cache.js';
import { createScheduler } from '../../src/graphql/scheduling/scheduler.js';
import { createSchema } from '../../src/graphql/schema.js';
import { type Application, createApplication } from '../../src/http/application.js';
import { createClientAddresses } from '../../src/http/client-address.js';
import { graphqlEndpoint } from '../../src/http/graphql-endpoint.js';
import { guard } from '../../src/http/guard.js';
import { createConcurrencyLimit } from '../../src/http/live-limits.js';
import { createFindDocument } from '../../src/http/persisted-documents.js';
import { subscriptionEndpoint } from '../../src/live/subscriptions.js';
import { permissionsOf } from '../../src/permissions.js';
import type { Principal } from '../../src/principal.js';
import { restRoutes } from '../../src/rest/routes.js';
import type { Store } from '../../src/store/contract.js';
import { connect } from '../support/live.js';
import { openMemoryStore } from '../support/memory-engine.js';
import { DEFAULT_LIVE_SETTINGS, type TestServer } from '../support/server.js';

const SECRET = 'where the key of a secret is';
const PRINCIPAL: Principal = { sub: 'ann', org: 'default', permissions: permissionsOf('admin'), expiresAt: Infinity };
const NO_REVOCATIONS = { watch: () => () => undefined };

interface Line {
  readonly level: number;
  readonly reqId?: string;
  readonly err?: { readonly message: string };
}

let application: Application;
let store: Store;
let url: string;
let lines: Line[] = [];

/** The lines of the log that tell of the fault. */
const faults = (): Line[] => lines.filter(({ level, err }) => level === 50 && err?.message === SECRET);

beforeAll(async () => {
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()) as Line);
      done();
    },
  });
  const logger = pino({ level: 'warn' }, stream);
  store = await openMemoryStore();
  const failing = new Proxy(store, {
    get: (target, name) =>
      name === 'read' || name === 'readTracked' || name === 'transact'
        ? () => Promise.reject(new Error(SECRET))
        : (Reflect.get(target, name, target) as unknown),
  });
  const services: Services = {
    store: failing,
    keyedHash: (_org, name) => name,
    validate: () => Promise.resolve({ status: 'approved', reasons: [] }),
    now: Date.now,
  };
  const schema = createSchema();
  const execute = withResponseCache(createExecution(schema), 1024 ** 2);
  const prepareRequest = createRequestPreparation(schema, { limits: DEFAULT_OPERATION_LIMITS, introspection: true });
  const findDocument = createFindDocument(undefined);
  const answerFields = DEFAULT_OPERATION_LIMITS.cost;
  const scheduler = createScheduler();
  const consume = () => undefined;
  const signIn = () => Promise.resolve(PRINCIPAL);
  const changes = createChangeFeed(failing);
  const [connections, subscriptions] = [createConcurrencyLimit(10), createConcurrencyLimit(10)];
  application = createApplication({ logger, bodyLimit: 1024 ** 2 });
  guard(application, signIn, consume);
  await restRoutes(application, {
    run: createExecutor(schema, execute),
    services,
    consume,
    live: { revocations: NO_REVOCATIONS, changes, connections, settings: DEFAULT_LIVE_SETTINGS },
    bodyLimit: 1024 ** 2,
    similarity: 1,
  });
  await graphqlEndpoint(application, {
    schema,
    execute,
    services,
    prepareRequest,
    findDocument,
    consume,
    answerFields,
    scheduler,
    suggestions: true,
  });
  subscriptionEndpoint(application, {
    schema,
    services,
    prepareRequest,
    findDocument,
    answerFields,
    scheduler,
    changes,
    revocations: NO_REVOCATIONS,
    signIn,
    consume,
    settings: DEFAULT_LIVE_SETTINGS,
    addresses: createClientAddresses([]),
    origins: [],
    connections,
    subscriptions,
  });
  url = await application.listen({ host: '127.0.0.1', port: 0 });
});
beforeEach(() => {
  lines = [];
});
afterAll(async () => {
  await application.close();
  await store.close();
});

describe('a fault of ours is masked, and logged under the id of its request:', () => {
  const query = '{ feedbackStats { totalFeedback } adapter(id: "a") { id } }';
  it.each<[string, string, string, object | undefined, Record<string, string>]>([
    ['GraphQL', 'POST', '/graphql', { query }, {}],
    ['GraphQL in the form of another type', 'POST', '/graphql', { query }, { accept: 'text/event-stream, */*;q=0.1' }],
    ['GraphQL over GET', 'GET', `/graphql?query=${encodeURIComponent(query)}`, undefined, {}],
    ['a mutation', 'POST', '/graphql', { query: 'mutation { registerAdapter(id: "a") { id } }' }, {}],
    ['a read over REST', 'GET', '/api/v1/llm/feedback/feedback-1', undefined, {}],
    ['a list over REST', 'GET', '/api/v1/llm/feedback?adapter=a', undefined, {}],
    [
      'a write over REST',
      'POST',
      '/api/v1/llm/feedback',
      { type: 'positive', question: 'What is it?', answer: 'This.' },
      {},
    ],
  ])('%s', async (name, method, path, body, headers) => {
    for (const id of ['first', 'second', 'third']) {
      lines = [];
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization: 'Bearer x',
          'x-request-id': id,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      expect([name, text]).toEqual([name, expect.stringContaining('INTERNAL_SERVER_ERROR')]);
      expect(text).not.toContain(SECRET);
      const masked = text.split('INTERNAL_SERVER_ERROR').length - 1;
      expect(faults().map(({ reqId }) => reqId)).toEqual(Array.from({ length: masked }, () => id));
    }
  });

  it('a subscription', async () => {
    const client = await connect({ url } as TestServer);
    client.send({ type: 'connection_init', payload: { authorization: 'Bearer x' } });
    expect(await client.next()).toMatchObject({ type: 'connection_ack' });
    const logged: unknown[] = [];
    for (const id of ['1', '2']) {
      const payload = { query: 'subscription { feedbackSubmitted { id } }' };
      client.send({ id, type: 'subscribe', payload });
      const answer = await client.next();
      expect(JSON.stringify(answer)).toContain('INTERNAL_SERVER_ERROR');
      expect(JSON.stringify(answer)).not.toContain(SECRET);
      expect(await client.next()).toEqual({ id, type: 'complete' });
      logged.push(...faults().map(({ reqId }) => reqId));
      lines = [];
    }
    expect(logged).toEqual([expect.any(String), logged[0]]);
    client.socket.close();
    await client.closed;
  });
});

it('what a client got wrong is not logged', async () => {
  for (const body of [
    { query: '{' },
    { query: '{ nothing }' },
    { query: 'query ($n: Int = 1) { feedbackList(first: $n) { __typename } }', variables: { n: null } },
    { query: 'query ($n: Int!) { feedbackList(first: $n) { __typename } }', variables: { n: 'x' } },
    { query: '{ feedbackList(first: -1) { totalCount } }' },
  ]) {
    for (const accept of ['*/*', 'text/event-stream, */*;q=0.1']) {
      const headers = { authorization: 'Bearer x', 'content-type': 'application/json', accept };
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(await response.text()).not.toContain('INTERNAL_SERVER_ERROR');
    }
  }
  expect(lines).toEqual([]);
});
