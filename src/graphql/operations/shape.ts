/** What a document looks like, whatever the schema: the limits that hold before it is validated. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { OperationRefusedError, type OperationLimits, overLimit } from './limits.js';

export interface DocumentShape {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Whether it asks about the schema itself. */
  readonly introspects: boolean;
  /** Whether it has so few fields, fragments unfolded, and none under a condition, that what it selects is worth remembering. */
  readonly isPlain: boolean;
}

/** Fields of a plain document. */
const FEW_FIELDS = 500;

/** @throws {OperationRefusedError} naming the limit that it is over, or the fragment that spreads itself. */
export function checkShape(document: DocumentNode, limits: OperationLimits): DocumentShape {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  let aliases = 0;
  let directives = 0;
  let introspects = false;
  visit(document, {
    Field: ({ alias, name }: FieldNode) => {
      if (alias !== undefined) aliases += 1;
      if (name.value === '__schema' || name.value === '__type') introspects = true;
    },
    Directive: () => {
      directives += 1;
    },
    SelectionSet: (node) => {
      aliases += repeatedFields(node);
    },
  });
  if (aliases > limits.aliases) throw overLimit('aliases', limits, aliases);
  if (directives > limits.directives) throw overLimit('directives', limits, directives);
  const depthOf = createDepth(fragments);
  for (const definition of document.definitions) {
    if (!('selectionSet' in definition)) continue;
    const depth = depthOf(definition.selectionSet);
    if (depth > limits.depth) throw overLimit('depth', limits, depth);
  }
  const isPlain = directives === 0 && countFields(document, fragments) <= FEW_FIELDS;
  return { fragments, introspects, isPlain };
}

/** The fields of all operations, with fragments unfolded as often as they are spread; no fragment spreads itself. */
function countFields(document: DocumentNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): number {
  const known = new Map<string, number>();
  const inFragment = (name: string): number => {
    let count = known.get(name);
    if (count === undefined) {
      const fragment = fragments.get(name);
      count = fragment === undefined ? 0 : inSet(fragment.selectionSet);
      known.set(name, count);
    }
    return count;
  };
  const inSet = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return sum + inFragment(selection.name.value);
      const below = selection.selectionSet === undefined ? 0 : inSet(selection.selectionSet);
      return sum + below + (selection.kind === Kind.FIELD ? 1 : 0);
    }, 0);
  return document.definitions.reduce(
    (sum, definition) => sum + (definition.kind === Kind.OPERATION_DEFINITION ? inSet(definition.selectionSet) : 0),
    0,
  );
}

/** A field that is repeated under one name is merged, at a cost that grows with the square of how often it is there. */
function repeatedFields({ selections }: SelectionSetNode): number {
  if (selections.length < 2) return 0;
  const names = selections.map((selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return `... on ${selection.typeCondition?.name.value ?? ''}`;
    if (selection.kind === Kind.FRAGMENT_SPREAD) return `...${selection.name.value}`;
    return (selection.alias ?? selection.name).value;
  });
  return names.length - new Set(names).size;
}

/** The depth of a selection set, each fragment looked at once however often it is spread. */
function createDepth(fragments: ReadonlyMap<string, FragmentDefinitionNode>): (set: SelectionSetNode) => number {
  const depths = new Map<string, number | 'under way'>();

  const depthOfFragment = (name: string): number => {
    const known = depths.get(name);
    if (known === 'under way') {
      throw new OperationRefusedError('OPERATION_LIMIT_EXCEEDED', `The fragment '${name}' must not spread itself`);
    }
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    if (fragment === undefined) return 0;
    depths.set(name, 'under way');
    const depth = depthOf(fragment.selectionSet);
    depths.set(name, depth);
    return depth;
  };

  const depthOf = ({ selections }: SelectionSetNode): number => {
    let deepest = 0;
    for (const selection of selections) {
      const depth =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? depthOfFragment(selection.name.value)
          : (selection.kind === Kind.FIELD ? 1 : 0) +
            (selection.selectionSet === undefined ? 0 : depthOf(selection.selectionSet));
      if (depth > deepest) deepest = depth;
    }
    return deepest;
  };
  return depthOf;
}
