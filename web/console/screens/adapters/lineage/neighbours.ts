/** Where the arrow keys lead from an adapter. */
import { childrenOf, type LineageGraph, parentsOf } from './graph.js';
import type { Layout } from './use-layout.js';

export type Arrow = 'left' | 'right' | 'up' | 'down';

const ARROWS: Readonly<Record<string, Arrow>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

export function arrowOf(key: string): Arrow | undefined {
  return ARROWS[key];
}

/** To the nearest parent or child, or to the next adapter of the same layer; undefined if there is none. */
export function neighbour(graph: LineageGraph, layout: Layout, id: string, arrow: Arrow): string | undefined {
  const isAcross = layout.direction === 'LR';
  // Along the layers and across them, whichever way the picture runs.
  const places = new Map(
    layout.ids.map((each, number) => {
      const [x, y] = layout.places[number] ?? [0, 0];
      return [each, isAcross ? { layer: x, at: y } : { layer: y, at: x }] as const;
    }),
  );
  const here = places.get(id);
  if (here === undefined) return undefined;
  const distance = (other: string): number => Math.abs((places.get(other)?.at ?? Infinity) - here.at);
  const nearest = (others: readonly string[]): string | undefined =>
    others.filter((other) => places.has(other)).sort((a, b) => distance(a) - distance(b))[0];
  if (arrow === (isAcross ? 'left' : 'up')) return nearest(parentsOf(graph, id));
  if (arrow === (isAcross ? 'right' : 'down')) return nearest(childrenOf(graph, id));
  const isBack = arrow === 'left' || arrow === 'up';
  return nearest(
    [...places].flatMap(([other, { layer, at }]) =>
      Math.abs(layer - here.layer) < 1 && (isBack ? at < here.at : at > here.at) ? [other] : [],
    ),
  );
}
