import type { GraphQLError, GraphQLResolveInfo } from 'graphql';
import type { RequestBudget } from '../budget/request-budget.js';

/** Where a field or an item is in the answer; its identity is that of the place. */
export type Path = GraphQLResolveInfo['path'];

/** The errors of an execution. What fails below a place that is null already is not told. */
export interface FieldErrors {
  readonly all: readonly GraphQLError[];
  /** @param path the place that becomes null: undefined for all of the data */
  readonly add: (error: GraphQLError, path: Path | undefined) => void;
}

/** @param budget counts them */
export function createFieldErrors(budget?: Pick<RequestBudget, 'countError'>): FieldErrors {
  const all: GraphQLError[] = [];
  const nulled = new Set<Path | undefined>();
  return {
    all,
    add: (error, path) => {
      for (let place = path; place !== undefined; place = place.prev) if (nulled.has(place)) return;
      if (nulled.has(undefined)) return;
      nulled.add(path);
      all.push(error);
      budget?.countError();
    },
  };
}

/** The errors in the order of their places in the answer, whichever came first. */
export function inOrderOfPlaces(errors: readonly GraphQLError[], data: unknown): readonly GraphQLError[] {
  return [...errors].sort((one, other) => comparePlaces(one.path ?? [], other.path ?? [], data));
}

type PlaceKeys = readonly (string | number)[];

function comparePlaces(one: PlaceKeys, other: PlaceKeys, data: unknown): number {
  let at = data;
  for (const [depth, key] of one.entries()) {
    const otherKey = other[depth];
    if (otherKey === undefined) return 1;
    const isObject = typeof at === 'object' && at !== null;
    if (key !== otherKey) {
      if (typeof key === 'number' && typeof otherKey === 'number') return key - otherKey;
      const keys: PlaceKeys = isObject ? Object.keys(at as object) : [];
      return keys.indexOf(key) - keys.indexOf(otherKey);
    }
    at = isObject ? (at as Readonly<Record<string | number, unknown>>)[key] : undefined;
  }
  return one.length - other.length;
}
