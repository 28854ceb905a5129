import { orderValues } from '../compare.js';
import { measureExtent } from '../evaluate/extent.js';
import type { Evaluate, Row } from '../evaluate/runtime.js';
import type { Value } from '../value.js';
import type { Meter } from './budget.js';
import { BATCH_ROWS, type Batches, evaluateParts, type Execution, type Step } from './execution.js';
import { mergeRuns, type Order } from './merge.js';
import { type Bound, evaluateBound } from './slice.js';

export interface SortKey {
  readonly evaluate: Evaluate;
  readonly descending: boolean;
}

interface Sortable {
  readonly keys: readonly Value[];
  readonly row: Row;
}

/** So many rows are sorted at a stretch, unless they have large keys. */
const RUN_ROWS = 128;
/** Units of a text, or values of a list or map, from which on a key is large: comparing two takes a while. */
const LARGE_KEY = 1_024;

/** Bytes of rows that are held beyond what is asked for, from which on they are cut early. */
const LARGE_RUNS = 1024 * 1024;

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
  const order: Order<Sortable> = (left, right) => {
    for (const [index, { descending }] of keys.entries()) {
      const compared = orderValues(left.keys[index] ?? null, right.keys[index] ?? null);
      if (compared !== 0) return descending ? -compared : compared;
    }
    return 0;
  };
  const isLargeKey = (key: Value): boolean =>
    typeof key === 'string' ? key.length > LARGE_KEY : measureExtent(key, execution.runtime.extents).size > LARGE_KEY;
  let runs: Sortable[][] = [];
  /** Where as many as are asked for come before it: what comes behind it need not be held. */
  let last: Sortable | undefined;
  let held = 0;
  let bytes = 0;
  for await (const batch of input) {
    const parts = evaluateParts(batch, (row, runtime) => keys.map(({ evaluate }) => evaluate(row, runtime)), execution);
    for await (const { rows, results } of parts) {
      const runRows = results.some((each) => each.some(isLargeKey)) ? 1 : RUN_ROWS;
      for (let from = 0; from < rows.length; from += runRows) {
        const some = rows.slice(from, from + runRows);
        const run = some
          .map((row, index): Sortable => ({ row, keys: results[from + index] ?? [] }))
          .filter((each) => last === undefined || order(each, last) < 0)
          .sort(order);
        if (run.length > most) run.length = most;
        const size = await estimateRunBytes(run, meter);
        meter.takeBytes(size);
        bytes += size;
        held += run.length;
        if (run.length > 0) runs.push(run);
      }
      // Twice what is asked for is held, then cut to it: each row is compared a constant number of times on average.
      if (held < 2 * most + (bytes > LARGE_RUNS ? 0 : BATCH_ROWS)) continue;
      const first = await mergeRuns(runs, order, most, meter);
      runs = [first];
      held = first.length;
      if (held === most) last = first.at(-1);
      meter.takeBytes(-bytes);
      bytes = await estimateRunBytes(first, meter);
      meter.takeBytes(bytes);
    }
  }
  const sorted = await mergeRuns(runs, order, most, meter);
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

async function estimateRunBytes(run: readonly Sortable[], meter: Meter): Promise<number> {
  let size = 0;
  for (const { row, keys } of run) {
    for (const value of [...row, ...keys]) size += meter.estimateBytes(value ?? null);
    if (meter.shouldYield()) await meter.yieldToEventLoop();
  }
  return size;
}
