import { GraphQLError, type OperationDefinitionNode, parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PreparedRequest, PrepareRequest } from '../../src/graphql/operations/prepared.js';
import { createScheduler } from '../../src/graphql/scheduling/scheduler.js';
import { createSchema } from '../../src/graphql/schema.js';
import { type Application, createApplication } from '../../src/http/application.js';
import { graphqlEndpoint } from '../../src/http/graphql-endpoint.js';
import { guard } from '../../src/http/guard.js';
import { createFindDocument } from '../../src/http/persisted-documents.js';
import { permissionsOf } from '../../src/permissions.js';
import type { Principal } from '../../src/principal.js';
import { openMemoryStore } from '../support/memory-engine.js';

const PRINCIPAL: Principal = { sub: 'ann', org: 'default', permissions: permissionsOf('admin'), expiresAt: Infinity };
/** Whoever judged this document once more would find what the preparation has not. */
const UNKNOWN = '{ unknown }';

let application: Application;
let close: () => Promise<void>;
let prepared: PreparedRequest;

beforeAll(async () => {
  const store = await openMemoryStore();
  application = createApplication({ logger: pino({ level: 'silent' }), bodyLimit: 1024 ** 2 });
  const consume = () => undefined;
  guard(application, () => Promise.resolve(PRINCIPAL), consume);
  const prepareRequest: PrepareRequest = Object.assign(() => prepared, { readAhead: () => Promise.resolve() });
  await graphqlEndpoint(application, {
    schema: createSchema(),
    execute: () => Promise.resolve({ data: { unknown: 1 } }),
    services: {
      store,
      keyedHash: (_org, name) => name,
      validate: () => Promise.resolve({ status: 'approved', reasons: [] }),
      now: Date.now,
    },
    prepareRequest,
    findDocument: createFindDocument(undefined),
    consume,
    answerFields: Infinity,
    scheduler: createScheduler(),
    suggestions: true,
  });
  close = async () => {
    await application.close();
    await store.close();
  };
});
afterAll(() => close());

describe('a document is validated once, before it runs:', () => {
  const ways: [name: string, headers: Record<string, string>, isGet: boolean][] = [
    ['POST', {}, false],
    ['POST for the form of another type', { accept: 'text/event-stream, */*;q=0.1' }, false],
    ['GET', {}, true],
  ];
  const ask = async (headers: Record<string, string>, isGet: boolean): Promise<unknown> => {
    const authorization = 'Bearer token';
    const response = await application.inject(
      isGet
        ? { method: 'GET', url: '/graphql', query: { query: UNKNOWN }, headers: { authorization, ...headers } }
        : { method: 'POST', url: '/graphql', payload: { query: UNKNOWN }, headers: { authorization, ...headers } },
    );
    return response.json();
  };
  const document = parse(UNKNOWN);
  const operation = document.definitions[0] as OperationDefinitionNode;

  it.each(ways)('what is wrong, over %s', async (_name, headers, isGet) => {
    const invalid = ['first', 'second'].map((message) => new GraphQLError(message, { nodes: operation }));
    prepared = { invalid, document };
    const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' };
    const locations = [{ line: 1, column: 1 }];
    expect(await ask(headers, isGet)).toEqual({
      errors: [
        { message: 'first', locations, extensions },
        { message: 'second', locations, extensions },
      ],
    });
  });

  it.each(ways)('what is right, over %s', async (_name, headers, isGet) => {
    prepared = { operation: { document, operation }, variables: {}, requests: 1 };
    expect(await ask(headers, isGet)).toEqual({ data: { unknown: 1 } });
  });

  it.each(ways)('what has wrong variables, over %s', async (_name, headers, isGet) => {
    prepared = { result: { errors: [new GraphQLError('not a number')] }, document };
    expect(await ask(headers, isGet)).toMatchObject({ errors: [{ message: 'not a number' }] });
  });
});
