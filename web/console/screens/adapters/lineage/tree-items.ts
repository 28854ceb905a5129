/**
 * The lineage as a tree: an adapter stands under the first of its parents that is shown and not collapsed, and under the
 * others as a reference to there.
 */
import { childrenOf, type LineageGraph, parentsOf } from './graph.js';

export interface TreeItem {
  /** Unique among the items, as an adapter may stand in several places. */
  readonly key: string;
  readonly id: string;
  /** 1 for roots. */
  readonly level: number;
  /** Its place among its siblings, from 1. */
  readonly position: number;
  readonly siblings: number;
  /** The adapter under which this one stands with its children; undefined if it is here. */
  readonly standsUnder: string | undefined;
  /** Undefined for an item without children. */
  readonly isExpanded: boolean | undefined;
  readonly parentKey: string | undefined;
}

export function treeItems(
  graph: LineageGraph,
  visible: ReadonlySet<string>,
  collapsed: ReadonlySet<string>,
): readonly TreeItem[] {
  const items: TreeItem[] = [];
  // With a stack of our own: a lineage may be deeper than calls can be.
  const stack: { ids: readonly string[]; next: number; parent: TreeItem | undefined }[] = [
    { ids: graph.roots, next: 0, parent: undefined },
  ];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const id = top.ids[top.next];
    if (id === undefined) {
      stack.pop();
      continue;
    }
    top.next += 1;
    const home = parentsOf(graph, id).find((parent) => visible.has(parent) && !collapsed.has(parent));
    const isHere = home === top.parent?.id;
    const children = isHere ? childrenOf(graph, id) : [];
    const item: TreeItem = {
      key: `${top.parent?.id ?? ''}\n${id}`,
      id,
      level: (top.parent?.level ?? 0) + 1,
      position: top.next,
      siblings: top.ids.length,
      standsUnder: isHere ? undefined : home,
      isExpanded: children.length === 0 ? undefined : !collapsed.has(id),
      parentKey: top.parent?.key,
    };
    items.push(item);
    if (item.isExpanded === true) stack.push({ ids: children, next: 0, parent: item });
  }
  return items;
}
