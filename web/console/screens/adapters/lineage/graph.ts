/** The lineage that is drawn: adapters, and which is derived from which among them. */
import type { DrawnAdapterFragment } from '../documents.generated.js';

export interface LineageGraph {
  /** By id, in the order of the list. */
  readonly adapters: ReadonlyMap<string, DrawnAdapterFragment>;
  /** Of each adapter, those among the others that it is derived from. */
  readonly parents: ReadonlyMap<string, readonly string[]>;
  readonly children: ReadonlyMap<string, readonly string[]>;
  /** Adapters that are derived from none of the others. */
  readonly roots: readonly string[];
}

export type Derivation = readonly [parent: string, child: string];

const NONE: readonly string[] = [];

export function buildGraph(
  adapters: readonly DrawnAdapterFragment[],
  derivations: readonly Derivation[],
): LineageGraph {
  const byId = new Map(adapters.map((adapter) => [adapter.id, adapter]));
  const parents = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  for (const [parent, child] of derivations) {
    if (!byId.has(parent) || !byId.has(child)) continue;
    append(parents, child, parent);
    append(children, parent, child);
  }
  return { adapters: byId, parents, children, roots: [...byId.keys()].filter((id) => !parents.has(id)) };
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

export function parentsOf({ parents }: LineageGraph, id: string): readonly string[] {
  return parents.get(id) ?? NONE;
}

export function childrenOf({ children }: LineageGraph, id: string): readonly string[] {
  return children.get(id) ?? NONE;
}

/** The adapters that are shown: those that some path from a root reaches without passing a collapsed one. */
export function visibleIds(graph: LineageGraph, collapsed: ReadonlySet<string>): ReadonlySet<string> {
  const visible = new Set(graph.roots);
  // A set that grows while it is walked through is walked through to its end.
  for (const id of visible) {
    if (!collapsed.has(id)) for (const child of childrenOf(graph, id)) visible.add(child);
  }
  return visible;
}

/** How many adapters descend from one, each counted once. */
export function countDescendants(graph: LineageGraph, id: string): number {
  const found = new Set([id]);
  for (const each of found) for (const child of childrenOf(graph, each)) found.add(child);
  return found.size - 1;
}

/** The collapsed adapters without those that keep `id` from being seen. */
export function revealing(graph: LineageGraph, collapsed: ReadonlySet<string>, id: string): readonly string[] {
  const ancestors = new Set(parentsOf(graph, id));
  for (const each of ancestors) for (const parent of parentsOf(graph, each)) ancestors.add(parent);
  return [...collapsed].filter((each) => !ancestors.has(each));
}
