/** `Fields` without null and undefined. */
export type Present<Fields> = { [Field in keyof Fields]?: Exclude<Fields[Field], null | undefined> };

/**
 * The fields that are there: GraphQL's null, an absent option and an absent body field all mean the same, and are left
 * out of what is stored and answered.
 * @example present({ a: 1, b: null, c: undefined }) // { a: 1 }
 */
export function present<Fields extends object>(fields: Fields): Present<Fields> {
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given) as Present<Fields>;
}
