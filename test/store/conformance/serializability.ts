import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../../../src/store/byte-order.js';
import type { Reader, Store, Transaction } from '../../../src/store/contract.js';
import type { StoreFixture } from './harness.js';

type ReadStep =
  | { readonly read: 'get' | 'counter' | 'nonZero'; readonly key: string }
  | { readonly read: 'getMany' | 'counters'; readonly keys: readonly string[] }
  | {
      readonly read: 'scan' | 'scanKeys';
      readonly gte: string;
      readonly lt: string;
      readonly limit: number;
      readonly reverse: boolean;
    };
type WriteStep =
  | { readonly write: 'put'; readonly key: string }
  | { readonly write: 'delete'; readonly key: string }
  | { readonly write: 'add'; readonly key: string; readonly delta: number };
interface PauseStep {
  readonly pause: number;
}
type Step = ReadStep | WriteStep | PauseStep;

interface Script {
  readonly kind: 'transact' | 'read';
  /** Whether its reads are all begun at once. */
  readonly together: boolean;
  readonly steps: readonly Step[];
}

const plainKey = fc.constantFrom('p:a', 'p:b', 'p:c', 'p:d', 'p:e', 'p:f');
const counterKey = fc.constantFrom('c:a', 'c:b', 'c:c');
const bound = fc.constantFrom('', 'c:b', 'log:', 'log;', 'p:a', 'p:b', 'p:c', 'p:e', 'q');

const readStep: fc.Arbitrary<ReadStep> = fc.oneof(
  fc.record({ read: fc.constant('get' as const), key: plainKey }),
  fc.record({ read: fc.constantFrom('counter' as const, 'nonZero' as const), key: counterKey }),
  fc.record({ read: fc.constant('getMany' as const), keys: fc.array(plainKey, { maxLength: 3 }) }),
  fc.record({ read: fc.constant('counters' as const), keys: fc.array(counterKey, { maxLength: 3 }) }),
  fc.record({
    read: fc.constantFrom('scan' as const, 'scanKeys' as const),
    gte: bound,
    lt: bound,
    limit: fc.integer({ min: 1, max: 4 }),
    reverse: fc.boolean(),
  }),
);
const writeStep: fc.Arbitrary<WriteStep> = fc.oneof(
  fc.record({ write: fc.constant('put' as const), key: plainKey }),
  fc.record({ write: fc.constant('delete' as const), key: plainKey }),
  fc.record({ write: fc.constant('add' as const), key: counterKey, delta: fc.integer({ min: -2, max: 2 }) }),
);
const pauseStep: fc.Arbitrary<PauseStep> = fc.record({ pause: fc.nat(3) });

const script: fc.Arbitrary<Script> = fc.oneof(
  fc.record({
    kind: fc.constant('transact' as const),
    together: fc.boolean(),
    steps: fc.array(fc.oneof(readStep, writeStep, pauseStep), { maxLength: 6 }),
  }),
  fc.record({
    kind: fc.constant('read' as const),
    together: fc.boolean(),
    steps: fc.array(fc.oneof(readStep, pauseStep), { maxLength: 5 }),
  }),
);

/** A whole state: values as text, counters as numbers in text. */
type Model = ReadonlyMap<string, string>;

interface Done {
  readonly id: string;
  readonly script: Script;
  readonly seen: readonly unknown[];
  /** The sequence numbers of the store before and after. */
  readonly between: readonly [number, number];
  /** When it began and was answered, by a clock that ticks at each of both. */
  readonly began: number;
  readonly answered: number;
}

/**
 * Whatever many clients do at once, it is as if they had done it one after another in the order of the sequence numbers:
 * each read and each transaction saw one of the states, and none older than what was acknowledged, or seen by a read that
 * was answered, before it began. These numbers are in the order in which works ended.
 */
export function describeSerializability(
  createFixture: () => Promise<StoreFixture>,
  {
    isOneStream = true,
    isAlone = true,
    runs = 60,
  }: {
    /** Whether commits are in the order in which works ended: within one stream they are. */
    readonly isOneStream?: boolean;
    /** Whether nobody else commits, of whom the sequence number tells nothing. */
    readonly isAlone?: boolean;
    readonly runs?: number;
  } = {},
): void {
  test('transactions of many clients are serializable', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(script, { maxLength: 8 }), { minLength: 2, maxLength: 10 }),
        async (clients) => {
          const fixture = await createFixture();
          const store = await fixture.open();
          const done: Done[] = [];
          const ends: string[] = [];
          let clock = 0;
          await Promise.all(
            clients.map(async (scripts, client) => {
              for (const [at, one] of scripts.entries()) {
                const id = `${client}.${at}`;
                const first = store.sequence;
                const began = clock++;
                const seen = await runScript(store, one, id, ends);
                done.push({ id, script: one, seen, between: [first, store.sequence], began, answered: clock++ });
              }
            }),
          );
          await check(store, done, isOneStream ? ends : undefined, isAlone);
          await store.close();
          await fixture.dispose();
        },
      ),
      // What clients do at once falls out differently each time: a smaller example would tell of another run.
      { numRuns: runs, endOnFailure: true },
    );
  });
}

function runScript(store: Store, { kind, together, steps }: Script, id: string, ends: string[]): Promise<unknown[]> {
  const readAll = async (reader: Reader, write: (step: WriteStep, at: number) => void): Promise<unknown[]> => {
    const seen: unknown[] = [];
    for (const [at, step] of steps.entries()) {
      if ('read' in step) {
        const answer = readStore(reader, step);
        seen.push(together ? answer : await answer);
      } else if ('write' in step) write(step, at);
      else for (let pause = 0; pause < step.pause; pause++) await nextTurnOfEventLoop();
    }
    const answers = await Promise.all(seen);
    ends.push(id);
    return answers;
  };
  if (kind === 'read') return store.read((reader) => readAll(reader, () => undefined));
  return store.transact((transaction) => {
    transaction.append('log:', Buffer.from(id));
    return readAll(transaction, (step, at) => {
      writeStore(transaction, step, `${id}.${at}`);
    });
  });
}

async function readStore(reader: Reader, step: ReadStep): Promise<unknown> {
  switch (step.read) {
    case 'get':
      return (await reader.get(step.key))?.toString();
    case 'getMany':
      return (await reader.getMany(step.keys)).map((value) => value?.toString());
    case 'counter':
      return (await reader.counters([step.key]))[0];
    case 'counters':
      return reader.counters(step.keys);
    case 'nonZero':
      return (await reader.nonZero([step.key]))[0];
    case 'scan':
      return (await reader.scan(step)).map(({ key, value }) => [key, value.toString()]);
    case 'scanKeys':
      return reader.scanKeys(step);
  }
}

function writeStore(transaction: Transaction, step: WriteStep, value: string): void {
  if (step.write === 'put') transaction.put(step.key, Buffer.from(value));
  else if (step.write === 'delete') transaction.delete(step.key);
  else transaction.add(step.key, step.delta);
}

function readModel(model: Model, step: ReadStep): unknown {
  switch (step.read) {
    case 'get':
      return model.get(step.key);
    case 'getMany':
      return step.keys.map((key) => model.get(key));
    case 'counter':
      return Number(model.get(step.key) ?? 0);
    case 'counters':
      return step.keys.map((key) => Number(model.get(key) ?? 0));
    case 'nonZero':
      return model.has(step.key);
    case 'scan':
    case 'scanKeys': {
      const keys = [...model.keys()]
        .filter((key) => compareKeys(key, step.gte) >= 0 && compareKeys(key, step.lt) < 0)
        .sort(compareKeys);
      const page = (step.reverse ? keys.reverse() : keys).slice(0, step.limit);
      return step.read === 'scanKeys' ? page : page.map((key) => [key, model.get(key)]);
    }
  }
}

function writeModel(model: Model, { steps }: Script, id: string, logKey: string): Model {
  const after = new Map(model).set(logKey, id);
  for (const [at, step] of steps.entries()) {
    if (!('write' in step)) continue;
    if (step.write === 'put') after.set(step.key, `${id}.${at}`);
    else if (step.write === 'delete') after.delete(step.key);
    else {
      const sum = Number(after.get(step.key) ?? 0) + step.delta;
      if (sum === 0) after.delete(step.key);
      else after.set(step.key, String(sum));
    }
  }
  return after;
}

/**
 * Replays the log on the model.
 * @param ends which works ended, one after another; the last end of each counts
 */
async function check(
  store: Store,
  done: readonly Done[],
  ends: readonly string[] | undefined,
  isAlone: boolean,
): Promise<void> {
  const log = await store.read((reader) => reader.scan({ gte: 'log:', lt: 'log;', limit: 1000 }));
  const committed = done.filter((one) => one.script.kind === 'transact');
  expect(log.map(({ value }) => value.toString()).toSorted()).toEqual(committed.map(({ id }) => id).toSorted());
  const order = log.map(({ value }) => value.toString());
  if (ends !== undefined) {
    const lastEnds = [...new Set(ends.toReversed())].toReversed();
    expect(order).toEqual(lastEnds.filter((id) => order.includes(id)));
  }
  const byId = new Map(done.map((one) => [one.id, one]));

  /** The state after each sequence number. */
  const states: Model[] = [new Map()];
  for (const [at, entry] of log.entries()) {
    const sequence = at + 1;
    expect(entry.key).toBe('log:' + String(sequence).padStart(16, '0'));
    const one = byId.get(entry.value.toString());
    const state = states.at(-1);
    if (one === undefined || state === undefined) throw new Error('the log names an unknown transaction');
    expect(sequence).toBeGreaterThan(one.between[0]);
    if (isAlone) expect(sequence).toBeLessThanOrEqual(one.between[1]);
    expect(one.seen).toEqual(expected(state, one.script));
    states.push(writeModel(state, one.script, one.id, entry.key));
  }
  const answers = states.map((state) => (one: Script) => JSON.stringify(expected(state, one)));
  /** The earliest state that each read may have seen, with the time of its answer. */
  const reads: { readonly state: number; readonly answered: number }[] = [];
  for (const { id, script: one, seen, between, began, answered } of done.toSorted((a, b) => a.began - b.began)) {
    const seenBefore = Math.max(0, ...reads.filter((read) => read.answered < began).map(({ state }) => state));
    if (one.kind === 'transact') expect(order.indexOf(id)).toBeGreaterThanOrEqual(seenBefore);
    else {
      const from = Math.max(between[0], seenBefore);
      // A commit that was under way when it ended may be seen, although it is acknowledged a moment later.
      const state = answers.findIndex((answer, at) => at >= from && answer(one) === JSON.stringify(seen));
      expect(state, `no state from ${from} on is what a read has seen`).toBeGreaterThanOrEqual(from);
      reads.push({ state, answered });
    }
  }

  const last: Model = states.at(-1) ?? new Map();
  const all = await store.read((reader) => reader.scan({ gte: '', lt: '\u{10ffff}', limit: Infinity }));
  const found = all.map(({ key, value }) => [key, value.toString()]);
  expect(found).toEqual([...last.entries()].sort(([left], [right]) => compareKeys(left, right)));
}

function expected(model: Model, { steps }: Script): unknown[] {
  return steps.filter((step): step is ReadStep => 'read' in step).map((step) => readModel(model, step));
}
