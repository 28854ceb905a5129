import { equivalenceKey } from '../compare.js';
import type { Row } from '../evaluate/runtime.js';
import type { Value } from '../value.js';
import type { Step } from './execution.js';
import { KeyMap } from './key-map.js';
import { keyOfValues } from './key.js';

/** Keeps the first of rows that have the same values in `slots`. */
export function distinctStep(slots: readonly number[], detail: string): Step {
  return {
    name: 'Distinct',
    detail,
    run: async function* (input, execution) {
      const { meter } = execution;
      const seen = new KeyMap<true>();
      for await (const rows of input) {
        const fresh: Row[] = [];
        for (const row of rows) {
          if (meter.shouldYield()) await meter.yieldToEventLoop();
          const made = keyOfValues(readSlots(row, slots), execution);
          const key = typeof made === 'string' ? made : await made;
          if (seen.get(key) === true) continue;
          meter.takeBytes(64 + 2 * key.length);
          seen.set(key, true);
          fresh.push(row);
        }
        if (fresh.length > 0) yield fresh;
      }
    },
  };
}

export function readSlots(row: Row, slots: readonly number[]): Value[] {
  return slots.map((slot) => row[slot] ?? null);
}

/** The same for rows whose values in `slots` are held for the same. */
export function keyOfSlots(row: Row, slots: readonly number[]): string {
  return slots.map((slot) => equivalenceKey(row[slot] ?? null)).join('|');
}
