import fc from 'fast-check';
import { buildSchema, execute, type ExecutionResult, type GraphQLSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { jsonInPieces, OVER_LIMIT } from '../../src/graphql/scheduling/json-pieces.js';
import { scheduleFields } from '../../src/graphql/scheduling/scheduled-fields.js';
import { createScheduler, type Scheduler } from '../../src/graphql/scheduling/scheduler.js';
import { turnsDuring } from '../support/turns.js';

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined)),
    fc.oneof(fc.date({ noInvalidDate: false }), fc.constantFrom('\ud800', '"', '\n', 'ä€😀'.repeat(20_000))),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('toJSON', '__proto__')), tie('value'), { maxKeys: 5 }),
  ),
}));

describe('JSON in pieces', () => {
  it('is what JSON.stringify writes, up to its limit and no byte further', async () => {
    await fc.assert(
      fc.asyncProperty(value, async (written) => {
        const text = JSON.stringify(written ?? null);
        const bytes = Buffer.byteLength(text);
        const whole = await jsonInPieces(written, bytes, () => undefined);
        expect(whole.toString()).toBe(text);
        expect(await jsonInPieces(written, bytes - 1, () => undefined)).toBe(OVER_LIMIT);
      }),
      { numRuns: 300 },
    );
  });

  it('lets others have their turn while a long answer is written, and writes nothing beyond its limit', async () => {
    const items = Array.from({ length: 100 }, () => 'x'.repeat(10_000));
    let turns = 0;
    const giveWay = (): undefined => void (turns += 1);
    await jsonInPieces({ items }, Infinity, giveWay);
    expect(turns).toBeGreaterThan(20);
    Object.defineProperty(items, 50, { get: () => expect.fail('was written') });
    expect(await jsonInPieces({ items }, 200_000, giveWay)).toBe(OVER_LIMIT);
  });
});

interface Item {
  readonly id: string;
  readonly items: readonly Item[];
}

function items(count: number, depth: number): Item[] {
  return Array.from({ length: count }, (_, at) => ({
    id: String(at),
    items: depth === 0 ? [] : items(count, depth - 1),
  }));
}

/** Lists that resolvers answer at once, or later; the root has as many entries as an argument says. */
function listSchema(): GraphQLSchema {
  const schema = buildSchema(
    'type Query { items(count: Int!): [Item!]! } type Item { id: ID! items: [Item!]! later: [Item!]! }',
  );
  const fields = (name: string) => (schema.getType(name) as ReturnType<GraphQLSchema['getQueryType']>)!.getFields();
  fields('Query')['items']!.resolve = (_source, { count }: { count: number }) => Promise.resolve(items(count, 2));
  fields('Item')['items']!.resolve = (item: Item) => item.items;
  fields('Item')['later']!.resolve = (item: Item) => Promise.resolve(item.items);
  scheduleFields(schema);
  return schema;
}

const schema = listSchema();
const document = parse('query ($count: Int!) { items(count: $count) { id items { id later { id } } later { id } } }');

async function run(scheduler: Scheduler | undefined, count: number): Promise<ExecutionResult> {
  const contextValue = scheduler === undefined ? {} : { task: scheduler.start() };
  return execute({ schema, document, contextValue, variableValues: { count } });
}

describe('operations in turns', () => {
  it.each([0, 4])('answer as in one go: stretches of %i ms', async (milliseconds) => {
    for (const count of [1, 16, 17, 40]) {
      expect(await run(createScheduler(milliseconds), count)).toEqual(await run(undefined, count));
    }
  });

  it('let the event loop turn many times while a large one runs', async () => {
    expect(await turnsDuring(() => run(createScheduler(0), 40))).toBeGreaterThan(100);
  });

  it('let a small one pass a large one that has begun before it', async () => {
    const scheduler = createScheduler(0);
    const order: string[] = [];
    await Promise.all([
      run(scheduler, 40).then(() => order.push('large')),
      run(scheduler, 2).then(() => order.push('small')),
    ]);
    expect(order).toEqual(['small', 'large']);
  });
});
