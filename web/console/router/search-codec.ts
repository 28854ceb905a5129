/**
 * Search parameters with types: what a screen shows is in its address. Each parameter has a default, which is left out of
 * the address; parameters stand in the order of the codec, so that the same view always has the same address.
 */
export interface Parameter<Value> {
  readonly initial: Value;
  /** Undefined for a text that is no value. */
  readonly parse: (texts: readonly string[]) => Value | undefined;
  readonly serialize: (value: Value) => readonly string[];
}

/** Some text, empty unless given. */
export function text(): Parameter<string> {
  return { initial: '', parse: ([first]) => first, serialize: (value) => (value === '' ? [] : [value]) };
}

/** One of some values, or undefined for all. In the address they are in lower case. */
export function oneOf<const Value extends string>(values: readonly Value[]): Parameter<Value | undefined> {
  return {
    initial: undefined,
    parse: ([first]) => values.find((value) => value.toLowerCase() === first?.toLowerCase()),
    serialize: (value) => (value === undefined ? [] : [value.toLowerCase()]),
  };
}

/** One of some values, the given one unless the address names another. */
export function choice<const Value extends string>(
  values: readonly Value[],
  initial: NoInfer<Value>,
): Parameter<Value> {
  const { parse } = oneOf(values);
  return { initial, parse, serialize: (value) => (value === initial ? [] : [value.toLowerCase()]) };
}

/** A whole number of at least `min`. */
export function integer(initial: number, min = 0): Parameter<number> {
  return {
    initial,
    parse: ([first = '']) => (/^-?\d{1,15}$/.test(first) && Number(first) >= min ? Number(first) : undefined),
    serialize: (value) => (value === initial ? [] : [String(value)]),
  };
}

export function flag(): Parameter<boolean> {
  return {
    initial: false,
    parse: ([first]) => (first === '1' ? true : first === '0' ? false : undefined),
    serialize: (value) => (value ? ['1'] : []),
  };
}

/** A day, as 2026-01-31; undefined for none. */
export function day(): Parameter<string | undefined> {
  return {
    initial: undefined,
    parse: ([first = '']) => (/^\d{4}-\d\d-\d\d$/.test(first) && !Number.isNaN(Date.parse(first)) ? first : undefined),
    serialize: (value) => (value === undefined ? [] : [value]),
  };
}

/** Several texts; the parameter stands once for each. */
export function texts(): Parameter<readonly string[]> {
  return { initial: [], parse: (given) => [...new Set(given)], serialize: (value) => value };
}

export interface ParsedSearch<Search> {
  readonly search: Search;
  /** Parameters that the screen does not know, or whose value is none: it says so, and ignores them. */
  readonly ignored: readonly string[];
}

type Shape<Search> = { readonly [Name in keyof Search]: Parameter<Search[Name]> };

export interface SearchCodec<Search> {
  readonly parse: (query: string) => ParsedSearch<Search>;
  /** With the leading question mark; empty if every parameter has its default. */
  readonly serialize: (search: Partial<Search>) => string;
}

export function searchCodec<Search extends object>(shape: Shape<Search>): SearchCodec<Search> {
  const names = Object.keys(shape) as (keyof Search & string)[];
  return {
    parse: (query) => {
      const given = new URLSearchParams(query);
      const ignored = [...new Set(given.keys())].filter((name) => !Object.hasOwn(shape, name));
      const search: Partial<Search> = {};
      for (const name of names) {
        const values = given.getAll(name);
        const parsed = values.length === 0 ? undefined : shape[name].parse(values);
        if (values.length > 0 && parsed === undefined) ignored.push(name);
        search[name] = parsed ?? shape[name].initial;
      }
      return { search: search as Search, ignored };
    },
    serialize: (search) => {
      const query = new URLSearchParams();
      for (const name of names) {
        const value = search[name];
        if (value !== undefined) for (const part of shape[name].serialize(value)) query.append(name, part);
      }
      const text = query.toString();
      return text === '' ? '' : `?${text}`;
    },
  };
}
