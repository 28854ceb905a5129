import { MAX_VALUE_LENGTH } from '../arithmetic.js';
import { argumentFault } from '../query-error.js';
import { isList, isMap, type Value } from '../value.js';
import { type Runtime, spend } from './runtime.js';

/** How deep lists and maps of a value are nested, and how many values it is made of when written out. */
export interface Extent {
  readonly depth: number;
  readonly size: number;
}

/** Levels of lists and maps that a value may have; keeps what goes through a value off the end of the stack. */
const MAX_DEPTH = 64;
const LEAF: Extent = { depth: 0, size: 1 };

/** Each list or map is measured once: one that holds another many times takes little memory, but a lot when written out. */
export function measureExtent(value: Value, extents: Runtime['extents']): Extent {
  if (!isList(value) && !isMap(value)) return LEAF;
  const known = extents.get(value);
  if (known !== undefined) return known;
  let depth = 0;
  let size = 1;
  for (const item of isList(value) ? value : value.values()) {
    const inner = item !== null && typeof item === 'object' ? measureExtent(item, extents) : LEAF;
    if (inner.depth > depth) depth = inner.depth;
    size += inner.size;
  }
  const extent = { depth: depth + 1, size };
  extents.set(value, extent);
  return extent;
}

/** @throws {import('../query-error.js').QueryFault} for a list or map that is nested too deep or too large. */
export function bounded<Made extends Value>(value: Made, { extents }: Runtime, at?: number): Made {
  const { depth, size } = measureExtent(value, extents);
  if (depth > MAX_DEPTH) {
    const message = `Lists and maps must not be nested more than ${MAX_DEPTH} levels deep`;
    throw argumentFault('NestingTooDeep', message, at);
  }
  if (size > MAX_VALUE_LENGTH + 1) {
    const message = `A list or map must contain at most ${MAX_VALUE_LENGTH} values`;
    throw argumentFault('ValueTooLong', message, at);
  }
  return value;
}

/** Counts what comparing two values costs: nothing for short ones. */
export function spendComparing(left: Value, right: Value, runtime: Runtime): void {
  if (typeof left === 'string') {
    if (typeof right === 'string') spendReading(left.length < right.length ? left : right, runtime);
  } else if (left !== null && right !== null && typeof left === 'object' && typeof right === 'object') {
    const { extents } = runtime;
    spend(runtime, Math.min(measureExtent(left, extents).size, measureExtent(right, extents).size));
  }
}

/** Counts what it costs to look for a value among items. */
export function spendSearching(items: readonly Value[], value: Value, runtime: Runtime): void {
  const { extents } = runtime;
  const each = typeof value === 'string' ? 1 + (value.length >> 10) : measureExtent(value, extents).size;
  spend(runtime, each === 1 ? items.length : items.length * each);
}

/** Counts what reading a text costs: nothing for a short one. */
export function spendReading(text: string, runtime: Runtime): void {
  if (text.length >= 64) spend(runtime, text.length >> 6);
}

/** Counts what looking for a text in another costs: for repetitive texts the product of their lengths. */
export function spendFinding(text: string, sought: string, runtime: Runtime): void {
  spendReading(text, runtime);
  const comparisons = Math.max(0, text.length - sought.length) * sought.length;
  if (comparisons >= 512) spend(runtime, Math.floor(comparisons / 512));
}

/** Counts what making a text of another costs. */
export function spendMaking(value: Value, runtime: Runtime): void {
  if (typeof value === 'string' && value.length >= 16) spend(runtime, value.length >> 4);
}
