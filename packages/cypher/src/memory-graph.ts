import { equivalenceKey } from './compare.js';
import { hasType, createNodeMatcher } from './pattern-match.js';
import type { ExpandRequest, GraphCounters, Hop, NodeGroup, NodePattern, PropertyGraph } from './property-graph.js';
import type { MapValue, NodeValue, RelationshipValue, Value } from './value.js';

/** A graph of plain objects, which grows. */
export interface MemoryGraph extends PropertyGraph {
  addNode(labels: readonly string[], properties?: MapValue): NodeValue;
  addRelationship(type: string, from: NodeValue, to: NodeValue, properties?: MapValue): RelationshipValue;
  readonly allNodes: readonly NodeValue[];
  readonly allRelationships: readonly RelationshipValue[];
}

export interface MemoryGraphOptions {
  /** Whether it counts and groups as a store with counters does; otherwise it only estimates. */
  readonly counters?: boolean;
  /** The most nodes or hops of a page, whatever is asked for. */
  readonly pageSize?: number;
}

export function createMemoryGraph({ counters = true, pageSize = 100 }: MemoryGraphOptions = {}): MemoryGraph {
  const nodes: NodeValue[] = [];
  const relationships: RelationshipValue[] = [];
  const byId = new Map<string, NodeValue>();
  const touching = new Map<string, RelationshipValue[]>();

  const listHops = (id: string, { types, direction, far }: Omit<ExpandRequest, 'from'>): Omit<Hop, 'from'>[] => {
    const matches = createNodeMatcher(far);
    return (touching.get(id) ?? []).flatMap((relationship) => {
      if (!hasType(relationship, types)) return [];
      const { start, end } = relationship;
      const ends = [
        ...(direction !== 'in' && start === id ? [end] : []),
        ...(direction !== 'out' && end === id && (start !== id || direction === 'in') ? [start] : []),
      ];
      return ends.flatMap((end) => {
        const node = byId.get(end);
        return node !== undefined && matches(node) ? [{ relationship, node }] : [];
      });
    });
  };
  const neighbours = (pattern: NodePattern, request: Omit<ExpandRequest, 'from'>): NodeValue[] =>
    nodes.filter(createNodeMatcher(pattern)).flatMap(({ id }) => listHops(id, request).map(({ node }) => node));
  const plain = { needed: 'all', relationshipsNeeded: true, limit: 1 } as const;

  const graphCounters: GraphCounters = {
    canGroupNodes: () => true,
    groupNodes: (pattern, properties) => Promise.resolve(grouped(nodes.filter(createNodeMatcher(pattern)), properties)),
    canPairNeighbours: ({ direction }) => direction !== 'both',
    pairNeighbours: ({ through, type, direction, far }) => {
      const pairs = new Map<string, { ids: [string, string]; count: number }>();
      for (const { id } of nodes.filter(createNodeMatcher(through))) {
        const found = listHops(id, { types: [type], direction, far, ...plain }).map(({ node }) => node.id);
        for (const [index, one] of found.entries()) {
          for (const other of found.slice(index + 1)) {
            const ids: [string, string] = one < other ? [one, other] : [other, one];
            const pair = pairs.get(ids.join()) ?? { ids, count: 0 };
            pair.count += 1;
            pairs.set(ids.join(), pair);
          }
        }
      }
      return Promise.resolve([...pairs.values()]);
    },
    canGroupNeighbours: () => true,
    groupNeighbours: ({ from, properties, ...request }) =>
      Promise.resolve(
        from.map((id) =>
          grouped(
            listHops(id, { ...request, ...plain }).map(({ node }) => node),
            properties,
          ),
        ),
      ),
  };

  return {
    allNodes: nodes,
    allRelationships: relationships,
    addNode(labels, properties = new Map<string, Value>()) {
      const node: NodeValue = { kind: 'node', id: `n${nodes.length}`, labels, properties };
      nodes.push(node);
      byId.set(node.id, node);
      touching.set(node.id, []);
      return node;
    },
    addRelationship(type, from, to, properties = new Map<string, Value>()) {
      const id = `r${relationships.length}`;
      const made: RelationshipValue = { kind: 'relationship', id, type, start: from.id, end: to.id, properties };
      relationships.push(made);
      for (const end of new Set([from.id, to.id])) touching.get(end)?.push(made);
      return made;
    },
    nodes: ({ limit, cursor, ...pattern }) => {
      const { part, next } = slicePage(nodes.filter(createNodeMatcher(pattern)), Math.min(limit, pageSize), cursor);
      return Promise.resolve({ nodes: part, reads: part.length, ...next });
    },
    nodesById: (ids) => Promise.resolve(ids.map((id) => byId.get(id))),
    expand: ({ from, limit, cursor, ...request }) => {
      const all = from.flatMap((id, index) =>
        listHops(id, { ...request, limit }).map((hop) => ({ from: index, ...hop })),
      );
      const { part, next } = slicePage(all, Math.min(limit, pageSize), cursor);
      return Promise.resolve({ hops: part, reads: part.length, ...next });
    },
    countNodes: (pattern) =>
      Promise.resolve({ count: nodes.filter(createNodeMatcher(pattern)).length, exact: counters }),
    countRelationships: ({ from, ...request }) =>
      Promise.resolve({ count: neighbours(from, { ...request, ...plain }).length, exact: counters }),
    ...(counters && { counters: graphCounters }),
  };
}

function slicePage<Item>(
  all: readonly Item[],
  limit: number,
  cursor = '0',
): { readonly part: Item[]; readonly next: { readonly cursor?: string } } {
  const end = Number(cursor) + limit;
  return { part: all.slice(Number(cursor), end), next: end < all.length ? { cursor: String(end) } : {} };
}

function grouped(nodes: readonly NodeValue[], properties: readonly string[]): NodeGroup[] {
  const groups = new Map<string, { values: Value[]; count: number }>();
  for (const node of nodes) {
    const values = properties.map((name) => node.properties.get(name) ?? null);
    const key = equivalenceKey(values);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { values, count: 1 });
    else group.count += 1;
  }
  return [...groups.values()];
}
