import { describe, expect, it } from 'vitest';
import { DEFAULT_OPERATION_LIMITS } from '../../src/graphql/operations/limits.js';
import { createRequestPreparation } from '../../src/graphql/operations/prepared.js';
import { createSchema } from '../../src/graphql/schema.js';

const prepareRequest = createRequestPreparation(createSchema(), {
  limits: DEFAULT_OPERATION_LIMITS,
  introspection: true,
});
const ENTRY = { type: 'POSITIVE', question: 'Why?', answer: 'Because.' };
const SUBMIT = 'submitFeedback(input: $entry) { id }';
const BATCH = 'submitFeedbackBatch(input: $entries) { results { feedback { id } } }';
const VARIABLES = { entry: ENTRY, entries: [ENTRY, ENTRY, ENTRY], no: false };
const DECLARED = '($entry: SubmitFeedbackInput!, $entries: [SubmitFeedbackInput!]!, $no: Boolean!)';

function requests(selections: string, variables: Record<string, unknown> = VARIABLES): number {
  const prepared = prepareRequest(
    `mutation ${DECLARED} { ${selections} }  fragment Submits on Mutation { c: ${SUBMIT} }`,
    undefined,
    variables,
  );
  if ('operation' in prepared) return prepared.requests;
  throw new Error(`The mutation is not prepared: ${JSON.stringify(prepared)}`);
}

/** Uses everything that is declared, and runs nothing of it. */
const USES = `... @include(if: $no) { unused1: ${SUBMIT} unused2: ${BATCH} ...Submits } ... @skip(if: true) { unused3: ${BATCH} }`;

describe('a mutation', () => {
  it.each<[string, number, string]>([
    ['counts as one request for each field', 2, `a: ${SUBMIT} b: ${SUBMIT}`],
    ['counts fields in fragments once', 3, `a: ${SUBMIT} ...Submits ...Submits ... { b: ${SUBMIT} ...Submits }`],
    ['counts a field that is written twice under one name once', 1, `a: ${SUBMIT} a: ${SUBMIT}`],
    ['counts each entry of a batch', 4, `a: ${SUBMIT} ${BATCH}`],
    ['counts at least one request', 1, '__typename'],
  ])('%s', (_, count, selections) => {
    for (let times = 0; times < 3; times++) expect(requests(`${selections} ${USES}`)).toBe(count);
  });

  it('counts the entries of each use of the same document', () => {
    for (const length of [1, 0, 1_000, 2]) {
      const entries = Array.from({ length }, () => ENTRY);
      expect(requests(`${BATCH} ${USES}`, { ...VARIABLES, entries })).toBe(Math.max(length, 1));
    }
    // A list of one may be written without brackets.
    expect(requests(`${BATCH} ${USES}`, { ...VARIABLES, entries: ENTRY })).toBe(1);
  });

  it.each([
    ['aliases', `a: ${BATCH} b: ${BATCH}`],
    ['a fragment', `...{ a: ${BATCH} } ... on Mutation { b: ${BATCH} }`],
    ['another batch mutation', `${BATCH} markUsedForTraining(feedbackIds: ["a"], trainingBatchId: 1) { marked }`],
  ])('may write one batch at most, also by %s', (_, selections) => {
    for (let times = 0; times < 3; times++) {
      expect(() => requests(`${selections} ${USES}`)).toThrow(
        expect.objectContaining({
          code: 'OPERATION_LIMIT_EXCEEDED',
          message: expect.stringMatching(
            /at most 1 mutation of many entries, and this one has 2: submitFeedbackBatch/,
          ) as string,
        }),
      );
    }
  });
});

it('a mutation whose condition is null counts as one request, and fails in its own words', () => {
  const text = 'mutation ($if: Boolean = true) { ... @skip(if: $if) { __typename } }';
  expect(prepareRequest(text, undefined, { if: null })).toMatchObject({ requests: 1 });
});

it('a query counts as one request, however many fields it has', () => {
  const prepared = prepareRequest(
    '{ a: feedbackStats { totalFeedback } b: feedbackStats { totalFeedback } }',
    undefined,
    {},
  );
  expect(prepared).toMatchObject({ requests: 1 });
});

it('a mutation is refused for more than one batch before its variables are looked at', () => {
  const variables = {
    get entries() {
      return expect.fail('was looked at');
    },
  };
  const document = `mutation ($entries: [SubmitFeedbackInput!]!) { a: ${BATCH} b: ${BATCH} }`;
  expect(() => prepareRequest(document, undefined, variables)).toThrow('at most 1 mutation of many entries');
});
