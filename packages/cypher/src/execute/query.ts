import type { QueryPlan } from '../plan/query.js';
import type { Value } from '../value.js';
import { readSlots } from './distinct.js';
import { type Execution, once, runSteps } from './execution.js';
import { KeyMap } from './key-map.js';
import { keyOfValues } from './key.js';

/** The rows of a query's answer, in the order of its columns. */
export async function executePlan({ parts, unionAll }: QueryPlan, execution: Execution): Promise<Value[][]> {
  const { meter } = execution;
  const answer: Value[][] = [];
  const seen = new KeyMap<true>();
  for (const { steps, slots } of parts) {
    for await (const rows of runSteps(steps, once([[]]), execution)) {
      for (const row of rows) {
        if (meter.shouldYield()) await meter.yieldToEventLoop();
        const values = readSlots(row, slots);
        if (!unionAll) {
          const made = keyOfValues(values, execution);
          const key = typeof made === 'string' ? made : await made;
          if (seen.get(key) === true) continue;
          meter.takeBytes(64 + 2 * key.length);
          seen.set(key, true);
        }
        for (const value of values) meter.takeBytes(meter.estimateBytes(value));
        answer.push(values);
      }
    }
  }
  return answer;
}
