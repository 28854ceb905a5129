import { toTruth } from '../evaluate/compile.js';
import type { Evaluate } from '../evaluate/runtime.js';
import { evaluateRows, type Step } from './execution.js';

export interface Condition {
  readonly evaluate: Evaluate;
  readonly at: number;
}

/** Keeps the rows for which every condition is true; what is unknown is not. */
export function filterStep(conditions: readonly Condition[], detail: string, name = 'Filter'): Step {
  return {
    name,
    detail,
    run: async function* (input, execution) {
      for await (const rows of input) {
        const kept = await evaluateRows(
          rows,
          (row, runtime) => conditions.every(({ evaluate, at }) => toTruth(evaluate(row, runtime), at) === true),
          execution,
        );
        const left = rows.filter((_row, index) => kept[index]);
        if (left.length > 0) yield left;
      }
    },
  };
}
