/**
 * How much work it is to tell whether the fields of a document can be merged (GraphQL, section 5.3.2). graphql-js compares
 * every two fields that meet under one name, through fragments and below one another, which a short text can make
 * quadratic. It is counted here first, by names alone, in steps of which no document gets more than a bounded number.
 */
import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { OperationRefusedError } from './limits.js';

/** Comparisons, and steps taken to count them; validation takes about a microsecond for each. */
export const MAX_COMPARISONS = 20_000;

/** @throws {OperationRefusedError} if fields overlap too often. */
export function checkOverlap(document: DocumentNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): void {
  let work = 0;
  // graphql-js remembers which fragments it has compared, so that a set within another one costs little more.
  const compared = new Set<SelectionSetNode>();
  const spend = (comparisons: number): void => {
    work += comparisons;
    if (work > MAX_COMPARISONS) {
      throw new OperationRefusedError(
        'OPERATION_LIMIT_EXCEEDED',
        `The fields and fragments of this document overlap too often: validating it may take at most ${MAX_COMPARISONS} ` +
          'comparisons, and this one takes more. Select each field once, and spread fewer fragments side by side',
      );
    }
  };

  /** The fields of selection sets that are merged into one, by the name that each has in the answer. */
  const collect = (sets: readonly SelectionSetNode[]): Map<string, FieldNode[]> => {
    const fields = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    const add = (set: SelectionSetNode): void => {
      compared.add(set);
      const { selections } = set;
      for (const selection of selections) {
        spend(1);
        if (selection.kind === Kind.FIELD) {
          const name = (selection.alias ?? selection.name).value;
          const same = fields.get(name);
          if (same === undefined) fields.set(name, [selection]);
          else same.push(selection);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) add(selection.selectionSet);
        else if (!spread.has(selection.name.value)) {
          // Each fragment is compared with each other one beside it.
          spend(spread.size);
          spread.add(selection.name.value);
          const fragment = fragments.get(selection.name.value);
          if (fragment !== undefined) add(fragment.selectionSet);
        }
      }
    };
    sets.forEach(add);
    return fields;
  };

  const compare = (sets: readonly SelectionSetNode[]): void => {
    for (const same of collect(sets).values()) {
      spend((same.length * (same.length - 1)) / 2);
      const below = same.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (below.length > 1 || below.some((set) => !compared.has(set))) compare(below);
    }
  };

  // The operations first: most fragments are part of what they select.
  for (const kind of [Kind.OPERATION_DEFINITION, Kind.FRAGMENT_DEFINITION]) {
    for (const definition of document.definitions) {
      if (!('selectionSet' in definition) || definition.kind !== kind) continue;
      if (!compared.has(definition.selectionSet)) compare([definition.selectionSet]);
    }
  }
}
