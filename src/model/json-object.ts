/** JSON objects that clients attach to what they send, and what is allowed in them. */
import { isJsonObject as isObject } from '../is-json-object.js';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = Record<string, JsonValue>;

export interface JsonBounds {
  /** UTF-8 bytes as JSON. */
  readonly bytes: number;
  /** Levels of lists and objects. */
  readonly depth: number;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return isObject(value);
}

/** What is wrong with an object that was read from JSON, as the rest of a sentence, if anything. */
export function jsonObjectProblem(value: JsonObject, { bytes, depth }: JsonBounds): string | undefined {
  if (Buffer.byteLength(JSON.stringify(value)) > bytes) return `must be at most ${bytes} bytes of JSON`;
  if (depthOf(value) > depth) return `must be nested at most ${depth} levels deep`;
  if (!allWellFormed(value)) return 'must be well-formed Unicode, without lone surrogates';
  return allFinite(value) ? undefined : 'must not hold numbers beyond those of 64-bit floating point';
}

function depthOf(value: JsonValue): number {
  return typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
}

function allWellFormed(value: JsonValue): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, each]) => key.isWellFormed() && allWellFormed(each));
}

/** JSON can write greater numbers than can be read: they would be stored as null. */
function allFinite(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(allFinite);
}
