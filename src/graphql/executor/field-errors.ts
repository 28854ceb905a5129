import type { GraphQLError, GraphQLResolveInfo } from 'graphql';

/** Where a field or an item is in the answer; its identity is that of the place. */
export type Path = GraphQLResolveInfo['path'];

/** The errors of an execution. What fails below a place that is null already is not told. */
export interface FieldErrors {
  readonly all: readonly GraphQLError[];
  /** @param path the place that becomes null: undefined for all of the data */
  readonly add: (error: GraphQLError, path: Path | undefined) => void;
}

export function createFieldErrors(): FieldErrors {
  const all: GraphQLError[] = [];
  const nulled = new Set<Path | undefined>();
  return {
    all,
    add: (error, path) => {
      for (let place = path; place !== undefined; place = place.prev) if (nulled.has(place)) return;
      if (nulled.has(undefined)) return;
      nulled.add(path);
      all.push(error);
    },
  };
}
