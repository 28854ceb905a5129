/** `Fields` without null and undefined. */
export type NonNullishFields<Fields> = { [Field in keyof Fields]?: Exclude<Fields[Field], null | undefined> };

/**
 * The fields that are there: GraphQL's null, an absent option and an absent body field all mean the same, and are left
 * out of what is stored and answered.
 * @example omitNullish({ a: 1, b: null, c: undefined }) // { a: 1 }
 */
export function omitNullish<Fields extends object>(fields: Fields): NonNullishFields<Fields> {
  // Called for every entry of a list: a loop, as entries and their arrays would be made for each.
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = (fields as Readonly<Record<string, unknown>>)[name];
    if (value !== null && value !== undefined) given[name] = value;
  }
  return given as NonNullishFields<Fields>;
}
