/** How two versions of an entry differ, field by field. */
import type { JsonObject } from '../../api/scalars.js';

export interface FieldDifference {
  /** As the API's documents name it. */
  readonly name: string;
  /** Undefined where the version does not have the field. */
  readonly before: unknown;
  readonly after: unknown;
}

/** They differ in every version. */
const IGNORED: ReadonlySet<string> = new Set(['version']);

export function documentDiff(before: JsonObject, after: JsonObject): readonly FieldDifference[] {
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...names]
    .filter((name) => !IGNORED.has(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({ name, before: before[name], after: after[name] }));
}

/** A value as a text that can be compared word by word. */
export function toText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}
