import { equivalenceKey } from '../compare.js';
import { measureExtent } from '../evaluate/extent.js';
import { isList, isMap, type Value } from '../value.js';
import type { Execution } from './execution.js';

/** Values in a list or map whose key is made at a stretch. */
const AT_ONCE = 1_024;

type Shared = Pick<Execution, 'runtime' | 'meter'>;

/** The same for values that DISTINCT and grouping hold for the same: at once, or in turns where they are large. */
export function keyOfValues(values: readonly Value[], shared: Shared): string | Promise<string> {
  if (values.some((value) => isLarge(value, shared))) return keysInTurns(values, shared).then((keys) => keys.join('|'));
  return values.map(equivalenceKey).join('|');
}

function isLarge(value: Value, { runtime }: Shared): boolean {
  return typeof value === 'object' && measureExtent(value, runtime.extents).size > AT_ONCE;
}

async function keysInTurns(values: readonly Value[], shared: Shared): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const value of values) {
    keys.push(isLarge(value, shared) ? await largeKey(value, shared) : equivalenceKey(value));
    if (shared.meter.shouldYield()) await shared.meter.yieldToEventLoop();
  }
  return keys;
}

/** As {@link equivalenceKey}. */
async function largeKey(value: Value, shared: Shared): Promise<string> {
  if (isList(value)) return `[${(await keysInTurns(value, shared)).join()}]`;
  if (!isMap(value)) return equivalenceKey(value);
  const names = [...value.keys()].sort();
  const keys = await keysInTurns(
    names.map((name) => value.get(name) ?? null),
    shared,
  );
  return `{${names.map((name, index) => `${name.length}:${name}${keys[index] ?? ''}`).join()}}`;
}
