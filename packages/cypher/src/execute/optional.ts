import { type Batches, type Execution, extended, once, runSteps, type Step } from './execution.js';

export interface OptionalOptions {
  readonly steps: readonly Step[];
  /** Tells the rows of a batch apart. */
  readonly tagSlot: number;
  /** What the steps bind; null where they find nothing. */
  readonly slots: readonly number[];
}

/** What its steps make of each row, or the row itself where that is nothing. */
export function optionalStep(options: OptionalOptions): Step {
  return {
    name: 'Optional',
    detail: 'a row with nulls where nothing matches',
    inner: [options.steps],
    run: (input, execution) => runOptional(options, input, execution),
  };
}

async function* runOptional({ steps, tagSlot, slots }: OptionalOptions, input: Batches, execution: Execution): Batches {
  for await (const rows of input) {
    const found = new Uint8Array(rows.length);
    const tagged = rows.map((row, index) => extended(row, tagSlot, index));
    for await (const matched of runSteps(steps, once(tagged), execution)) {
      for (const row of matched) found[Number(row[tagSlot])] = 1;
      yield matched;
    }
    const unmatched = rows
      .filter((_row, index) => found[index] === 0)
      .map((row) => {
        const copy = row.slice();
        for (const slot of slots) copy[slot] = null;
        return copy;
      });
    if (unmatched.length > 0) yield unmatched;
  }
}
