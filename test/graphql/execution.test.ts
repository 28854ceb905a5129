import fc from 'fast-check';
import { execute, getOperationAST, OperationTypeNode, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/errors.js';
import { withAnswerBudget } from '../../src/graphql/budget/answer-budget.js';
import { createRequestContext } from '../../src/graphql/context.js';
import { createExecution, createExecutor, type DirectOperation } from '../../src/graphql/execution.js';
import { compileOperation, uncompilable } from '../../src/graphql/operations/compiled.js';
import { createScheduler } from '../../src/graphql/scheduling/scheduler.js';
import { createSchema } from '../../src/graphql/schema.js';
import { permissionsOf } from '../../src/permissions.js';
import type { Principal } from '../../src/principal.js';
import { listEntries, listEntriesOfAdapter, readEntry } from '../../src/rest/entry-reads.js';
import type {
  GetFeedbackQuery,
  ListFeedbackByAdapterQuery,
  ListFeedbackQuery,
} from '../../src/rest/operations.generated.js';
import { generatedVariables } from '../support/generated-documents.js';
import { ACTOR, openGraph } from '../support/graph.js';
import { ownOperations } from '../support/operations.js';
import { openSample } from '../support/sample-graph.js';
import { sampleValues } from '../support/sample-values.js';
import { turnsDuring } from '../support/turns.js';

const schema = createSchema();
const ADMIN: Principal = { sub: ACTOR.sub, org: ACTOR.org, permissions: permissionsOf('admin'), expiresAt: Infinity };
const MEMBER: Principal = { ...ADMIN, sub: 'somebody', permissions: permissionsOf('member') };
/** Reads their own entries alone, which are all of the sample. */
const OWNER: Principal = { ...ADMIN, permissions: permissionsOf('submitter') };
const NOBODY: Principal = { ...ADMIN, permissions: new Set() };

function operationOf(text: string) {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('The document has no single operation');
  return { document, operation };
}

const OWN = ownOperations().map(({ name, text }) => [name, operationOf(text)] as const);

describe('our own operations', () => {
  it('are all run compiled', () => {
    expect(OWN.length).toBeGreaterThan(20);
    for (const [name, { document, operation }] of OWN) {
      expect([name, uncompilable(schema, document, operation)]).toEqual([name, undefined]);
      expect([name, compileOperation(schema, document, operation) !== undefined]).toEqual([name, true]);
    }
  });

  it.each(OWN)('answer as in graphql-js, whatever their variables: %s', async (_, { document, operation }) => {
    const { services, ids } = await openSample();
    const compiled = compileOperation(schema, document, operation);
    if (compiled === undefined) throw new Error('It cannot be compiled');
    const context = () => createRequestContext(services, ADMIN, 'test');
    let answered = 0;
    const compare = async (variables: Record<string, unknown>, inTurns: boolean): Promise<void> => {
      const options = inTurns ? { task: createScheduler(0).start() } : {};
      const asked = createRequestContext(services, ADMIN, 'test', options);
      const result = await compiled.query(undefined, asked, variables);
      const expected = await execute({ schema, document, variableValues: variables, contextValue: context() });
      if (expected.errors === undefined) answered += 1;
      expect(JSON.parse(JSON.stringify(result.data ?? null))).toEqual(
        JSON.parse(JSON.stringify(expected.data ?? null)),
      );
      // REST tells the first error alone.
      const [error, wanted] = [result.errors?.[0], expected.errors?.[0]].map((each) =>
        each === undefined
          ? undefined
          : { message: each.message, path: each.path, isKnown: each.originalError instanceof ApiError },
      );
      expect(error).toEqual(wanted);
    };
    const variables = generatedVariables(schema, operation, sampleValues(ids));
    await fc.assert(fc.asyncProperty(variables, fc.boolean(), compare), { numRuns: 40 });
    if (operation.operation === OperationTypeNode.QUERY) {
      // Many are refused: as many more as it takes to have one that is not.
      for (const more of fc.sample(variables, 1_000)) {
        if (answered > 0) break;
        await compare(more, false);
      }
      expect(answered).toBeGreaterThan(0);
    }
    await services.store.close();
  });
});

describe('what graphql-jit answers otherwise than graphql-js is not compiled:', () => {
  it.each([
    ['a field of an interface', '{ node(id: "a") { id } }'],
    ['a variable with a default', 'query ($first: Int! = 1) { feedbackList(first: $first) { totalCount } }'],
    ['an odd name of a variable', 'query ($constructor: ID!) { adapter(id: $constructor) { id } }'],
    ['a directive', '{ feedbackStats { totalFeedback @skip(if: true) } }'],
    [
      'a directive on a spread',
      '{ feedbackStats { ...F @include(if: true) } } fragment F on FeedbackStats { totalFeedback }',
    ],
    ['a repeated spread', '{ feedbackStats { ...F ...F } } fragment F on FeedbackStats { totalFeedback }'],
    ['a repeated field', '{ feedbackStats { totalFeedback } feedbackStats { positiveCount } }'],
    ['a variable in an object', 'query ($id: ID) { feedbackList(filter: { adapterId: $id }) { totalCount } }'],
    ['a variable in a list', 'query ($id: ID!) { nodes(ids: [$id]) { __typename } }'],
    ['a variable in JSON', 'query ($x: Int) { graphQuery(query: "RETURN 1 AS n", parameters: { a: [$x] }) { rows } }'],
    [
      'an omitted variable of an argument with a default',
      'query ($order: Order = ASC) { feedbackList(order: $order) { totalCount } }',
    ],
    ['a fragment on an interface', '{ adapter(id: "a") { ...F } } fragment F on Node { id }'],
    ['the schema', '{ __schema { queryType { name } } }'],
    [
      'a bomb of fragments',
      `{ adapter(id: "a") { ...F0 } } ${[0, 1, 2, 3, 4, 5].map((at) => `fragment F${at} on Adapter { ${['ancestors', 'descendants', 'derivedFrom', 'derivatives'].map((field) => `${field}(first: 1) { edges { node { ...F${at + 1} } } }`).join(' ')} }`).join(' ')} fragment F6 on Adapter { id }`,
    ],
  ])('%s', (_, text) => {
    const { document, operation } = operationOf(text);
    expect(uncompilable(schema, document, operation)).toEqual(expect.any(String));
    expect(compileOperation(schema, document, operation)).toBeUndefined();
  });
});

it('an operation of a client is never compiled, however often it comes', async () => {
  const { services } = await openSample();
  const prepared = operationOf('{ node(id: "lora") { __typename id } }');
  const run = createExecution(schema);
  for (let times = 0; times < 5; times++) {
    const { data, errors } = await run(prepared, {}, createRequestContext(services, ADMIN, 'test'));
    expect({ data, errors }).toEqual({ data: { node: { __typename: 'Adapter', id: 'lora' } }, errors: undefined });
  }
  await services.store.close();
});

describe('the operations that REST runs directly', () => {
  /** What an operation answers, without the forms that its document and its function give to that. */
  const shownPage = (texts: readonly string[], next: string | null | undefined, total?: number) => ({
    entries: texts.map((text) => JSON.parse(text) as unknown),
    next: next ?? null,
    total,
  });
  const ofConnection = ({ feedbackList, linked }: ListFeedbackQuery & Partial<ListFeedbackByAdapterQuery>) => {
    const { edges, pageInfo } = feedbackList;
    const next = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    return shownPage(
      edges.map(({ node }) => JSON.stringify(node.document)),
      next,
      linked?.totalCount,
    );
  };

  /** Runs both on random variables, three times each, so that what is remembered is compared as well. */
  async function compareWithDocument<Data, Variables extends Readonly<Record<string, unknown>>, Arguments>(
    direct: DirectOperation<Data, Variables, Arguments>,
    shownDirectly: (data: Data) => unknown,
    shownByDocument: (data: never) => unknown,
  ): Promise<void> {
    const { services, ids } = await openSample();
    const { document } = direct;
    const operation = getOperationAST(document)!;
    const run = createExecutor(schema, withAnswerBudget(createExecution(schema)));
    const outcomeOf = async (principal: Principal, variables: Variables): Promise<unknown> => {
      try {
        return shownDirectly(await run(direct, variables, createRequestContext(services, principal, 'test')));
      } catch (error) {
        return (error as Error).message;
      }
    };
    let answered = 0;
    const property = async (variables: Record<string, unknown>, principal: Principal): Promise<void> => {
      const contextValue = createRequestContext(services, principal, 'test');
      const { data, errors } = await execute({ schema, document, variableValues: variables, contextValue });
      if (errors === undefined) answered += 1;
      const expected = errors === undefined ? shownByDocument(data as never) : errors[0]!.message;
      for (let use = 1; use <= 3; use++) expect(await outcomeOf(principal, variables as Variables)).toEqual(expected);
    };
    const variables = generatedVariables(schema, operation, sampleValues(ids));
    await fc.assert(fc.asyncProperty(variables, fc.constantFrom(ADMIN, MEMBER, OWNER, NOBODY), property), {
      numRuns: 150,
    });
    expect(answered).toBeGreaterThan(0);
    await services.store.close();
  }

  it('show a submitter nothing of the entries of others', async () => {
    const { services, ids } = await openSample();
    const run = createExecutor(schema, createExecution(schema));
    const textOf = async (principal: Principal): Promise<string | undefined> =>
      (await run(readEntry, { id: ids[2]! }, createRequestContext(services, principal, 'test')))?.body.toString();
    expect(await textOf(ADMIN)).toContain(`It repeats ${ids[0]}`);
    expect(await textOf(OWNER)).toContain('It repeats another entry');
    await services.store.close();
  });

  it('refuse a token that may not read all that a mutation answers, before anything is done', async () => {
    const graph = await openGraph();
    const run = createExecutor(schema, createExecution(schema));
    const done: string[] = [];
    const document = parse(
      'mutation ($input: SubmitFeedbackInput!) { submitFeedback(input: $input) { id auditChain { isIntact } } }',
    );
    const submit: DirectOperation<object, { readonly input: object }, { readonly input: object }> = {
      document,
      answer: (context) => {
        done.push(context.actor.sub);
        return Promise.resolve({});
      },
    };
    const input = { type: 'POSITIVE', question: 'Q?', answer: 'A.' };
    const as = (principal: Principal) =>
      run(submit, { input }, createRequestContext(graph.services, principal, 'test'));
    for (let use = 1; use <= 2; use++) {
      await expect(as({ ...MEMBER, permissions: new Set(['feedback:submit']) })).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
      expect(done).toEqual([]);
    }
    await as(ADMIN);
    expect(done).toEqual([ADMIN.sub]);
    await graph.store.close();
  });

  it('are measured as they are written: within the limit to the byte', async () => {
    const graph = await openGraph();
    const answer = 'if (a == "b") {\n\treturn "\\"; // ü\n}\n'.repeat(20);
    const submissions = Array.from({ length: 20 }, (_, index) => ({ question: `Question ${index}?`, answer }));
    await graph.submit(...submissions);
    const run = createExecutor(schema, withAnswerBudget(createExecution(schema)));
    const variables = { first: 100, after: null, filter: {}, order: 'ASC' } as const;
    const ask = (answerBytes: number) => {
      const services = { ...graph.services, budget: { answerBytes, readKeys: Infinity } };
      return run(listEntries, variables, createRequestContext(services, ADMIN, 'test'));
    };
    const page = await ask(Infinity);
    const entries = (JSON.parse(page.body({}).toString()) as { readonly feedback: readonly unknown[] }).feedback;
    expect(entries).toHaveLength(20);
    const bytes = entries.reduce<number>((sum, entry) => sum + Buffer.byteLength(JSON.stringify(entry)), 0);
    expect((await ask(bytes)).pieces).toEqual(page.pieces);
    await expect(ask(bytes - 1)).rejects.toThrow(`at most ${bytes - 1} bytes`);
    await graph.store.close();
  });

  it('read an entry as their document does', () =>
    compareWithDocument(
      readEntry,
      (entry) => entry && { version: entry.version, document: JSON.parse(entry.body.toString()) as unknown },
      ({ feedback }: GetFeedbackQuery) => feedback && { ...feedback, document: { ...feedback.document } },
    ));

  it('list entries as their document does', () =>
    compareWithDocument(listEntries, ({ pieces, next }) => shownPage(pieces.map(String), next), ofConnection));

  it('list the entries of an adapter as their document does', () =>
    compareWithDocument(
      listEntriesOfAdapter,
      ({ pieces, next, total }) => shownPage(pieces.map(String), next, total),
      ofConnection,
    ));
});

describe('the executor of REST', () => {
  /** How often the event loop turns while a page of so many entries is read. */
  async function turnsOf(first: number, graph: Awaited<ReturnType<typeof openGraph>>) {
    const run = createExecutor(schema, withAnswerBudget(createExecution(schema)), createScheduler(0));
    const variables = { first, after: null, filter: {}, order: 'ASC' } as const;
    let pieces: readonly Buffer[] = [];
    const turns = await turnsDuring(async () => {
      const context = createRequestContext(graph.services, ADMIN, 'test');
      ({ pieces } = await run(listEntries, variables, context));
    });
    return { turns, ids: pieces.map((piece) => (JSON.parse(piece.toString()) as { readonly id: string }).id) };
  }

  it('lets others have their turn while it makes a long list, and makes a short one at once', async () => {
    const graph = await openGraph();
    const ids = await graph.submit(...Array.from({ length: 400 }, (_, index) => ({ question: `Question ${index}?` })));
    const [long, short] = [await turnsOf(400, graph), await turnsOf(100, graph)];
    expect(long.ids).toEqual(ids);
    expect(short.ids).toEqual(ids.slice(0, 100));
    expect(long.turns).toBeGreaterThan(20);
    expect(short.turns).toBeLessThan(10);
  });
});
