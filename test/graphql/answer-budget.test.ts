import fc from 'fast-check';
import { buildSchema, getOperationAST, type GraphQLSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { withAnswerBudget } from '../../src/graphql/budget/answer-budget.js';
import { budgetedReader } from '../../src/graphql/budget/budgeted-reader.js';
import {
  fitsInBytesYielding,
  fitsInCharacters,
  jsonBytes,
  MAX_BYTES_OF_CHARACTER,
} from '../../src/graphql/budget/json-size.js';
import { RequestBudget } from '../../src/graphql/budget/request-budget.js';
import type { RequestContext } from '../../src/graphql/context.js';
import { createExecution } from '../../src/graphql/execution.js';
import type { Store } from '../../src/store/contract.js';
import { openMemoryStore } from '../support/memory-engine.js';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"', '\\', '\n', '\u0000', '\u001f', '\u007f', '\u2028', 'ä', '€', '😀', '\ud800', '\udc00x'),
);
const leaf = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.date({ noInvalidDate: false }),
);
const { answer } = fc.letrec<{ answer: unknown }>((tie) => ({
  answer: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('answer'), { maxLength: 4 }),
    fc.dictionary(text, tie('answer'), { maxKeys: 4 }),
  ),
}));

const written = (value: unknown): number => Buffer.byteLength(JSON.stringify(value ?? null));

describe('the size of a value as JSON', () => {
  it('is what JSON.stringify writes: it fits in as many bytes, and in no fewer', () => {
    fc.assert(
      fc.property(answer, (value) => {
        const bytes = written(value);
        expect(jsonBytes(value)).toBe(bytes);
        expect(jsonBytes(value, bytes)).toBe(bytes);
        expect(jsonBytes(value, bytes - 1)).toBeGreaterThan(bytes - 1);
      }),
      { numRuns: 500 },
    );
  });

  it('is at most six times the characters that it fits in', () => {
    fc.assert(
      fc.property(answer, fc.nat({ max: 200 }), (value, characters) => {
        fc.pre(fitsInCharacters(value, characters));
        expect(written(value)).toBeLessThanOrEqual(characters * MAX_BYTES_OF_CHARACTER);
      }),
      { numRuns: 500 },
    );
  });

  it('is looked at no further than the limit', () => {
    const items = Array.from({ length: 10 }, () => 'x'.repeat(100));
    Object.defineProperty(items, 7, { get: () => expect.fail('was looked at') });
    expect(jsonBytes(items, 500)).toBeGreaterThan(500);
  });
});

describe('the size of a long value', () => {
  const noOthers = { shouldYield: () => false, yieldToEventLoop: () => Promise.resolve() };

  it('is the same', async () => {
    await fc.assert(
      fc.asyncProperty(answer, fc.constantFrom(1, 300, 1_500), async (part, times) => {
        const value = { list: Array.from({ length: times }, () => part), part, text: 'ä'.repeat(10_000) };
        const bytes = written(value);
        expect(await fitsInBytesYielding(value, bytes, noOthers)).toBe(true);
        expect(await fitsInBytesYielding(value, bytes - 1, noOthers)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['numbers', Array.from({ length: 100_000 }, (_each, index) => index)],
    ['lists', Array.from({ length: 400 }, () => Array.from({ length: 250 }, () => 1))],
    ['objects', { rows: Array.from({ length: 20_000 }, () => ({ id: 'an id', number: 1 })) }],
  ])('is told in turns: %s', async (_of, value) => {
    let turns = 0;
    const stretches = {
      shouldYield: () => true,
      yieldToEventLoop: () => {
        turns += 1;
        return Promise.resolve();
      },
    };
    expect(await fitsInBytesYielding(value, Infinity, stretches)).toBe(true);
    expect(turns).toBeGreaterThan(250);
  });
});

/** Nodes of texts, read as properties and by resolvers of their own. */
const schema: GraphQLSchema = buildSchema(`
  type Node { id: ID!, text: String, number: Int, nodes: [Node!], late: Node }
  type Query { nodes: [Node!], node: Node }
  type Mutation { nodes: [Node!] }
`);

interface SampleNode {
  readonly id: string;
  readonly text: string | null;
  readonly number: number;
  readonly nodes: readonly SampleNode[];
  readonly late: () => Promise<SampleNode | null>;
}

const nodes = fc.letrec<{ node: SampleNode }>((tie) => ({
  node: fc.record({
    id: fc.string(),
    text: fc.option(text),
    number: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    nodes: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('node'), { maxLength: 3 })),
    late: fc.oneof({ depthSize: 'small' }, fc.constant(null), tie('node')).map((node) => () => Promise.resolve(node)),
  }),
})).node;

const FIELDS = 'id text number again: text';
const SHOWN = `{ ${FIELDS} nodes { ${FIELDS} } late { ${FIELDS} nodes { ${FIELDS} } } }`;

async function run(source: string, root: object, limits: { answerBytes?: number; answerFields?: number }) {
  // What the root has, its type has resolvers for: ours execute without a root value.
  const type = schema.getRootType(getOperationAST(parse(source))!.operation)!;
  for (const [name, field] of Object.entries(type.getFields())) {
    field.resolve = () => (root as Record<string, unknown>)[name];
  }
  const document = parse(source);
  const prepared = { document, operation: getOperationAST(document)! };
  const { answerBytes = Infinity, answerFields } = limits;
  const budget = new RequestBudget({ answerBytes, readKeys: Infinity }, answerFields);
  const context = { budget } as unknown as RequestContext;
  return { result: await withAnswerBudget(createExecution(schema))(prepared, {}, context), budget };
}

describe('an execution', () => {
  it('is ended for its bytes if its answer has more, and only then', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(nodes), async (list) => {
        const { result } = await run(`{ nodes ${SHOWN} }`, { nodes: list }, {});
        const bytes = written(result.data);
        const fitting = await run(`{ nodes ${SHOWN} }`, { nodes: list }, { answerBytes: bytes });
        expect(fitting.result).toEqual(result);
        const over = await run(`{ nodes ${SHOWN} }`, { nodes: list }, { answerBytes: bytes - 1 });
        expect(over.result.data).toBeUndefined();
        expect(over.result.errors?.map(({ extensions }) => extensions)).toEqual([
          { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'answerBytes', maximum: bytes - 1 },
        ]);
      }),
      { numRuns: 200 },
    );
  });

  it('goes no further once it is over, wherever it is', async () => {
    let read = 0;
    const large = 'x'.repeat(1_000);
    const node = () => ({
      get text() {
        read += 1;
        return large;
      },
      late: () => Promise.resolve(node()),
    });
    const list = Array.from({ length: 1_000 }, node);
    const source = '{ nodes { text late { text } } }';
    const { result } = await run(source, { nodes: list }, { answerBytes: 10_000 });
    expect(result.errors).toHaveLength(1);
    // One more for each node that can be null, none of which is completed, and for the first, which turns out not to be plain.
    expect(read).toBeLessThanOrEqual(1_012);
    read = 0;
    const fields = await run(source, { nodes: list }, { answerFields: 50 });
    expect(fields.result.errors?.[0]?.extensions).toMatchObject({ limit: 'answerFields', maximum: 50 });
    expect(fields.result.errors?.[0]?.message).toContain('at most 50 fields (FEEDBACK_LIMIT_COST)');
  });

  it('makes no further errors once there are too many', async () => {
    let told = 0;
    class Broken extends Error {
      override get message(): string {
        told += 1;
        return 'It is broken';
      }
    }
    const list = Array.from({ length: 5_000 }, () => ({ late: () => Promise.reject(new Broken()) }));
    const { result } = await run('{ nodes { late { id } } }', { nodes: list }, {});
    expect(result.errors?.map(({ extensions }) => extensions['limit'])).toEqual(['answerErrors']);
    expect(told).toBeLessThan(3_000);
  });

  it('of a mutation says that what it has changed stays', async () => {
    const { result } = await run('mutation { nodes { text } }', { nodes: [{ text: 'long' }] }, { answerBytes: 3 });
    expect(result.errors?.[0]?.message).toMatch(
      /at most 3 bytes .*; the changes that the mutation has already made remain$/,
    );
  });
});

describe('a reader with a budget', () => {
  const entry = (index: number): [string, Buffer] => [`k:${String(index).padStart(4, '0')}`, Buffer.alloc(index % 7)];
  const openFilled = async (): Promise<Store> => {
    const store = await openMemoryStore();
    await store.transact((transaction) => {
      for (let index = 0; index < 3_000; index++) transaction.put(...entry(index));
      transaction.add('counter', 2);
      return Promise.resolve();
    });
    return store;
  };

  it('reads what the store holds, in whatever pieces', async () => {
    const store = await openFilled();
    const place = fc.integer({ min: 0, max: 3_100 });
    await fc.assert(
      fc.asyncProperty(
        place,
        place,
        fc.integer({ min: 0, max: 3_500 }),
        fc.boolean(),
        async (from, to, limit, reverse) => {
          const range = { gte: entry(from)[0], lt: entry(to)[0], limit, reverse };
          const keys = Array.from({ length: limit }, (_, index) => entry((from + index * 7) % 3_200)[0]);
          await store.read(async (reader) => {
            const budgeted = budgetedReader(reader, new RequestBudget({ answerBytes: 1e9, readKeys: 1e9 }), () => true);
            expect(await budgeted.scan(range)).toEqual(await reader.scan(range));
            expect(await budgeted.scanKeys(range)).toEqual(await reader.scanKeys(range));
            expect(await budgeted.getMany(keys)).toEqual(await reader.getMany(keys));
          });
        },
      ),
      { numRuns: 60 },
    );
    await store.close();
  });

  it.each(['scan', 'scanKeys', 'getMany', 'get', 'counters', 'nonZero', 'peek'] as const)(
    'counts what %s reads, and ends',
    async (name) => {
      const store = await openFilled();
      const range = { gte: 'k:', lt: 'k;', limit: 2 };
      await store.read(async (reader) => {
        const budgeted = budgetedReader(reader, new RequestBudget({ answerBytes: 1e9, readKeys: 50 }), () => true);
        const calls = {
          scan: () => budgeted.scan(range),
          scanKeys: () => budgeted.scanKeys(range),
          getMany: () => budgeted.getMany(['k:0001', 'k:none']),
          get: () => budgeted.get('k:none'),
          counters: () => budgeted.counters(['counter']),
          nonZero: () => budgeted.nonZero(['counter']),
          peek: () => budgeted.peek(['counter']),
        };
        const readAll = async (): Promise<void> => {
          for (let times = 0; times < 51; times++) await calls[name]();
        };
        await expect(readAll()).rejects.toThrow('at most 50 keys from the store (FEEDBACK_LIMIT_READ_KEYS)');
        for (const call of Object.values(calls)) await expect(call()).rejects.toThrow('FEEDBACK_LIMIT_READ_KEYS');
      });
      await store.close();
    },
  );

  it('ends a long range of large values early', async () => {
    const store = await openMemoryStore();
    const large = Buffer.alloc(64 * 1024);
    await store.transact((transaction) => {
      for (let index = 0; index < 1_000; index++) transaction.put(entry(index)[0], large);
      return Promise.resolve();
    });
    let values = 0;
    await store.read(async (reader) => {
      const counting = {
        ...reader,
        scan: async (range: Parameters<typeof reader.scan>[0]) => {
          const found = await reader.scan(range);
          values += found.length;
          return found;
        },
      };
      const budgeted = budgetedReader(
        counting,
        new RequestBudget({ answerBytes: 4 * 1024 ** 2, readKeys: 1e9 }),
        () => true,
      );
      await expect(budgeted.scan({ gte: 'k:', lt: 'k;', limit: 1_000 })).rejects.toThrow('bytes from the store');
    });
    expect(values).toBeLessThan(400);
    await store.close();
  });
});
