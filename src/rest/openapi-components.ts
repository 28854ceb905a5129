/** Gives the schemas of a description names, and each of them one place. */
import { isDeepStrictEqual } from 'node:util';
import { DOCUMENTED_AS } from './schemas.js';

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A part of a description in which a `$ref` stands for every schema that has a `title`; the schemas themselves go to
 * `named`, by title. Nothing but schemas may have a `title` there.
 * @throws {Error} if two different schemas have the same title.
 */
export function nameSchemas(part: unknown, named: Map<string, Json>): unknown {
  if (Array.isArray(part)) return part.map((each) => nameSchemas(each, named));
  if (!isObject(part)) return part;
  const shown = part[DOCUMENTED_AS];
  if (typeof shown === 'string') return referenceTo(shown);
  const copy: Json = Object.fromEntries(
    // What is in an example is no schema.
    Object.entries(part).map(([key, value]) => [key, isExample(key) ? value : nameSchemas(value, named)]),
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

function isExample(key: string): boolean {
  return key === 'example' || key === 'examples' || key === 'default';
}

function referenceTo(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}
