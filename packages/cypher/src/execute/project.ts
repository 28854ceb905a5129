import type { Evaluate } from '../evaluate/runtime.js';
import { evaluateParts, type Step } from './execution.js';

export interface Projected {
  readonly slot: number;
  readonly evaluate: Evaluate;
}

/** Fills slots of each row with what expressions say. */
export function projectStep(items: readonly Projected[], detail: string): Step {
  return {
    name: 'Project',
    detail,
    run: async function* (input, execution) {
      for await (const rows of input) {
        const parts = evaluateParts(
          rows,
          (row, runtime) => {
            const copy = row.slice();
            // All are evaluated on the row as it was: an item never sees another one.
            for (const { slot, evaluate } of items) copy[slot] = evaluate(row, runtime);
            return copy;
          },
          execution,
        );
        for await (const { results } of parts) yield results;
      }
    },
  };
}
