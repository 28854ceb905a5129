import { readFileSync } from 'node:fs';
import {
  buildSchema,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldPermissions } from '../../src/graphql/guarded-fields.js';
import {
  type AnyOf,
  FIELD_PERMISSIONS,
  PERMISSIONS,
  permissionsOf,
  type Role,
  ROLES,
  ROUTE_PERMISSIONS,
  TYPE_PERMISSIONS,
} from '../../src/permissions.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { connectAs, until } from '../support/live.js';
import { type Answer, type Claims, startTestServer, type TestServer } from '../support/server.js';

interface Example {
  readonly value: unknown;
}
interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema: { readonly enum?: readonly string[] };
}
interface Operation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: {
    readonly content: {
      readonly 'application/json': {
        readonly examples?: Readonly<Record<string, Example>>;
      };
    };
  };
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Route {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}
interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string };
}
interface GraphqlAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly GraphqlError[];
}
interface Entry {
  readonly id: string;
  readonly user_id?: string;
}
interface Walked {
  readonly type: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
}

const DESCRIPTION = JSON.parse(readFileSync('schema/openapi.json', 'utf8')) as Description;
const SCHEMA = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const OBJECT_TYPES = Object.values(SCHEMA.getTypeMap())
  .filter(isObjectType)
  .filter((type) => !isIntrospectionType(type));
const OBJECT_FIELDS: readonly Walked[] = OBJECT_TYPES.flatMap((type) =>
  Object.values(type.getFields()).map((field) => ({ type, field })),
);
const NAMES_OF_FIELDS = OBJECT_FIELDS.map(({ type, field }) => `${type.name}.${field.name}`);
const ROOTS = [SCHEMA.getQueryType()!, SCHEMA.getMutationType()!];
const ROOT_FIELDS = ROOTS.flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));
const UNKNOWN_ENTRY = 'feedback-00000000-0000-7000-8000-000000000000';
const SUBMITTER = permissionsOf('submitter');
const REVIEW = { verdict: 'reject', reason: 'It is none.' };

/** Bodies of routes whose description has no example, or one that takes more than the permission of the route. */
const BODIES: Readonly<Record<string, unknown>> = {
  issueToken: {},
  runGraphQuery: { query: 'RETURN 1 AS n' },
  // Each action takes one of the permissions; that there are no entries is found out before.
  startBulkOperation: { action: 'link', adapter_id: 'lora' },
};

const ROUTES: readonly Route[] = Object.entries(DESCRIPTION.paths).flatMap(([path, operations]) =>
  Object.entries(operations)
    // What needs no token says so by an empty list.
    .filter(([, { security }]) => security?.length !== 0)
    .map(([method, { operationId, parameters = [], requestBody }]) => {
      const query = parameters.flatMap((each): [string, string][] =>
        'name' in each && each.in === 'query' && each.required === true
          ? [[each.name, each.schema.enum?.[0] ?? 'nobody']]
          : [],
      );
      const filled = path
        .replace('{number}', '999')
        .replace('{id}', path.includes('/adapters/') ? 'no-adapter' : UNKNOWN_ENTRY)
        .replace('{adapter_id}', 'no-adapter');
      const { examples = {} } = requestBody?.content['application/json'] ?? {};
      const body: unknown = BODIES[operationId] ?? Object.values(examples)[0]?.value ?? {};
      return {
        operationId,
        method: method.toUpperCase(),
        path: query.length === 0 ? filled : `${filled}?${new URLSearchParams(query).toString()}`,
        ...(requestBody === undefined ? {} : { body }),
      };
    }),
);

/** What the nodes asked for below need beside the table: which one it is decides. */
const NODE_PERMISSIONS: Readonly<Record<string, AnyOf>> = {
  'Query.node': ['adapters:read'],
  'Query.nodes': ['adapters:read'],
};

/** A field with nothing but its required arguments and no more than a type's name of what it leads to. */
function selectionOf({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const required = args.filter(isRequiredArgument).map((arg) => `${arg.name}: ${literalOf(arg.type)}`);
  const given = required.length === 0 ? '' : `(${required.join(', ')})`;
  return `${name}${given}${isCompositeType(getNamedType(type)) ? ' { __typename }' : ''}`;
}

const LITERALS: Readonly<Record<string, string>> = {
  ID: '"none"',
  String: '"none"',
  Int: '1',
  Float: '0.5',
  Boolean: 'true',
  DateTime: '"2026-01-01T00:00:00.000Z"',
  JSONObject: '{}',
};

function literalOf(given: GraphQLInputType): string {
  const type = getNullableType(given);
  if (isListType(type)) return `[${literalOf(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${fields.map((field) => `${field.name}: ${literalOf(field.type)}`).join(', ')} }`;
  }
  const literal = LITERALS[type.toString()];
  if (literal === undefined) throw new Error(`There is no literal of ${type.toString()}`);
  return literal;
}

function allows(role: Role, anyOf: AnyOf): boolean {
  const has = permissionsOf(role);
  return anyOf.length === 0 || anyOf.some((permission) => has.has(permission));
}

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** A token with any claims at all. */
function tokenOf(claims: object, sub = 'tester'): string {
  return jsonwebtoken.sign(claims, server.secret, {
    subject: sub,
    expiresIn: '1h',
  });
}

async function send(token: string, { method, path, body }: Omit<Route, 'operationId'>): Promise<[number, unknown]> {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      // One page of changes, instead of a stream.
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return [response.status, isJson && text !== '' ? JSON.parse(text) : text];
}

async function ask(token: string, query: string, variables: object = {}): Promise<GraphqlAnswer> {
  const [status, body] = await send(token, {
    method: 'POST',
    path: '/graphql',
    body: { query, variables },
  });
  expect([query, status]).toEqual([query, 200]);
  return body as GraphqlAnswer;
}

/** The codes of the errors at exactly this path. */
function codesAt({ errors = [] }: GraphqlAnswer, ...path: readonly (string | number)[]): string[] {
  return errors
    .filter((each) => JSON.stringify(each.path) === JSON.stringify(path))
    .map(({ extensions }) => extensions.code);
}

function askRoot(token: string, { type, field }: Walked): Promise<GraphqlAnswer> {
  return ask(token, `${type === ROOTS[0] ? 'query' : 'mutation'} { ${selectionOf(field)} }`);
}

describe('every REST route', () => {
  it('is in the table of permissions, and every route of the table is described', () => {
    expect(ROUTES.length).toBeGreaterThan(30);
    expect(ROUTES.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(ROUTE_PERMISSIONS).sort());
    for (const [operationId, anyOf] of Object.entries(ROUTE_PERMISSIONS)) {
      expect([operationId, anyOf.length]).not.toEqual([operationId, 0]);
    }
  });

  it.each(ROLES)('is refused to the role %s exactly where the table says so', async (role) => {
    const token = server.token({ org: `routes-${role}`, roles: [role] });
    for (const route of ROUTES) {
      const name = `${role} ${route.operationId}`;
      const [status, body] = await send(token, route);
      if (allows(role, ROUTE_PERMISSIONS[route.operationId]!)) {
        expect([name, [401, 403].includes(status) || status >= 500, status]).toEqual([name, false, status]);
      } else {
        expect([name, status, body]).toMatchObject([name, 403, { error: 'Forbidden', code: 'FORBIDDEN' }]);
      }
      if (route.method !== 'GET') continue;
      const [head] = await send(token, { ...route, method: 'HEAD' });
      // Where there is no HEAD, it is not found.
      const same = head === 404 || head === status;
      expect([name, 'HEAD', same, head]).toEqual([name, 'HEAD', true, head]);
    }
    const [metrics, text] = await send(token, {
      method: 'GET',
      path: '/metrics',
    });
    expect([role, metrics]).toEqual([role, role === 'operator' ? 200 : 403]);
    if (metrics === 403) expect(text).toMatchObject({ error: 'Forbidden' });
  });

  it('is refused without a token', async () => {
    for (const { operationId, method, path } of [
      ...ROUTES,
      { operationId: 'metrics', method: 'GET', path: '/metrics' },
    ]) {
      const { status } = await fetch(server.url + path, { method });
      expect([operationId, status]).toEqual([operationId, 401]);
    }
  });
});

describe('every field', () => {
  it.each(ROLES)('of Query and Mutation is refused to the role %s exactly where the table says so', async (role) => {
    const token = server.token({ org: `fields-${role}`, roles: [role] });
    expect(ROOT_FIELDS.length).toBeGreaterThan(30);
    for (const { type, field } of ROOT_FIELDS) {
      const name = `${type.name}.${field.name}`;
      const anyOf = NODE_PERMISSIONS[name] ?? FIELD_PERMISSIONS[name];
      const answer = await askRoot(token, { type, field });
      const refused = anyOf === undefined || !allows(role, anyOf);
      expect([name, codesAt(answer, field.name)].flat().includes('FORBIDDEN')).toBe(refused);
      const codes = (answer.errors ?? []).map(({ extensions }) => extensions.code);
      const wrong = codes.filter((code) => /INTERNAL|UNAUTHENTICATED|VALIDATION_FAILED/.test(code));
      expect([name, wrong]).toEqual([name, []]);
      // What is refused is refused as a whole, and nothing else is.
      expect([name, codes.includes('FORBIDDEN')]).toEqual([name, refused]);
      if (refused) expect([name, answer.data?.[field.name] ?? null]).toEqual([name, null]);
    }
  });

  it.each(ROLES)('of Subscription is refused to the role %s exactly where the table says so', async (role) => {
    for (const field of Object.values(SCHEMA.getSubscriptionType()!.getFields())) {
      const client = await connectAs(server, {
        org: `live-${role}`,
        roles: [role],
      });
      const query = `subscription { ${selectionOf(field)} }`;
      if (allows(role, FIELD_PERMISSIONS[`Subscription.${field.name}`]!)) {
        // Resolves once it is followed.
        await client.subscribe(field.name, query);
      } else {
        client.send({
          id: field.name,
          type: 'subscribe',
          payload: { query },
        });
        const { payload } = await client.next();
        const errors = (Array.isArray(payload) ? payload : (payload as GraphqlAnswer).errors) as GraphqlError[];
        expect([role, errors.map((error) => error.extensions.code)]).toEqual([role, ['FORBIDDEN']]);
        expect(server.live().followers).toBe(0);
      }
      client.socket.terminate();
      await until(() => server.live().connections === 0 && server.live().followers === 0);
    }
  });

  it('of every object type has its permissions, and the table names no others', () => {
    for (const { type, field } of OBJECT_FIELDS) {
      const needed = fieldPermissions(SCHEMA, type.name, field.name);
      for (const permission of needed) expect(PERMISSIONS).toContain(permission);
    }
    const roots = ['Query', 'Mutation', 'Subscription'];
    for (const name of NAMES_OF_FIELDS.filter((each) => roots.includes(each.split('.')[0]!))) {
      expect(Object.keys(FIELD_PERMISSIONS)).toContain(name);
    }
    expect(Object.keys(FIELD_PERMISSIONS).filter((name) => !NAMES_OF_FIELDS.includes(name))).toEqual([]);
    expect(Object.keys(TYPE_PERMISSIONS).filter((name) => SCHEMA.getType(name) === undefined)).toEqual([]);
  });

  it('that a submitter may follow leads to nothing but entries', () => {
    const reached = new Set<string>();
    const pending: GraphQLObjectType[] = [...ROOTS];
    for (let type = pending.pop(); type !== undefined; type = pending.pop()) {
      for (const field of Object.values(type.getFields())) {
        const needed = fieldPermissions(SCHEMA, type.name, field.name);
        if (needed.length > 0 && !needed.some((permission) => SUBMITTER.has(permission))) continue;
        const target = getNamedType(field.type);
        if (isAbstractType(target)) expect([type.name, target.name]).toEqual(['Query', 'Node']);
        if (!isObjectType(target) || reached.has(target.name)) continue;
        reached.add(target.name);
        pending.push(target);
      }
    }
    expect([...reached].sort()).toEqual([
      'Feedback',
      'FeedbackCandidate',
      'FeedbackConnection',
      'FeedbackEdge',
      'FeedbackReview',
      'FeedbackRules',
      'FeedbackVersion',
      'FeedbackVersionConnection',
      'FeedbackVersionEdge',
      'PageInfo',
      'ReviewClaim',
      'ScoreCondition',
      'ScoreDefinition',
      'SubmissionError',
      'SubmissionIssue',
      'SubmissionResult',
      'SubmitFeedbackBatchPayload',
      'ValidationFinding',
      'Viewer',
    ]);
  });

  it.each(ROLES.filter((role) => allows(role, FIELD_PERMISSIONS['Query.feedback']!)))(
    'of an entry is refused to the role %s exactly where it leads to what that may not read',
    async (role) => {
      const org = `entry-${role}`;
      const body = { ...APPROVED, adapter_id: 'lora' };
      const [, stored] = await send(server.token({ org, roles: ['submitter'] }), { method: 'POST', path: BASE, body });
      const { id } = stored as Entry;
      const token = server.token({ org, roles: [role] });
      const refused: string[] = [];
      for (const field of Object.values((SCHEMA.getType('Feedback') as GraphQLObjectType).getFields())) {
        const needed = fieldPermissions(SCHEMA, 'Feedback', field.name);
        const ways = [
          [`{ feedback(id: ${JSON.stringify(id)}) { ${selectionOf(field)} } }`, ['feedback', field.name]],
          [`{ node(id: ${JSON.stringify(id)}) { ... on Feedback { ${selectionOf(field)} } } }`, ['node', field.name]],
          [
            `{ feedbackList { edges { node { ${selectionOf(field)} } } } }`,
            ['feedbackList', 'edges', 0, 'node', field.name],
          ],
        ] as const;
        for (const [query, path] of ways) {
          const answer = await ask(token, query);
          const codes = allows(role, needed) ? [] : ['FORBIDDEN'];
          expect([query, codesAt(answer, ...path)]).toEqual([query, codes]);
          expect([query, answer.errors?.length ?? 0]).toEqual([query, codes.length]);
        }
        if (!allows(role, needed)) refused.push(field.name);
      }
      const expected: Partial<Record<Role, string[]>> = {
        submitter: ['adapters', 'audit', 'auditChain', 'similar', 'trainedAdapters'],
        reviewer: [],
        admin: [],
      };
      expect(refused.sort()).toEqual(expected[role] ?? ['audit', 'auditChain']);
    },
  );

  it('that leads on from what a submitter stores is refused before anything is stored', async () => {
    const org = 'stores';
    const token = server.token({ org, roles: ['submitter'] });
    const input = 'type: POSITIVE, question: "What is a shard?", answer: "A part of the data.", adapterId: "lora"';
    for (const field of ['adapters', 'trainedAdapters', 'audit']) {
      const selected = `${field} { __typename }`;
      const fragments = `fragment outer on Feedback { ...inner } fragment inner on Feedback { ${selected} }`;
      for (const selection of [
        selected,
        `... on Feedback { ${selected} }`,
        `... on Node { ... on Feedback { ${selected} } }`,
      ]) {
        const one = await ask(token, `mutation { submitFeedback(input: { ${input} }) { id ${selection} } }`);
        expect(codesAt(one, 'submitFeedback')).toEqual(['FORBIDDEN']);
        const many = await ask(
          token,
          `mutation { submitFeedbackBatch(input: [{ ${input} }]) { results { feedback { ${selection} } } } }`,
        );
        expect(codesAt(many, 'submitFeedbackBatch')).toEqual(['FORBIDDEN']);
      }
      for (const spread of ['...outer', '...outer @include(if: false) ...outer', '...outer @skip(if: $no)']) {
        const query = `mutation ($no: Boolean = false) { submitFeedback(input: { ${input} }) { id ${spread} } } ${fragments}`;
        const unused = spread.includes('$no') ? query : query.replace('($no: Boolean = false) ', '');
        expect(codesAt(await ask(token, unused), 'submitFeedback')).toEqual(['FORBIDDEN']);
      }
    }
    expect((await ask(server.token({ org }), '{ feedbackList { totalCount } }')).data).toEqual({
      feedbackList: { totalCount: 0 },
    });
    // What is left out is not asked for.
    const skipped = await ask(
      token,
      `mutation ($audit: Boolean!) {
        submitFeedback(input: { ${input} }) { version audit @include(if: $audit) { edges { cursor } } }
      }`,
      { audit: false },
    );
    expect(skipped).toEqual({ data: { submitFeedback: { version: 1 } } });
  });

  it('of a link that its token may not read is refused before the link is made', async () => {
    const org = 'link-payload';
    const claims = { org, sub: 'ann', roles: ['submitter'], scope: 'feedback:link adapters:create' };
    const stored = await server.call<Entry>('POST', BASE, { body: APPROVED, claims });
    const link = (selection: string) =>
      ask(server.token(claims), `mutation ($id: ID!) { linkFeedback(id: $id, adapterId: "lora") { ${selection} } }`, {
        id: stored.body.id,
      });
    for (const selection of ['edge { node { id } }', 'feedback { adapters { totalCount } }']) {
      expect(codesAt(await link(selection), 'linkFeedback')).toEqual(['FORBIDDEN']);
    }
    expect(await link('created feedback { version } edge { metadata }')).toEqual({
      data: { linkFeedback: { created: true, feedback: { version: 2 }, edge: { metadata: null } } },
    });
  });
});

describe('submitters', () => {
  const roles = ['submitter'] as const;
  const people = ['ann', 'bob'] as const;
  const claimsOf = (org: string, sub: string) => ({ org, sub, roles });
  const submit = (org: string, sub: string, body: object = {}) =>
    server.call<Entry & { details?: string }>('POST', BASE, {
      body: { ...APPROVED, question: `What does ${sub} want?`, ...body },
      claims: claimsOf(org, sub),
    });
  const entriesOf = async (org: string): Promise<Record<'ann' | 'bob', string>> => {
    const [ann, bob] = [await submit(org, 'ann'), await submit(org, 'bob')];
    expect([ann.status, bob.status]).toEqual([201, 201]);
    return { ann: ann.body.id, bob: bob.body.id };
  };
  const others = { ann: 'bob', bob: 'ann' } as const;

  it('read their own entries, and find none of others', async () => {
    const ids = await entriesOf('own');
    for (const sub of people) {
      const [own, other] = [ids[sub], ids[others[sub]]];
      const claims = claimsOf('own', sub);
      const token = server.token(claims);
      for (const path of ['', '/versions']) {
        expect((await server.call('GET', `${BASE}/${own}${path}`, { claims })).status).toBe(200);
        const refused = await server.call('GET', `${BASE}/${other}${path}`, {
          claims,
        });
        const missing = await server.call('GET', `${BASE}/${UNKNOWN_ENTRY}${path}`, { claims });
        expect([refused.status, refused.body]).toEqual([404, missing.body]);
      }
      for (const query of ['', '?order=desc', '?limit=1', `?user=${sub}`, '?type=positive&status=approved']) {
        const list = await server.call<{ feedback: Entry[] }>('GET', BASE + query, { claims });
        expect([query, list.body.feedback.map(({ id }) => id)]).toEqual([query, [own]]);
      }
      expect((await server.call('GET', `${BASE}?user=${others[sub]}`, { claims })).status).toBe(400);

      const answer = await ask(
        token,
        `query ($own: ID!, $other: ID!) {
          own: feedback(id: $own) { id userId submittedBy versions { totalCount } }
          old: feedback(id: $other, version: 1) { id }
          other: feedback(id: $other) { id }
          node(id: $own) { id }
          otherNode: node(id: $other) { id }
          nodes(ids: [$other, $own]) { id }
          feedbackList { totalCount edges { node { id } } }
        }`,
        { own, other },
      );
      expect(answer).toEqual({
        data: {
          own: {
            id: own,
            userId: sub,
            submittedBy: sub,
            versions: { totalCount: 1 },
          },
          old: null,
          other: null,
          node: { id: own },
          otherNode: null,
          nodes: [null, { id: own }],
          feedbackList: { totalCount: 1, edges: [{ node: { id: own } }] },
        },
      });
    }
    // A member sees both.
    const all = await server.call<{ feedback: Entry[] }>('GET', BASE, {
      claims: { org: 'own' },
    });
    expect(all.body.feedback.map(({ id }) => id)).toEqual([ids.ann, ids.bob]);
  });

  it('find no erased entry of another, either', async () => {
    const ids = await entriesOf('erased');
    await server.call('DELETE', `${BASE}/${ids.bob}`, {
      claims: { org: 'erased', roles: ['admin'] },
    });
    const answer = await server.call('GET', `${BASE}/${ids.bob}`, {
      claims: claimsOf('erased', 'ann'),
    });
    expect(answer.status).toBe(404);
    expect(
      (
        await server.call('GET', `${BASE}/${ids.bob}`, {
          claims: { org: 'erased' },
        })
      ).status,
    ).toBe(410);
  });

  it('change their own entries alone', async () => {
    const org = 'changes';
    const ids = await entriesOf(org);
    const claims = claimsOf(org, 'ann');
    const body = { comment: 'A comment.' };
    expect((await server.call('PATCH', `${BASE}/${ids.ann}`, { body, claims })).status).toBe(200);
    expect((await server.call('PATCH', `${BASE}/${ids.bob}`, { body, claims })).status).toBe(404);
    const revise = 'mutation ($id: ID!) { reviseFeedback(id: $id, input: { withdrawn: true }) { id } }';
    expect(codesAt(await ask(server.token(claims), revise, { id: ids.bob }), 'reviseFeedback')).toEqual(['NOT_FOUND']);

    const link = { adapter_id: 'lora' };
    for (const id of [ids.ann, ids.bob]) {
      expect(
        (
          await server.call('POST', `${BASE}/${id}/link`, {
            body: link,
            claims,
          })
        ).status,
      ).toBe(403);
    }
    // Who may link, and read own entries alone, finds no others to link.
    const linker = { ...claims, scope: 'feedback:link' };
    expect(
      (
        await server.call('POST', `${BASE}/${ids.bob}/link`, {
          body: link,
          claims: linker,
        })
      ).status,
    ).toBe(404);
    const untouched = await server.call('GET', `${BASE}/${ids.bob}`, {
      claims: { org },
    });
    expect(untouched.body).toMatchObject({
      version: 1,
      validation_status: 'approved',
    });
  });

  it('submit for themselves alone', async () => {
    const org = 'users';
    const named = await submit(org, 'ann', { user_id: 'bob' });
    expect([named.status, named.body.details]).toEqual([400, expect.stringContaining("'user_id'")]);
    const input = 'type: POSITIVE, question: "What is a shard?", answer: "A part.", userId: "bob"';
    const answer = await ask(
      server.token(claimsOf(org, 'ann')),
      `mutation { submitFeedback(input: { ${input} }) { id } }`,
    );
    expect(answer.errors?.[0]).toMatchObject({
      message: expect.stringContaining("'userId'") as string,
      extensions: { code: 'BAD_USER_INPUT' },
    });
    const list = await server.call<{ feedback: Entry[] }>('GET', BASE, {
      claims: { org },
    });
    expect(list.body.feedback).toEqual([]);

    for (const user of [{}, { user_id: 'ann' }]) {
      const stored = await submit(org, 'ann', {
        ...user,
        comment: JSON.stringify(user),
      });
      expect(stored.status).toBe(201);
      const entry = await server.call<Entry>('GET', `${BASE}/${stored.body.id}`, { claims: claimsOf(org, 'ann') });
      expect(entry.body.user_id).toBe('ann');
    }
  });

  it('are refused those entries of a batch alone that name somebody else', async () => {
    const org = 'batches';
    const claims = claimsOf(org, 'ann');
    const foreign = { ...APPROVED, user_id: 'bob' };
    const send = (headers: Record<string, string>, as: Claims = claims) =>
      server.call<{ results: { status: number; id?: string; details?: string }[]; stored: number }>(
        'POST',
        `${BASE}/batch`,
        { body: { feedback: [foreign, APPROVED, { ...APPROVED, question: '' }] }, claims: as, headers },
      );
    const key = { 'idempotency-key': 'a-batch-of-ann' };
    const first = await send(key);
    expect([first.status, first.body.stored]).toEqual([207, 1]);
    expect(first.body.results.map(({ status }) => status)).toEqual([400, 201, 400]);
    expect(first.body.results[0]!.details).toContain("'user_id'");
    expect((await send(key)).body).toEqual(first.body);
    // With a token that may speak for others the same batch means something else.
    expect((await send(key, { org, sub: 'ann' })).status).toBe(422);

    const input = (userId: string) =>
      `{ type: POSITIVE, question: "What is it?", answer: "A part.", userId: "${userId}" }`;
    const answer = await ask(
      server.token(claims),
      `mutation { submitFeedbackBatch(input: [${input('ann')}, ${input('bob')}]) {
        results { feedback { userId } error { code issues { field } } }
      } }`,
    );
    expect(answer.data).toEqual({
      submitFeedbackBatch: {
        results: [
          { feedback: { userId: 'ann' }, error: null },
          { feedback: null, error: { code: 'BAD_USER_INPUT', issues: [{ field: 'userId' }] } },
        ],
      },
    });
    const list = await server.call<{ feedback: Entry[] }>('GET', BASE, { claims: { org } });
    expect(list.body.feedback.map(({ user_id }) => user_id)).toEqual(['ann', 'ann']);
  });

  it('find no others to revise, whether or not they may read their own', async () => {
    const org = 'revising';
    const ids = await entriesOf(org);
    for (const scope of ['feedback:revise:own', 'feedback:revise:own feedback:read:own']) {
      const claims = { org, sub: 'ann', scope };
      const revise = (id: string) =>
        server.call('PATCH', `${BASE}/${id}`, { body: { comment: `With ${scope}.` }, claims });
      expect((await revise(ids.ann)).status).toBe(200);
      const [other, missing] = [await revise(ids.bob), await revise(UNKNOWN_ENTRY)];
      expect([other.status, other.body]).toEqual([404, missing.body]);
    }
    // Whoever sees it is told why not.
    const member = { org, sub: 'ann' };
    const body = { comment: 'A comment.' };
    expect((await server.call('PATCH', `${BASE}/${ids.bob}`, { body, claims: member })).status).toBe(403);
  });

  it('have external ids of their own', async () => {
    const org = 'external';
    const body = { external_id: 'ticket-1' };
    const [ann, bob] = [await submit(org, 'ann', body), await submit(org, 'bob', body)];
    expect([ann.status, bob.status]).toEqual([201, 201]);
    expect(ann.body.id).not.toBe(bob.body.id);
    expect((await submit(org, 'ann', body)).body.id).toBe(ann.body.id);
    expect((await submit(org, 'bob', body)).body.id).toBe(bob.body.id);
    const member = await server.call<Entry>('POST', BASE, {
      body: { ...APPROVED, ...body },
      claims: { org },
    });
    expect([ann.body.id, bob.body.id]).not.toContain(member.body.id);
  });

  it('are told nothing of what others have submitted in their name, nor kept from their own by it', async () => {
    const org = 'named';
    const inName = async (question: string): Promise<string> => {
      const body = { ...APPROVED, question, user_id: 'ann' };
      return (await server.call<Entry>('POST', BASE, { body, claims: { org } })).body.id;
    };
    const other = await inName('What does somebody say of ann?');
    await inName('What else does somebody say of ann?');
    const first = (await submit(org, 'ann')).body.id;
    await inName('What does somebody say of ann, again?');
    const second = (await submit(org, 'ann', { question: 'What else does ann want?' })).body.id;
    const claims = claimsOf(org, 'ann');
    expect((await server.call('GET', `${BASE}/${other}`, { claims })).status).toBe(404);
    // However many there are, they take no place in a page.
    for (let nth = 0; nth < 20; nth += 1) await inName(`What does somebody say of ann for time ${nth}?`);
    const page = await server.call<{ feedback: Entry[] }>('GET', `${BASE}?limit=1&order=desc`, { claims });
    expect(page.body.feedback.map(({ id }) => id)).toEqual([second]);
    for (const order of ['asc', 'desc']) {
      const seen: string[] = [];
      let cursor: string | undefined = '';
      while (cursor !== undefined) {
        const query: string = `?limit=1&order=${order}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
        const page: Answer<{ feedback: Entry[]; next_cursor?: string }> = await server.call('GET', BASE + query, {
          claims,
        });
        seen.push(...page.body.feedback.map(({ id }) => id));
        cursor = page.body.next_cursor;
      }
      expect([order, seen]).toEqual([order, order === 'asc' ? [first, second] : [second, first]]);
    }
    const answer = await ask(server.token(claims), '{ feedbackList { totalCount } }');
    expect(answer.data).toEqual({ feedbackList: { totalCount: 2 } });
  });
});

describe('single permissions', () => {
  it.each(PERMISSIONS)('%s opens the routes that name it, and no others', async (permission) => {
    const token = server.token({ org: `single-${permission.replaceAll(':', '-')}`, scope: permission });
    // A graph query reads along all edges.
    const closed = permission === 'graph:query' ? ['runGraphQuery'] : [];
    for (const route of ROUTES) {
      const { operationId } = route;
      const opens = ROUTE_PERMISSIONS[operationId]!.includes(permission) && !closed.includes(operationId);
      const [status] = await send(token, route);
      expect([operationId, status]).toEqual([operationId, opens ? status : 403]);
      if (opens) expect([operationId, status === 401 || status === 403 || status >= 500]).toEqual([operationId, false]);
    }
  });

  it.each<[string, string, Claims, string, object]>([
    ['linking an own entry', 'ann', { roles: ['submitter'], scope: 'feedback:link' }, 'link', { adapter_id: 'lora' }],
    ['linking without reading', 'bob', { scope: 'feedback:link' }, 'link', { adapter_id: 'lora' }],
    ["reviewing another's entry", 'bob', { roles: ['submitter'], scope: 'feedback:review' }, 'review', REVIEW],
    ['reviewing without reading', 'bob', { scope: 'feedback:review' }, 'review', REVIEW],
    [
      'linking with a member of no adapters',
      'ann',
      { roles: ['submitter'], scope: 'feedback:link' },
      'link',
      { adapter_id: 'new' },
    ],
  ])('that allow %s either do it, or leave all as it was', async (name, sub, claims, action, body) => {
    const org = `either-${name.replaceAll(/[^a-z]/g, '-')}`;
    const own = { org, sub: 'ann', roles: ['submitter'] };
    const stored = await server.call<Entry>('POST', BASE, { body: { ...APPROVED, adapter_id: 'lora' }, claims: own });
    const { id } = stored.body;
    const path = action === 'link' ? `${BASE}/${id}/link` : `${BASE}/review/${id}`;
    const { status } = await server.call('POST', path, { body, claims: { ...claims, org, sub } });
    const { version } = (await server.call<{ version: number }>('GET', `${BASE}/${id}`, { claims: { org } })).body;
    expect([status >= 500, status < 300, status]).toEqual([false, version > 1, status]);
  });
});

it('lets reviewers who read their own alone see what they decide on', async () => {
  const org = 'own-reviewers';
  const stored = await server.call<Entry>('POST', BASE, { body: APPROVED, claims: { org, sub: 'ann' } });
  const claims = { org, sub: 'bob', roles: ['submitter'], scope: 'feedback:review' };
  const { status, body } = await server.call('POST', `${BASE}/review/${stored.body.id}`, { body: REVIEW, claims });
  expect([status, body]).toMatchObject([200, { id: stored.body.id, validation_status: 'rejected' }]);
});

describe('what a training batch contains', () => {
  const org = 'contents';
  const includes = '{ trainingBatches { edges { node { number includes { edges { split } } } } } }';
  const edges = ['MATCH (:TrainingBatch)-[r]->() RETURN r.split', 'MATCH ()<-[r:INCLUDES]-() RETURN r.split'];
  const steps = 'MATCH (:Feedback)-[*1..2]-(n) RETURN DISTINCT labels(n)[0]';
  const counted = 'MATCH ()-[r]->() RETURN type(r), count(*)';
  const query = async (claims: Claims, text: string) =>
    (await server.call<{ rows: unknown[][] }>('POST', '/api/v1/llm/graph/query', { body: { query: text }, claims }))
      .body.rows;

  it('is told to trainers, and to nobody else', async () => {
    const stored = await server.call<Entry>('POST', BASE, { body: APPROVED, claims: { org } });
    const claimed = await server.call('POST', '/api/v1/llm/training/batches', {
      body: { limit: 10 },
      claims: { org, roles: ['trainer'] },
    });
    expect([stored.status, claimed.status]).toEqual([201, 201]);
    for (const role of ROLES.filter((each) => allows(each, ['graph:query']))) {
      const claims = { org, roles: [role] };
      const answer = await ask(server.token(claims), includes);
      if (allows(role, ['training:write'])) {
        expect([role, answer.data]).toEqual([
          role,
          { trainingBatches: { edges: [{ node: { number: 1, includes: { edges: [{ split: 'TRAIN' }] } } }] } },
        ]);
        for (const text of edges) expect([role, await query(claims, text)]).toEqual([role, [['train']]]);
        expect([role, await query(claims, steps)]).toEqual([role, [['TrainingBatch']]]);
        expect([role, await query(claims, counted)]).toEqual([role, [['INCLUDES', 1]]]);
      } else {
        expect([role, codesAt(answer, 'trainingBatches', 'edges', 0, 'node', 'includes')]).toEqual([
          role,
          ['FORBIDDEN'],
        ]);
        for (const text of [...edges, steps, counted]) expect([role, await query(claims, text)]).toEqual([role, []]);
      }
    }
  });
});

describe('what validation says of an entry', () => {
  let judging: TestServer;
  beforeAll(async () => {
    judging = await startTestServer({ validationPlugin: [{ name: 'duplicate_detection', config: {} }] });
  });
  afterAll(() => judging.stop());

  it('names no entry of others to a submitter, and every one to those who read all', async () => {
    const text = 'How do I shard a collection by its key in the newest version of the database';
    const body = { ...APPROVED, question: text, adapter_id: 'lora' };
    const first = await judging.call<Entry>('POST', BASE, { body, claims: { sub: 'bob' } });
    const ann = { sub: 'ann', roles: ['submitter'] };
    const second = await judging.call<Entry & { validation_reasons: string[] }>('POST', BASE, { body, claims: ann });
    const { id } = second.body;
    const reason = 'It is nearly the same as another entry';
    expect(second.body.validation_reasons).toEqual([reason]);
    const selected = `id document validationReasons findings { data } versions { edges { node { validationReasons } } }`;
    const asked = `query ($id: ID!) { feedback(id: $id) { ${selected} } feedbackList { edges { node { ${selected} } } } }`;
    for (const path of [`${BASE}/${id}`, `${BASE}/${id}/versions`, BASE]) {
      const { body: shown } = await judging.call('GET', path, { claims: ann });
      expect([path, JSON.stringify(shown)]).toEqual([path, expect.stringContaining(reason)]);
      expect([path, JSON.stringify(shown)]).not.toEqual([path, expect.stringContaining(first.body.id)]);
    }
    const own = await judging.graphql(asked, { id }, ann);
    expect(own.errors).toBeUndefined();
    expect(JSON.stringify(own)).not.toContain(first.body.id);
    expect(own.data?.['feedback']).toMatchObject({ findings: [{ data: { duplicateOf: 'another entry' } }] });
    const all = await judging.graphql(asked, { id }, { sub: 'carl' });
    expect(all.data?.['feedback']).toMatchObject({
      validationReasons: [`It is nearly the same as ${first.body.id}`],
      findings: [{ data: { duplicateOf: first.body.id } }],
    });
  });
});

describe('hostile tokens', () => {
  /** All that a token is refused, of routes and of fields. */
  async function refusedTo(claims: object): Promise<string[]> {
    const token = tokenOf({ org: 'hostile', ...claims });
    const refused: string[] = [];
    for (const route of ROUTES) {
      const [status] = await send(token, route);
      expect([route.operationId, status === 401 || status >= 500]).toEqual([route.operationId, false]);
      if (status === 403) refused.push(route.operationId);
    }
    for (const { type, field } of ROOT_FIELDS) {
      const answer = await askRoot(token, { type, field });
      const codes = (answer.errors ?? []).map(({ extensions }) => extensions.code);
      expect([field.name, codes.filter((code) => code.startsWith('INTERNAL'))]).toEqual([field.name, []]);
      if (codes.includes('FORBIDDEN')) refused.push(`${type.name}.${field.name}`);
    }
    return refused;
  }

  const names = (most: number) => Array.from({ length: most }, (_, index) => `x${index}`);
  let nothing: string[];
  let submitter: string[];
  beforeAll(async () => {
    [nothing, submitter] = [await refusedTo({}), await refusedTo({ roles: ['submitter'] })];
  });

  it('have roles that differ, so that the tests below tell something', () => {
    expect(nothing.length).toBeGreaterThan(10);
    expect(submitter.length).toBeGreaterThan(nothing.length);
    for (const each of nothing) expect(submitter).toContain(each);
  });

  it.each<[string, object]>([
    ['several names in one text', { roles: 'admin operator' }],
    ['an empty text', { roles: '' }],
    ['a number', { roles: 7 }],
    ['null', { roles: null }],
    ['an object', { roles: { 0: 'admin', length: 1 } }],
    ['nested lists', { roles: [['admin'], [['operator']]] }],
    ['things in a list', { roles: [null, 7, true, {}, { toString: 'admin' }, ['admin']] }],
    ['a thousand unknown names', { roles: names(1_000) }],
    [
      'names of every object',
      {
        roles: ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'length'],
      },
    ],
    [
      'nearly roles',
      {
        roles: ['Admin', 'admin ', ' admin', 'ADMIN', 'admin\u0000', 'admin,operator', 'org:*', '*'],
      },
    ],
    [
      'permissions that are none',
      {
        roles: ['org', 'org:', ':admin', 'feedback', 'feedback:read:', 'feedback:*'],
      },
    ],
    ['an unknown scope', { scope: ' \t openid\t\tprofile  email \n' }],
    ['an empty scope', { scope: ' \t\n ' }],
    ['a scope that is an object', { scope: { admin: true } }],
    [
      'another claim',
      {
        role: 'admin',
        permissions: ['org:admin'],
        scp: 'admin',
        groups: ['admin'],
      },
    ],
  ])('whose roles are %s give what a token without roles gives', async (_, claims) => {
    expect(await refusedTo(claims)).toEqual(nothing);
  });

  it.each<[string, object]>([
    ['beside unknown names', { roles: [...names(900), 'submitter'] }],
    ['beside things that are no names', { roles: ['submitter', ['admin'], { admin: true }, 7, null] }],
    ['beside nearly roles', { roles: ['submitter', 'Admin', 'admin ', '__proto__', 'constructor'] }],
    ['as a text', { roles: 'submitter' }],
    ['twice', { roles: ['submitter', 'submitter'] }],
    ['in a scope that is a list', { scope: ['openid', 'submitter'] }],
    ['in a scope with tabs and doubled spaces', { scope: '\t\tsubmitter  \t openid   profile\n' }],
    ['beside a scope of others', { roles: ['submitter'], scope: 'openid  \t profile admin:all xadmin' }],
    ['by its permissions', { scope: 'feedback:submit\tfeedback:read:own  feedback:revise:own' }],
    [
      'beside other claims',
      {
        roles: ['submitter'],
        role: 'admin',
        permissions: ['org:admin'],
        groups: ['admin'],
      },
    ],
  ])('that name the submitter %s give no more than that', async (_, claims) => {
    expect(await refusedTo(claims)).toEqual(submitter);
  });
});
