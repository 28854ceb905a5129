import type { Evaluate, Row } from '../evaluate/runtime.js';
import { typeFault } from '../query-error.js';
import { isList, kindOf, type Value, withArticle } from '../value.js';
import { BATCH_ROWS, evaluateParts, evaluateRows, extended, type Step } from './execution.js';

export interface UnwindOptions {
  readonly list: Evaluate;
  /** The arguments where the list is a call of range(): its items are then made as they are asked for. */
  readonly range?: Evaluate;
  readonly slot: number;
  readonly at: number;
  readonly detail: string;
}

/** A row for each item of a list. */
export function unwindStep({ list, range, slot, at, detail }: UnwindOptions): Step {
  const toItems = (items: Value): Iterable<Value> => {
    if (items === null) return [];
    if (isList(items)) return items;
    throw typeFault(`UNWIND takes a list, not ${withArticle(kindOf(items))}`, at, 'InvalidArgumentType');
  };
  return {
    name: 'Unwind',
    detail,
    run: async function* (input, execution) {
      for await (const rows of input) {
        const ranges = range === undefined ? [] : (await evaluateRows(rows, range, execution)).map(toLazyRange);
        const isLazy = ranges.length > 0 && ranges.every((items) => items !== undefined);
        if (isLazy) {
          yield* unwound(rows, ranges, slot);
          continue;
        }
        for await (const part of evaluateParts(rows, list, execution)) {
          yield* unwound(part.rows, part.results.map(toItems), slot);
        }
      }
    },
  };
}

function* unwound(
  rows: readonly Row[],
  lists: readonly (Iterable<Value> | undefined)[],
  slot: number,
): Generator<readonly Row[]> {
  let made: Row[] = [];
  for (const [index, row] of rows.entries()) {
    for (const item of lists[index] ?? []) {
      made.push(extended(row, slot, item));
      if (made.length < BATCH_ROWS) continue;
      yield made;
      made = [];
    }
  }
  if (made.length > 0) yield made;
}

/** The items of range() for these arguments; `undefined` for those that the function itself has to judge. */
function toLazyRange(args: Value): Iterable<bigint> | undefined {
  const [start, end, step = 1n] = isList(args) ? args : [];
  if (typeof start !== 'bigint' || typeof end !== 'bigint' || typeof step !== 'bigint' || step === 0n) return undefined;
  return integers(start, end, step);
}

function* integers(start: bigint, end: bigint, step: bigint): Generator<bigint> {
  for (let item = start; step > 0n ? item <= end : item >= end; item += step) yield item;
}
