import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { getIntrospectionQuery, Kind, parse, print, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { operationCost } from '../../src/graphql/operations/cost.js';
import {
  DEFAULT_OPERATION_LIMITS,
  OperationRefusedError,
  type OperationLimits,
} from '../../src/graphql/operations/limits.js';
import { createRequestPreparation } from '../../src/graphql/operations/prepared.js';
import { createSchema } from '../../src/graphql/schema.js';
import { ownOperations } from '../support/operations.js';

const schema = createSchema();

function prepareRequest(text: string, variables: Record<string, unknown> = {}, limits: Partial<OperationLimits> = {}) {
  const all = { ...DEFAULT_OPERATION_LIMITS, ...limits };
  return createRequestPreparation(schema, { limits: all, introspection: true })(text, undefined, variables);
}

/** The limit that refuses an operation, or undefined if it may run. */
function refusedBy(...asked: Parameters<typeof prepareRequest>): string | undefined {
  try {
    expect(prepareRequest(...asked)).toHaveProperty('operation');
    return undefined;
  } catch (error) {
    if (error instanceof OperationRefusedError) return error.limit?.name ?? error.message;
    throw error;
  }
}

const repeat = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ');
const lineage = (levels: number): string =>
  `{ adapter(id: "a") { ${'derivedFrom(first: 1) { edges { node { id feedback(first: 20) { edges { node { id question } } } '.repeat(levels)} ${'} } } '.repeat(levels)} } }`;

describe('the limits of an operation', () => {
  it('let through what tools and our own documents ask', () => {
    expect(
      refusedBy(getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, oneOf: true })),
    ).toBeUndefined();
    for (const { text, name } of ownOperations()) {
      const prepareAll = createRequestPreparation(schema, { limits: DEFAULT_OPERATION_LIMITS, introspection: true });
      // What its variables lack is found after the limits that do not depend on them.
      expect(() => prepareAll(text, name, {})).not.toThrow();
    }
    expect(refusedBy(lineage(5))).toBeUndefined();
    expect(
      refusedBy('{ feedbackList(first: 1000) { edges { node { id question answer correction } } } }'),
    ).toBeUndefined();
  });

  it('let through a screen of many shared fragments, as clients compose them', () => {
    const fields = ['question', 'answer', 'correction', 'validationStatus', 'createdAt', 'comment'];
    // Components of three levels, each of which asks for the id and two fields, all of them in three lists.
    const fragments = Array.from({ length: 50 }, (_, part) => {
      const children = [2 * part + 5, 2 * part + 6].filter((child) => child < 50).map((child) => `...Part${child}`);
      const own = [fields[part % 6], fields[(part + 1) % 6], ...children].join(' ');
      const links = part % 5 === 0 ? 'adapters(first: 3) { edges { node { id version } } }' : '';
      return `fragment Part${part} on Feedback { id ${own} ${links} }`;
    });
    const page = '(first: 25) { edges { node { ...Part0 ...Part1 ...Part2 ...Part3 ...Part4 } } }';
    const text = `{ newest: feedbackList${page} flagged: feedbackList${page} adapter(id: "a") { feedback${page} } }`;
    expect(refusedBy(`${text} ${fragments.join(' ')}`)).toBeUndefined();
  });

  it('hold for what an operation costs with its own variables, whatever it cost with others', () => {
    const text =
      'query ($first: Int!, $ids: [ID!]!, $name: ID!) { nodes(ids: $ids) { id } adapter(id: $name) { feedback(first: $first) { edges { node { id } } } } }';
    const prepareAll = createRequestPreparation(schema, {
      limits: { ...DEFAULT_OPERATION_LIMITS, cost: 100 },
      introspection: true,
    });
    const outcome = (judge: () => unknown): unknown => {
      try {
        judge();
        return 'prepared';
      } catch (error) {
        return String(error);
      }
    };
    const seen = new Set<unknown>();
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.string(), (first, count, name) => {
        const variables = { first, ids: Array.from({ length: count }, () => name), name };
        const told = outcome(() => prepareAll(text, undefined, variables));
        seen.add(told);
        expect(told).toBe(outcome(() => prepareRequest(text, variables, { cost: 100 })));
      }),
    );
    expect(seen.size).toBeGreaterThan(2);
  });

  it('are read in turns, long ones, and judged the same', async () => {
    const countries = Array.from({ length: 90 }, (_each, at) => `a${at}: feedbackList(first: 1) { totalCount }`);
    const texts = [
      `{ ${countries.join(' ')} }`,
      `{ ${countries.join(' ')} nothingOfThisName }`,
      `{ ${countries.join(' ')} `,
      `{ ${countries.join(' ')} ${countries.join(' ').replaceAll('a', 'b')} }`,
    ];
    for (const text of texts) {
      let turns = 0;
      const prepareAll = createRequestPreparation(
        schema,
        { limits: DEFAULT_OPERATION_LIMITS, introspection: true },
        () => ({
          shouldYield: () => true,
          yieldToEventLoop: () => {
            turns += 1;
            return Promise.resolve();
          },
        }),
      );
      await prepareAll.readAhead(text);
      expect(turns).toBeGreaterThan(0);
      const outcome = (judge: () => object): string => {
        try {
          return Object.keys(judge()).join();
        } catch (error) {
          return String(error);
        }
      };
      expect(outcome(() => prepareAll(text, undefined, {}))).toBe(outcome(() => prepareRequest(text)));
      const known = turns;
      await prepareAll.readAhead(text);
      expect(turns).toBe(known);
    }
  });

  it('find the same problems of a document that is long and of one that is short', async () => {
    const field = (at: number): string => `a${at}: feedbackList(firs: 1) { totalCoun }`;
    const shortText = `query ($unused: Int) { ${repeat(3, field)} ...Missing }`;
    const longText = `${shortText} #${'x'.repeat(3_000)}`;
    for (const [text, problems] of [
      [shortText, 8],
      [longText, 8],
      [`{ ${repeat(90, field)} }`, 11],
    ] as const) {
      const prepareAll = createRequestPreparation(schema, { limits: DEFAULT_OPERATION_LIMITS, introspection: true });
      await prepareAll.readAhead(text);
      const prepared = prepareAll(text, undefined, {});
      const messages = 'invalid' in prepared ? prepared.invalid.map(String) : [];
      expect(messages).toHaveLength(problems);
      const expected = validate(schema, parse(text), undefined, { maxErrors: 1_000 }).map(String);
      if (problems === 8) expect(messages.toSorted()).toEqual(expected.toSorted());
      else {
        expect(expected).toEqual(expect.arrayContaining(messages.slice(0, 10)));
        expect(messages.at(-1)).toContain('Too many validation errors');
      }
    }
  });

  it('hold for bytes, whatever the characters', () => {
    const comment = (letter: string, count: number): string => `{ __typename } #${letter.repeat(count)}`;
    expect(refusedBy(comment('x', 980), {}, { documentBytes: 1_000 })).toBeUndefined();
    expect(refusedBy(comment('é', 980), {}, { documentBytes: 1_000 })).toBe('documentBytes');
    expect(refusedBy(comment('x', 990), {}, { documentBytes: 1_000 })).toBe('documentBytes');
  });

  it('hold for tokens', () => {
    expect(refusedBy('{ __typename }', {}, { tokens: 3 })).toBeUndefined();
    expect(refusedBy('{ __typename }', {}, { tokens: 2 })).toBe('tokens');
  });

  it('hold for aliases, and for fields that are repeated without one', () => {
    const aliased = (count: number): string => `{ ${repeat(count, (index) => `a${index}: __typename`)} }`;
    expect(refusedBy(aliased(100))).toBeUndefined();
    expect(refusedBy(aliased(101))).toBe('aliases');
    expect(refusedBy(`{ ${repeat(101, () => '__typename')} }`)).toBeUndefined();
    expect(refusedBy(`{ ${repeat(102, () => '__typename')} }`)).toBe('aliases');
    expect(refusedBy(`{ ${repeat(102, () => '...F')} } fragment F on Query { __typename }`)).toBe('aliases');
    expect(refusedBy(`{ ${repeat(102, () => '... on Query { __typename }')} }`)).toBe('aliases');
  });

  it('hold for directives', () => {
    const guarded = (count: number): string => `{ __typename ${'@skip(if: true) '.repeat(count)} }`;
    expect(refusedBy(guarded(101))).toBe('directives');
    expect(
      refusedBy('{ __typename @skip(if: true) adapter(id: "a") { id @include(if: true) } }', {}, { directives: 1 }),
    ).toBe('directives');
    expect(
      refusedBy('{ __typename @skip(if: true) adapter(id: "a") { id @include(if: true) } }', {}, { directives: 2 }),
    ).toBeUndefined();
  });

  it('hold for depth, through fragments of both kinds', () => {
    const deep =
      '{ adapter(id: "a") { ...A } } fragment A on Adapter { feedback { ... on AdapterFeedbackConnection { edges { node { id } } } } }';
    expect(refusedBy(deep, {}, { depth: 5 })).toBeUndefined();
    expect(refusedBy(deep, {}, { depth: 4 })).toBe('depth');
    expect(refusedBy(lineage(10))).toBe('depth');
  });

  it('refuse a fragment that spreads itself, over however many others', () => {
    const ring = `{ adapter(id: "a") { ...F0 } } ${repeat(5, (index) => `fragment F${index} on Adapter { id ...F${(index + 1) % 5} }`)}`;
    expect(refusedBy(ring)).toBe("The fragment 'F0' must not spread itself");
    expect(refusedBy('{ __typename } fragment F on Query { ...F }')).toBe("The fragment 'F' must not spread itself");
  });

  it('multiply sizes, in variables and defaults as written out', () => {
    const list =
      'query ($first: Int!) { feedbackList(first: $first) { edges { node { adapters(first: 32) { edges { node { id } } } } } } }';
    // 10 + 1 + n × (1 + 10 + 1 + 32 × (1 + 1)) with the list, its edges, and the same again below each.
    expect(refusedBy(list, { first: 1000 }, { cost: 76_011 })).toBeUndefined();
    expect(refusedBy(list, { first: 1000 }, { cost: 76_010 })).toBe('cost');
    expect(refusedBy(list, { first: 10 }, { cost: 1_000 })).toBeUndefined();
    expect(refusedBy(list.replace('Int!', 'Int! = 1000'), {}, { cost: 76_010 })).toBe('cost');
    expect(
      refusedBy(
        '{ feedbackList { edges { node { adapters { edges { node { feedback { edges { node { id } } } } } } } } } }',
      ),
    ).toBe('cost');
    expect(
      refusedBy(
        'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
        { ids: Array.from({ length: 50 }, String) },
        { cost: 50 },
      ),
    ).toBe('cost');
  });

  const lineageLists = ['ancestors', 'descendants', 'derivedFrom', 'derivatives'];
  it.each([6, 7, 8])('count what walks lineages for more, in a chain of fragments %i levels deep', (levels) => {
    const fragments = repeat(
      levels,
      (level) =>
        `fragment F${level} on Adapter { id ${repeat(4, (at) => `${lineageLists[at]}(first: 1) { edges { node { ...F${level + 1} } } }`)} }`,
    );
    const chain = `{ adapter(id: "a") { ...F0 } } ${fragments} fragment F${levels} on Adapter { id }`;
    expect(refusedBy(chain)).toBe('cost');
  });

  it.each([
    ['lists', 10, '{ feedbackList { __typename } }', '{ __typename }'],
    ['totals', 20, '{ feedbackList { totalCount } }', '{ feedbackList { __typename } }'],
    ['walks', 100, '{ adapter(id: "a") { lineageStats { __typename } } }', '{ adapter(id: "a") { id } }'],
    ['paths', 1_000, '{ adapter(id: "a") { lineagePaths(to: "b") { __typename } } }', '{ adapter(id: "a") { id } }'],
    ['comparisons', 1_000, '{ compareAdapters(ids: ["a", "b"]) { __typename } }', '{ adapter(id: "a") { id } }'],
    ['shared pairs', 1_000, '{ sharedFeedbackPairs { __typename } }', '{ adapter(id: "a") { id } }'],
    ['graph queries', 1_000, '{ graphQuery(query: "RETURN 1") { columns } }', '{ adapter(id: "a") { id } }'],
  ])('weigh %s by what they read', (_, weight, heavy, light) => {
    expect(refusedBy(heavy, {}, { cost: weight - 1 })).toBe('cost');
    expect(refusedBy(light, {}, { cost: weight - 1 })).toBeUndefined();
    expect(refusedBy(heavy, {}, { cost: weight + 20 })).toBeUndefined();
  });

  it('count no more entries of a list than it can have', () => {
    const parents = '{ adapters { edges { node { derivedFrom { edges { node { derivatives { totalCount } } } } } } } }';
    // 10 + 1 + 100 × (1 + 10 + 1 + 32 × (1 + 10 + 10))
    expect(refusedBy(parents, {}, { cost: 68_411 })).toBeUndefined();
    expect(refusedBy(parents, {}, { cost: 68_410 })).toBe('cost');
  });

  it('leave what is documented room to grow', () => {
    const documented = ['docs/graphql.md', 'docs/training.md', 'README.md'].flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/```graphql\n(.*?)```/gs)].map(([, text = '']) => text),
    );
    expect(documented.length).toBeGreaterThan(8);
    for (const text of [...documented, ...ownOperations().map((own) => own.text)]) {
      const document = parse(text);
      const fragments = new Map(
        document.definitions.flatMap((each) =>
          each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [],
        ),
      );
      for (const operation of document.definitions) {
        if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
        // The largest page where the size is a variable.
        const variables = Object.fromEntries(
          (operation.variableDefinitions ?? []).map(({ variable: { name }, type }) => [
            name.value,
            print(type).startsWith('Int') ? 1_000 : 'a',
          ]),
        );
        expect(operationCost({ schema, operation, fragments, variables }), text).toBeLessThan(
          DEFAULT_OPERATION_LIMITS.cost / 2,
        );
      }
    }
  });

  it('count a fragment wherever it is spread', () => {
    const spread = (times: number): string =>
      `{ ${repeat(times, (index) => `a${index}: feedbackList(first: 1000) { ...F }`)} } fragment F on FeedbackConnection { edges { node { id question answer comment } } }`;
    expect(refusedBy(spread(1), {}, { cost: 10_000 })).toBeUndefined();
    expect(refusedBy(spread(5), {}, { cost: 10_000 })).toBe('cost');
  });

  it('judge a bomb of fragments without unfolding it', () => {
    // Each of 60 fragments is spread twice by the one before it: unfolded, 2^60 fields.
    const bomb = `{ adapter(id: "a") { ...F0 } } ${repeat(60, (index) => `fragment F${index} on Adapter { ... on Adapter { ...F${index + 1} } ... on Node { ... on Adapter { ...F${index + 1} } } }`)} fragment F60 on Adapter { id }`;
    expect(refusedBy(bomb)).toBe('cost');
  });

  it.each([
    [
      'fragments side by side',
      `{ ${repeat(400, (at) => `...F${at}`)} } ${repeat(400, (at) => `fragment F${at} on Query { __typename }`)}`,
    ],
    [
      'fragments with the same fields',
      `{ adapter(id: "a") { ${repeat(150, (at) => `...F${at}`)} } } ${repeat(150, (at) => `fragment F${at} on Adapter { derivedFrom { edges { node { id stats { totalFeedback } } } } }`)}`,
    ],
    [
      'repeated fields with fragments below them',
      `{ ${repeat(50, () => '... { adapter(id: "a") { stats { totalFeedback } ...F0 ...F1 } }')} } ${repeat(100, (at) => `fragment F${at} on Adapter { stats { totalFeedback } ${at < 98 ? `...F${at + 1} ...F${at + 2}` : ''} }`)}`,
    ],
    [
      'repeated fields below repeated fields',
      `{ ${repeat(90, () => '... { adapter(id: "a") { stats { totalFeedback positiveCount negativeCount } derivedFrom { edges { node { id } } } } }')} }`,
    ],
  ])('bound the work of validation: %s', (_, text) => {
    expect(refusedBy(text)).toMatch(/overlap too often/);
  });

  it('leave room for the fragments of a large client', () => {
    // Forty components, each with a fragment of its own that spreads two others, as Relay writes it.
    const components = repeat(
      40,
      (at) =>
        `fragment C${at} on Feedback { id type question adapters(first: 1) { edges { node { id version stats { totalFeedback } } } } ${at < 38 ? `...C${at + 1} ${at % 10 === 0 ? `...C${at + 2}` : ''}` : ''} }`,
    );
    expect(refusedBy(`{ feedbackList(first: 10) { edges { node { ...C0 ...C39 } } } } ${components}`)).toBeUndefined();
  });

  it('say which limit it was, and how much was asked for', () => {
    expect(() => prepareRequest('{ a: __typename b: __typename }', {}, { aliases: 1 })).toThrow(
      'An operation may have at most 1 aliases and repeated fields, and this one has 2',
    );
  });

  it('let no text through that crashes', () => {
    const words = fc.constantFrom(
      '{',
      '}',
      '(',
      ')',
      '...',
      'on',
      'a',
      '"',
      '$',
      '@',
      ':',
      '[',
      ']',
      '!',
      '1',
      'query',
      'fragment',
      '\u0000',
      '\\',
      '"""',
      '#',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 60 }), (parts) => {
        expect(prepareRequest(parts.join(' '))).toBeDefined();
      }),
    );
  });
});
