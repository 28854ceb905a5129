import { orderValues } from '../compare.js';
import type { Evaluate, Row } from '../evaluate/runtime.js';
import type { Value } from '../value.js';
import type { Meter } from './budget.js';
import { BATCH_ROWS, type Batches, evaluateParts, type Execution, type Step } from './execution.js';
import { type Bound, evaluateBound } from './slice.js';

export interface SortKey {
  readonly evaluate: Evaluate;
  readonly descending: boolean;
}

interface Sortable {
  readonly keys: readonly Value[];
  readonly row: Row;
}

/** So many rows are sorted at a stretch. */
const RUN_ROWS = 128;

type Order = (left: Sortable, right: Sortable) => number;

/** Sorts, keeping rows that are equal in their order; of the first rows only, where no more are asked for. */
export function sortStep(keys: readonly SortKey[], bounds: readonly Bound[], detail: string): Step {
  return {
    name: bounds.length === 0 ? 'Sort' : 'Top',
    detail,
    run: (input, execution) => sort(keys, bounds, input, execution),
  };
}

async function* sort(
  keys: readonly SortKey[],
  bounds: readonly Bound[],
  input: Batches,
  execution: Execution,
): Batches {
  const { meter } = execution;
  const most = await sumBounds(bounds, execution);
  if (most === 0) return;
  const order: Order = (left, right) => {
    for (const [index, { descending }] of keys.entries()) {
      const compared = orderValues(left.keys[index] ?? null, right.keys[index] ?? null);
      if (compared !== 0) return descending ? -compared : compared;
    }
    return 0;
  };
  let runs: Sortable[][] = [];
  /** Where as many as are asked for come before it: what comes behind it need not be held. */
  let last: Sortable | undefined;
  let held = 0;
  let bytes = 0;
  for await (const batch of input) {
    const parts = evaluateParts(batch, (row, runtime) => keys.map(({ evaluate }) => evaluate(row, runtime)), execution);
    for await (const { rows, results } of parts) {
      for (let from = 0; from < rows.length; from += RUN_ROWS) {
        const some = rows.slice(from, from + RUN_ROWS);
        const run = some
          .map((row, index): Sortable => ({ row, keys: results[from + index] ?? [] }))
          .filter((each) => last === undefined || order(each, last) < 0)
          .sort(order);
        if (run.length > most) run.length = most;
        const size = estimateRunBytes(run, meter);
        meter.takeBytes(size);
        bytes += size;
        held += run.length;
        if (run.length > 0) runs.push(run);
        if (meter.shouldYield()) await meter.yieldToEventLoop();
      }
      // Twice what is asked for is held, then cut to it: each row is compared a constant number of times on average.
      if (held < 2 * most + BATCH_ROWS) continue;
      const first = await mergeAll(runs, order, most, meter);
      runs = [first];
      held = first.length;
      if (held === most) last = first.at(-1);
      meter.takeBytes(-bytes);
      bytes = estimateRunBytes(first, meter);
      meter.takeBytes(bytes);
    }
  }
  const sorted = await mergeAll(runs, order, most, meter);
  for (let from = 0; from < sorted.length; from += BATCH_ROWS) {
    yield sorted.slice(from, from + BATCH_ROWS).map(({ row }) => row);
  }
  meter.takeBytes(-bytes);
}

async function sumBounds(bounds: readonly Bound[], execution: Execution): Promise<number> {
  if (bounds.length === 0) return Infinity;
  let most = 0;
  for (const bound of bounds) most += await evaluateBound(bound, execution);
  return most;
}

function estimateRunBytes(run: readonly Sortable[], meter: Meter): number {
  let size = 0;
  for (const { row, keys } of run) for (const value of [...row, ...keys]) size += meter.estimateBytes(value ?? null);
  return size;
}

/** Merges sorted runs two by two, letting other requests have their turn in between. */
async function mergeAll(runs: readonly Sortable[][], order: Order, most: number, meter: Meter): Promise<Sortable[]> {
  let level = [...runs];
  while (level.length > 1) {
    const next: Sortable[][] = [];
    for (let index = 0; index < level.length; index += 2) {
      const [left = [], right] = [level[index], level[index + 1]];
      next.push(right === undefined ? left : await merge(left, right, order, most, meter));
    }
    level = next;
  }
  return level[0] ?? [];
}

async function merge(
  left: readonly Sortable[],
  right: readonly Sortable[],
  order: Order,
  most: number,
  meter: Meter,
): Promise<Sortable[]> {
  const merged: Sortable[] = [];
  let [one, other] = [0, 0];
  while (merged.length < most) {
    const [first, second] = [left[one], right[other]];
    if (first === undefined && second === undefined) break;
    // What is equal stays in its order: the left run came first.
    const takeLeft = second === undefined || (first !== undefined && order(first, second) <= 0);
    const taken = takeLeft ? first : second;
    if (taken !== undefined) merged.push(taken);
    if (takeLeft) one += 1;
    else other += 1;
    if (merged.length % BATCH_ROWS === 0 && meter.shouldYield()) await meter.yieldToEventLoop();
  }
  return merged;
}
