import type { Evaluate, Row } from '../evaluate/runtime.js';
import { typeFault } from '../query-error.js';
import { isList, kindOf } from '../value.js';
import { BATCH_ROWS, evaluateRows, extended, type Step } from './execution.js';

/** A row for each item of a list. */
export function unwindStep(list: Evaluate, slot: number, at: number, detail: string): Step {
  return {
    name: 'Unwind',
    detail,
    run: async function* (input, execution) {
      for await (const rows of input) {
        const lists = await evaluateRows(rows, list, execution);
        let made: Row[] = [];
        for (const [index, row] of rows.entries()) {
          const items = lists[index] ?? null;
          if (items === null) continue;
          if (!isList(items)) throw typeFault(`UNWIND takes a list, not a ${kindOf(items)}`, at, 'InvalidArgumentType');
          for (const item of items) {
            made.push(extended(row, slot, item));
            if (made.length < BATCH_ROWS) continue;
            yield made;
            made = [];
          }
        }
        if (made.length > 0) yield made;
      }
    },
  };
}
