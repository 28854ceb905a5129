import type { Row } from '../evaluate/runtime.js';
import { isList, isNode, isRelationship, type NodeValue, type PathValue, type RelationshipValue } from '../value.js';
import { extended, type Step } from './execution.js';

/** Where the parts of a named path are found in a row. */
export interface PathSlots {
  readonly nodes: readonly number[];
  /** One fewer than nodes. `between` holds the nodes within a variable-length relationship. */
  readonly relationships: readonly { readonly slot: number; readonly between?: number }[];
}

/** Puts a named path together from what was matched. */
export function pathStep(slot: number, parts: PathSlots, name: string): Step {
  return {
    name: 'Path',
    detail: name,
    run: async function* (input) {
      for await (const rows of input) yield rows.map((row) => extended(row, slot, buildPath(row, parts)));
    },
  };
}

function buildPath(row: Row, parts: PathSlots): PathValue | null {
  const nodes: NodeValue[] = [];
  const relationships: RelationshipValue[] = [];
  for (const [index, nodeSlot] of parts.nodes.entries()) {
    const node = row[nodeSlot] ?? null;
    if (!isNode(node)) return null;
    const before = parts.relationships[index - 1];
    if (before !== undefined) {
      const relationship = row[before.slot] ?? null;
      const between = before.between === undefined ? [] : (row[before.between] ?? []);
      if (isList(between)) nodes.push(...between.filter(isNode));
      if (isList(relationship)) relationships.push(...relationship.filter(isRelationship));
      else if (isRelationship(relationship)) relationships.push(relationship);
      // A variable-length relationship of length 0 begins and ends at one node.
      if (isList(relationship) && relationship.length === 0) continue;
    }
    nodes.push(node);
  }
  return { kind: 'path', nodes, relationships };
}
