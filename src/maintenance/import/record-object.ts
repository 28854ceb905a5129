/** Reads what foreign JSON holds, of which nothing is certain. */
import { isJsonObject } from '../../is-json-object.js';

/** A JSON object of a file; the shape of its values is not checked yet. */
export type RecordObject = Readonly<Record<string, unknown>>;

/** The value under a name, or along a path of names with dots between them. */
export function valueAt(record: RecordObject, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path];
  // A name may have dots itself.
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const first = path.slice(0, dot);
    const inner = Object.hasOwn(record, first) ? record[first] : undefined;
    if (isJsonObject(inner)) return valueAt(inner, path.slice(dot + 1));
  }
  return undefined;
}

/** The object under a path; an empty one if there is none. */
export function objectAt(record: RecordObject, path: string): RecordObject {
  const value = valueAt(record, path);
  return isJsonObject(value) ? value : {};
}

/** The objects of the list under a path; none if there is no list. */
export function objectsAt(record: RecordObject, path: string): readonly RecordObject[] {
  const value = valueAt(record, path);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The text under a path, unless it is blank. */
export function textAt(record: RecordObject, path: string): string | undefined {
  const value = valueAt(record, path);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** The id under a path, which may be a number. */
export function idAt(record: RecordObject, path: string): string | undefined {
  const value = valueAt(record, path);
  return Number.isSafeInteger(value) ? String(value) : textAt(record, path);
}

/** The texts of the list under a path that are not blank. */
export function textsAt(record: RecordObject, path: string): readonly string[] {
  const value = valueAt(record, path);
  if (!Array.isArray(value)) return [];
  return value.filter((each): each is string => typeof each === 'string' && each.trim() !== '');
}

/** The first value of these names that is there. */
export function firstOf(record: RecordObject, names: readonly string[]): unknown {
  const name = names.find((each) => Object.hasOwn(record, each) && record[each] !== null && record[each] !== '');
  return name === undefined ? undefined : record[name];
}

/** Whether all of these names are there, with a value. */
export function hasAll(record: RecordObject, ...names: readonly string[]): boolean {
  return names.every((name) => Object.hasOwn(record, name) && record[name] !== null);
}
