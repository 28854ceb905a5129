/** Moves titled schemas of a description to named components. */
import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from '../is-json-object.js';
import { DOCUMENTED_AS } from '../model/field-kinds.js';

export type Json = Readonly<Record<string, unknown>>;

/**
 * Replaces every schema that has a `title` by a `$ref` and adds the schema to `named` under that title. Only schemas may have
 * a `title`.
 * @throws {Error} if two different schemas have the same title.
 */
export function nameSchemas(part: unknown, named: Map<string, Json>): unknown {
  if (Array.isArray(part)) return part.map((each) => nameSchemas(each, named));
  if (!isJsonObject(part)) return part;
  const shown = part[DOCUMENTED_AS];
  if (typeof shown === 'string') return referenceTo(shown);
  const copy: Json = Object.fromEntries(
    // Examples contain values, not schemas.
    Object.entries(part)
      .filter(([key]) => !isCondition(key))
      .map(([key, value]) => [key, isExample(key) ? value : nameSchemas(value, named)]),
  );
  const { title, ...schema } = copy;
  if (typeof title !== 'string') return copy;
  const known = named.get(title);
  if (known !== undefined && !isDeepStrictEqual(known, schema)) {
    throw new Error(`Two schemas have the title ${title}`);
  }
  named.set(title, schema);
  return referenceTo(title);
}

/** Which fields depend on which others is said in words: few tools that read descriptions know conditions. */
function isCondition(key: string): boolean {
  return key === 'if' || key === 'then';
}

function isExample(key: string): boolean {
  return key === 'example' || key === 'examples' || key === 'default';
}

function referenceTo(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}
