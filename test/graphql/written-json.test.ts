import fc from 'fast-check';
import {
  execute,
  type ExecutionResult,
  type GraphQLField,
  isLeafType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerBody } from '../../src/graphql/answer-body.js';
import { withAnswerBudget } from '../../src/graphql/budget/answer-budget.js';
import { createRequestContext, type RequestOptions } from '../../src/graphql/context.js';
import { formatError } from '../../src/graphql/errors.js';
import { createExecution } from '../../src/graphql/execution.js';
import { DEFAULT_OPERATION_LIMITS } from '../../src/graphql/operations/limits.js';
import { createRequestPreparation, type PreparedOperation } from '../../src/graphql/operations/prepared.js';
import { createScheduler } from '../../src/graphql/scheduling/scheduler.js';
import { createSchema } from '../../src/graphql/schema.js';
import { LastingObject, WrittenJson } from '../../src/graphql/written-json.js';
import { permissionsOf } from '../../src/permissions.js';
import type { Principal } from '../../src/principal.js';
import { ACTOR, openGraph, type TestGraph } from '../support/graph.js';

const schema = createSchema();
const prepareRequest = createRequestPreparation(schema, {
  limits: { ...DEFAULT_OPERATION_LIMITS, aliases: 1_000, cost: Number.MAX_SAFE_INTEGER },
  introspection: true,
});
const run = withAnswerBudget(createExecution(schema));
const scheduler = createScheduler(0);

const OF_ALL = { org: ACTOR.org, expiresAt: Infinity };
const PRINCIPALS: readonly Principal[] = [
  { ...OF_ALL, sub: ACTOR.sub, permissions: permissionsOf('admin') },
  { ...OF_ALL, sub: 'bob', permissions: permissionsOf('member') },
  { ...OF_ALL, sub: 'bob', permissions: permissionsOf('member'), scope: { interactionId: 'i' } },
  { ...OF_ALL, sub: ACTOR.sub, permissions: permissionsOf('submitter') },
  { ...OF_ALL, sub: ACTOR.sub, permissions: permissionsOf('submitter'), scope: { interactionId: 'i' } },
  { ...OF_ALL, sub: 'bob', permissions: permissionsOf('submitter') },
  { ...OF_ALL, sub: 'nobody', permissions: new Set() },
];

const TEXTS = ['plain', 'a "quoted"\n\u0001 \u2028 text \\', '\ud83d\ude00 漢字', 'é'.repeat(3_000)] as const;

let graph: TestGraph;
let ids: readonly string[];

beforeAll(async () => {
  graph = await openGraph();
  await graph.register({ id: 'lora' });
  ids = await graph.submit(
    ...TEXTS.map((text, at) => ({
      question: text,
      answer: `${text} ${at}`,
      adapterId: 'lora',
      ...(at % 2 === 0 && { correction: text, comment: text, userId: 'u', tags: ['t'] }),
      ...(at > 1 && { interactionId: 'i', metadata: { nested: { text, toJSON: 'no function' } } }),
    })),
  );
});

afterAll(async () => {
  await graph.store.close();
});

function prepare(text: string): PreparedOperation {
  const prepared = prepareRequest(text, undefined, {});
  if (!('operation' in prepared)) throw new Error(`Not valid: ${text}`);
  return prepared.operation;
}

function answer(operation: PreparedOperation, principal: Principal, options: RequestOptions): Promise<ExecutionResult> {
  const context = createRequestContext(graph.services, principal, 'test', options);
  return run(operation, {}, context);
}

/** What a client gets: the body as it is, or the errors and the data beside them. */
function sent(result: ExecutionResult): string {
  if (result.errors === undefined) return answerBody(result).toString();
  const errors = result.errors.map((error) => formatError(error.toJSON(), error));
  return JSON.stringify({ errors, data: result.data });
}

/** Fields that are one text, number or the like, and others, which are not written beside them. */
const LEAVES = fieldsOfFeedback();
const OTHERS = [
  'messages',
  'validationReasons',
  'metadata',
  'tags',
  'adapters(first: 1) { totalCount edges { node { id } } }',
];

function fieldsOfFeedback(): readonly string[] {
  const type = schema.getType('Feedback');
  if (!isObjectType(type)) throw new Error('The schema has no Feedback');
  const fields = Object.values(type.getFields());
  return fields.filter((field) => field.args.length === 0 && isLeaf(field)).map(({ name }) => name);
}

function isLeaf({ type }: GraphQLField<unknown, unknown>): boolean {
  const valueType: unknown = isNonNullType(type) ? type.ofType : type;
  return isLeafType(valueType);
}

/** A selection of an entry, some fields under other names or twice. */
const SELECTIONS = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom('__typename', ...LEAVES) },
        { weight: 1, arbitrary: fc.constantFrom(...OTHERS) },
      ),
      fc.constantFrom('', '', '', 'a: ', 'b: ', '__proto: '),
    ),
    { minLength: 1, maxLength: 9 },
  )
  .map((fields) => {
    const names = new Set<string>();
    const chosen = fields.filter(([field, alias]) => {
      const name = alias === '' ? field : alias;
      const isNew = !names.has(name);
      names.add(name);
      return isNew;
    });
    return chosen.map(([field, alias]) => alias + field).join(' ');
  });

/** Where entries are shown. */
const PLACES: readonly ((selection: string, id: string) => string)[] = [
  (selection, id) => `{ feedback(id: "${id}") { ${selection} } }`,
  (selection, id) => `{ node(id: "${id}") { __typename ... on Feedback { ${selection} } } }`,
  (selection) => `{ feedbackList(first: 3) { totalCount edges { node { ${selection} } } } }`,
  (selection) => `{ feedbackList { pageInfo { endCursor } edges { __typename cursor node { ${selection} } } } }`,
  (selection) =>
    `{ adapter(id: "lora") { id feedback { edges { node { ${selection} } metadata } } again: feedback { edges { node { ${selection} } } } } }`,
];

const QUERIES = fc
  .tuple(SELECTIONS, fc.constantFrom(...PLACES), fc.nat({ max: TEXTS.length - 1 }))
  .map(([selection, place, at]) => place(selection, ids[at] ?? ''));

/** It is marked, then written, then sent as it is kept. */
const USES = 4;

describe('what is selected of entries again and again', () => {
  it('is sent as graphql-js answers it, whoever asks', async () => {
    await fc.assert(
      fc.asyncProperty(QUERIES, fc.shuffledSubarray([...PRINCIPALS], { minLength: 2 }), async (text, principals) => {
        const operation = prepare(text);
        for (let use = 0; use < USES; use++) {
          for (const principal of principals) {
            const contextValue = createRequestContext(graph.services, principal, 'test');
            const expected = await execute({ schema, document: parse(text), contextValue });
            const got = await answer(operation, principal, { sendsJson: true, task: scheduler.start() });
            if (expected.errors === undefined) {
              expect(sent(got)).toBe(`${JSON.stringify({ data: expected.data })}\n`);
            } else {
              expect(sent(got)).toBe(sent(expected));
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('counts against the budget of each request as if it were written anew', async () => {
    await fc.assert(
      fc.asyncProperty(QUERIES, fc.nat({ max: 60 }), async (text, answerFields) => {
        const [admin] = PRINCIPALS;
        if (admin === undefined) throw new Error('Nobody asks');
        const operation = prepare(text);
        const expected = sent(await answer(operation, admin, { answerFields }));
        for (let use = 0; use < USES; use++) {
          expect(sent(await answer(operation, admin, { answerFields, sendsJson: true }))).toBe(expected);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is kept from the second time on, and data for whoever reads it so', async () => {
    const [admin] = PRINCIPALS;
    if (admin === undefined) throw new Error('Nobody asks');
    const operation = prepare(`{ feedback(id: "${ids[1] ?? ''}") { __typename id question answer } }`);
    const parts: unknown[] = [];
    for (let use = 0; use < 3; use++) {
      const { data } = await answer(operation, admin, { sendsJson: true });
      parts.push(data?.['feedback']);
    }
    const [first, second, third] = parts;
    expect(first).not.toBeInstanceOf(WrittenJson);
    expect(second).toBeInstanceOf(WrittenJson);
    expect(third).toBe(second);
    expect(JSON.stringify(third)).toBe(JSON.stringify(first));
    expect((await answer(operation, admin, {})).data?.['feedback']).toEqual(first);
  });

  it('shows the newest version', async () => {
    const [admin] = PRINCIPALS;
    if (admin === undefined) throw new Error('Nobody asks');
    const [id] = await graph.submit({ question: 'How often?', interactionId: 'another' });
    const operation = prepare(`{ feedback(id: "${id ?? ''}") { version comment } }`);
    for (let version = 1; version < 4; version++) {
      for (let use = 0; use < 3; use++) {
        const comment = version === 1 ? null : `version ${version}`;
        const body = JSON.stringify({ data: { feedback: { version, comment } } });
        expect(sent(await answer(operation, admin, { sendsJson: true }))).toBe(`${body}\n`);
      }
      await graph.query(
        'mutation ($id: ID!, $comment: String) { reviseFeedback(id: $id, input: { comment: $comment }) { id } }',
        {
          id,
          comment: `version ${version + 1}`,
        },
      );
    }
  });

  it('of all objects is kept up to a bound, the oldest given up first, and is written again when it is asked for again', () => {
    class Lasting extends LastingObject {}
    const selection = 1_000_000;
    const text = JSON.stringify({ text: 'x'.repeat(100_000) });
    const write = (object: LastingObject): void => {
      object.isAskedAgain(selection);
      if (object.isAskedAgain(selection)) object.keep(selection, new WrittenJson(text, 1, 100_000));
    };
    const objects = Array.from({ length: 400 }, () => new Lasting());
    objects.forEach(write);
    const kept = objects.map((object) => object.written(selection) !== undefined);
    const first = kept.indexOf(true);
    expect(kept.slice(first)).not.toContain(false);
    const characters = (objects.length - first) * text.length;
    expect(characters).toBeLessThanOrEqual(16 * 1024 ** 2);
    expect(characters).toBeGreaterThan(15 * 1024 ** 2);
    const [oldest = new Lasting()] = objects;
    write(oldest);
    expect(oldest.written(selection)?.text).toBe(text);
  });
});
