import fc from 'fast-check';
import { execute, getOperationAST, type OperationDefinitionNode } from 'graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type ErrorCode, InvalidInputError, type Issue } from '../../src/errors.js';
import { withAnswerBudget } from '../../src/graphql/budget/answer-budget.js';
import { createRequestContext, type Services } from '../../src/graphql/context.js';
import { createExecution, createExecutor, type DirectOperation } from '../../src/graphql/execution.js';
import { createSchema } from '../../src/graphql/schema.js';
import { errorBody } from '../../src/http/error-body.js';
import { replaceFeedbackIds } from '../../src/model/ids.js';
import { permissionsOf } from '../../src/permissions.js';
import type { Principal } from '../../src/principal.js';
import type {
  SubmitFeedbackBatchMutation,
  SubmitFeedbackMutation,
  SubmittedEntryFragment,
} from '../../src/rest/operations.generated.js';
import { submitMany, submitOne } from '../../src/rest/submissions.js';
import { generatedVariables } from '../support/generated-documents.js';
import { ACTOR, openGraph, PRAISE } from '../support/graph.js';
import { sampleValues } from '../support/sample-values.js';

const NOW = Date.UTC(2026, 0, 2);
const schema = createSchema();

const ADMIN: Principal = { sub: ACTOR.sub, org: ACTOR.org, permissions: permissionsOf('admin'), expiresAt: Infinity };
const MEMBER: Principal = { ...ADMIN, sub: 'bob', permissions: permissionsOf('member') };
const SUBMITTER: Principal = { ...ADMIN, sub: 'cy', permissions: permissionsOf('submitter') };
const SCOPED: Principal = { ...SUBMITTER, scope: { interactionId: 'i', adapterId: 'lora' } };
const READER: Principal = { ...ADMIN, permissions: new Set(['feedback:read']) };
const NOBODY: Principal = { ...ADMIN, permissions: new Set() };

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(() => void vi.useRealTimers());

/** Names the entries that a text tells of by the order in which they are first told of: two stores have other ids. */
function createNaming(): (shown: unknown) => unknown {
  const names = new Map<string, string>();
  return (shown) => {
    let text = JSON.stringify(shown);
    for (const [id] of text.matchAll(/feedback-[0-9a-f-]{36}/g)) {
      if (!names.has(id)) names.set(id, `entry ${names.size}`);
      text = text.replaceAll(id, names.get(id)!);
    }
    return JSON.parse(text) as unknown;
  };
}

/** A store whose validation finds repeated answers, and names another entry where it flags one. */
async function openJudging() {
  const graph = await openGraph();
  const [earlier] = await graph.submit({ question: 'Which one?', answer: 'The first.', externalId: 'e0' });
  const services: Services = {
    ...graph.services,
    validate: ({ answer }) =>
      Promise.resolve(
        answer.startsWith('Spam')
          ? { status: 'flagged', reasons: [`It is much like ${earlier}`] }
          : {
              status: 'approved',
              reasons: [],
              fingerprint: { value: `answer-${answer.length}-0000000`, window: 1_000 },
            },
      ),
  };
  return { store: graph.store, services, name: createNaming() };
}

const optional = <Value>(...values: readonly Value[]) => fc.option(fc.constantFrom(...values), { nil: undefined });

/** One of some right values, now and then a wrong one. */
const mostly = (right: readonly unknown[], ...wrong: readonly unknown[]) =>
  fc.oneof({ weight: 40, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });

/** Ids of one moment in the past are in no order, and so are the entries of two stores: each has a moment of its own. */
const earlier = fc.noBias(fc.nat(1_000_000_000)).map((ago) => new Date(NOW - 1_000_000 - ago).toISOString());

/** Submissions of which many say the same, of the same or of another answer, and some are wrong. */
const judgements = fc.record({
  type: mostly(['POSITIVE', 'NEGATIVE'], null, 'positive'),
  question: mostly(['What is it?', 'What is that?'], ' ', null, undefined),
  answer: mostly(['It is this.', 'It is not.', 'Spam.', 'é😀'], '', null, undefined),
  correction: mostly([undefined, 'It is that.', ' '], 1),
  userId: mostly([undefined, 'ann', 'cy'], 'u'.repeat(300)),
  interactionId: mostly([undefined, 'i', 'j', null], 'x\u0000'),
  modelVersion: optional('m'),
  adapterId: mostly([undefined, 'lora', 'base'], 'x'.repeat(300)),
  adapterVersion: optional('v1'),
  externalId: mostly([undefined, undefined, 'e0', 'e1', 'e2'], 'x'.repeat(300)),
  tags: mostly([undefined, ['a'], []], ['a', 'a'], ['']),
  metadata: mostly([undefined, { a: 1 }], { b: 'x'.repeat(5_000) }),
  candidates: mostly([undefined], [{ answer: 'One', adapterId: 'lora' }, { answer: 'Two' }], []),
  createdAt: fc.oneof(mostly([undefined], '2027-01-01T00:00:00.000Z', 'never'), earlier),
});

/** Preferences, which have no type and no answer of their own. */
const preferences = fc.record({
  question: fc.constant('Which one?'),
  candidates: mostly(
    [
      [
        { answer: 'One', adapterId: 'lora' },
        { answer: 'Two', modelVersion: 'm' },
      ],
    ],
    [],
    null,
  ),
  preferred: mostly([0, 1], 2, undefined),
  interactionId: optional('i'),
});

const submissions = fc.oneof({ weight: 6, arbitrary: judgements }, { weight: 1, arbitrary: preferences });

function shownEntry(entry: SubmittedEntryFragment): object {
  return {
    id: entry.id,
    type: entry.type.toLowerCase(),
    question: entry.question,
    answer: entry.answer,
    validation_status: entry.validationStatus.toLowerCase(),
    validation_reasons: entry.validationReasons,
    version: entry.version,
    created_at: entry.createdAt.getTime(),
  };
}

type BatchOutcome = SubmitFeedbackBatchMutation['submitFeedbackBatch']['results'][number];

function shownOutcome({ feedback, error, created, updated }: BatchOutcome): object {
  if (feedback !== null) {
    return { status: created ? 201 : 200, ...shownEntry(feedback), ...(!created && { updated }) };
  }
  const [first, ...more] = error!.issues as readonly Issue[];
  const refusal =
    first === undefined
      ? new ApiError(error!.code as ErrorCode, error!.message)
      : new InvalidInputError([first, ...more]);
  return { status: refusal.status, ...errorBody(refusal) };
}

/** A result without its sentences: of a field that is missing the schema does not tell that. */
function withoutSentences(result: object): object {
  return Object.fromEntries(Object.entries(result).filter(([name]) => name !== 'message' && name !== 'details'));
}

interface Compared<Data> {
  readonly operation: OperationDefinitionNode;
  readonly bodies: fc.Arbitrary<Record<string, unknown>>;
  readonly shownDirectly: (data: Data) => unknown;
  readonly shownByDocument: (data: never) => unknown;
}

/** Does the same to two stores, by the document in graphql-js and directly, some of it several times. */
async function compare<Data, Variables extends Readonly<Record<string, unknown>>, Arguments>(
  direct: DirectOperation<Data, Variables, Arguments>,
  { bodies, shownDirectly, shownByDocument, operation }: Compared<Data>,
): Promise<void> {
  const { document } = direct;
  const [one, other] = [await openJudging(), await openJudging()];
  const run = createExecutor(schema, withAnswerBudget(createExecution(schema)));
  let answered = 0;
  const property = async (
    variables: Record<string, unknown>,
    principal: Principal,
    idempotencyKey: string | undefined,
    times: number,
  ): Promise<void> => {
    const options = idempotencyKey === undefined ? {} : { idempotencyKey };
    for (let use = 1; use <= times; use++) {
      const contextValue = createRequestContext(one.services, principal, 'test', options);
      const { data, errors } = await execute({ schema, document, variableValues: variables, contextValue });
      const expected = one.name(errors === undefined ? shownByDocument(data as never) : refusalOf(errors[0]!));
      if (errors === undefined) answered += 1;
      const context = createRequestContext(other.services, principal, 'test', options);
      const outcome = await run(direct, variables as Variables, context).then(shownDirectly, refusalOf);
      expect(other.name(outcome)).toEqual(expected);
    }
  };
  const any = fc.oneof(
    { weight: 9, arbitrary: bodies },
    { weight: 1, arbitrary: generatedVariables(schema, operation, sampleValues([])) },
  );
  const principals = fc.constantFrom(ADMIN, MEMBER, SUBMITTER, SUBMITTER, SCOPED, SCOPED, READER, NOBODY);
  const keys = fc.constantFrom(undefined, undefined, undefined, undefined, 'key 1', 'key 2', 'key 3', 'key 4');
  await fc.assert(fc.asyncProperty(any, principals, keys, fc.constantFrom(1, 2, 3), property), { numRuns: 200 });
  expect(answered).toBeGreaterThan(50);
  expect(await keyKinds(other)).toEqual(await keyKinds(one));
  await Promise.all([one.store.close(), other.store.close()]);
}

/** What REST is told of an error. */
function refusalOf(error: unknown): unknown {
  const original = (error as { readonly originalError?: unknown }).originalError ?? error;
  return { message: (original as Error).message, code: original instanceof ApiError ? original.code : undefined };
}

/** How many keys of each kind a store has. */
async function keyKinds({ store }: Awaited<ReturnType<typeof openJudging>>): Promise<ReadonlyMap<string, number>> {
  const kinds = new Map<string, number>();
  for await (const entries of store.snapshot({ gte: '\u0001', lt: '\uffff' })) {
    for (const { key } of entries) {
      const kind = replaceFeedbackIds(key, '').split(':').slice(0, 3).join(':');
      const name = /^(?:audit|change|external_id|vote|idempotency|expiry)/.exec(kind)?.[0] ?? kind;
      kinds.set(name, (kinds.get(name) ?? 0) + 1);
    }
  }
  return new Map([...kinds].sort());
}

describe('submissions that run directly', () => {
  it('are answered one by one as by their document', () =>
    compare(submitOne, {
      operation: getOperationAST(submitOne.document)!,
      bodies: submissions.map((input) => ({ input })),
      shownDirectly: ({ message: _, updated: __, ...entry }) => entry,
      shownByDocument: ({ submitFeedback }: SubmitFeedbackMutation) => shownEntry(submitFeedback),
    }));

  it('are answered in batches as by their document', () =>
    compare(submitMany, {
      operation: getOperationAST(submitMany.document)!,
      bodies: fc.record(
        { input: fc.array(submissions, { maxLength: 5 }), keepRevised: optional(true, false, null) },
        { requiredKeys: ['input'] },
      ),
      shownDirectly: ({ pieces, stored }) => ({
        results: pieces.map((result) => withoutSentences(JSON.parse(result.toString()) as object)),
        stored,
      }),
      shownByDocument: ({ submitFeedbackBatch: { results } }: SubmitFeedbackBatchMutation) => ({
        results: results.map((result) => withoutSentences(shownOutcome(result))),
        stored: results.filter(({ feedback }) => feedback !== null).length,
      }),
    }));

  it('refuse an entry of a batch with the sentence with which they refuse it alone', async () => {
    const { store, services } = await openJudging();
    const run = createExecutor(schema, createExecution(schema));
    const context = createRequestContext(services, ADMIN, 'test');
    const { type: _, ...untyped } = PRAISE;
    const alone = await run(submitOne, { input: untyped }, context).catch((error: unknown) => error as Error);
    const { pieces, stored } = await run(submitMany, { input: [untyped], keepRevised: null }, context);
    expect(alone).toMatchObject({ message: expect.stringMatching(/^Missing 'type' field/) as unknown });
    expect(pieces.map((result) => (JSON.parse(result.toString()) as { readonly details: string }).details)).toEqual([
      (alone as Error).message,
    ]);
    expect(stored).toBe(0);
    await store.close();
  });

  it('show a submitter no id of the entry of another', async () => {
    const { store, services } = await openJudging();
    const run = createExecutor(schema, createExecution(schema));
    const input = { ...PRAISE, type: 'POSITIVE', answer: 'Spam.' } as const;
    const reasonsFor = async (principal: Principal) =>
      (await run(submitOne, { input }, createRequestContext(services, principal, 'test'))).validation_reasons;
    expect(await reasonsFor(ADMIN)).toEqual([expect.stringMatching(/^It is much like feedback-/)]);
    expect(await reasonsFor(SUBMITTER)).toEqual(['It is much like another entry']);
    await store.close();
  });
});
