/** Tells a scale, such as one to five stars, from a verdict: of a scale, 1 is the worst value and not the good one. */
import { isJsonObject } from '../../is-json-object.js';
import type { RecordObject } from './record-object.js';
import type { AnyRecord } from './records.js';

/** How many values of a scale an error names. */
const MAX_VALUES = 5;

export interface ScaleDetector {
  /** Takes the next value; returns the numbers seen so far if no verdict has all of them. */
  readonly add: (value: unknown) => readonly number[] | undefined;
}

/** A verdict in numbers has two values: 1 and 0, or 1 and -1. */
export function createScaleDetector(): ScaleDetector {
  const seen = new Set<number>();
  return {
    add: (value) => {
      const number = toNumber(value);
      if (number === undefined) return undefined;
      if (seen.size < MAX_VALUES) seen.add(number);
      const isVerdict = [...seen].every((each) => Math.abs(each) === 1 || each === 0) && !(seen.has(0) && seen.has(-1));
      return isVerdict ? undefined : [...seen].sort((one, other) => one - other);
    },
  };
}

/**
 * The values of a scale in these records, which are read as far as it takes to know: to the first word, as words are
 * checked row by row, or to the end.
 * @param valueOf what a record has for its verdict
 */
export async function findScale(
  records: AsyncIterable<AnyRecord>,
  valueOf: (record: RecordObject) => unknown,
): Promise<readonly number[] | undefined> {
  const detector = createScaleDetector();
  for await (const record of records) {
    const value = record.problem === undefined ? valueIn(record.text, valueOf) : undefined;
    if (value === undefined || value === null || value === '') continue;
    if (toNumber(value) === undefined) return undefined;
    const scale = detector.add(value);
    if (scale !== undefined) return scale;
  }
  return undefined;
}

function valueIn(text: string, valueOf: (record: RecordObject) => unknown): unknown {
  try {
    const record: unknown = JSON.parse(text);
    return isJsonObject(record) ? valueOf(record) : undefined;
  } catch {
    return undefined;
  }
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && /^[-+]?\d+(?:\.\d+)?$/.test(value.trim())) return Number(value);
  return typeof value === 'number' ? value : undefined;
}
