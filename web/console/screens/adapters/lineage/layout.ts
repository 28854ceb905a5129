/** Places the adapters in layers, from parents to children. */
import { Graph, layout } from '@dagrejs/dagre';
import { CARD, type Direction, GAPS } from './shape.js';

/** Adapters by number. */
export interface LayoutRequest {
  readonly count: number;
  readonly direction: Direction;
  readonly edges: readonly (readonly [parent: number, child: number])[];
}

export interface LayoutResult {
  readonly width: number;
  readonly height: number;
  /** Where the middle of each card is. */
  readonly places: readonly (readonly [x: number, y: number])[];
  /** The bends of each line, in the order of the request. */
  readonly lines: readonly (readonly (readonly [x: number, y: number])[])[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Placed extends Point {
  readonly width: number;
  readonly height: number;
}

interface Line {
  readonly points?: readonly Point[];
}

export function layoutLineage({ count, direction, edges }: LayoutRequest): LayoutResult {
  const graph = new Graph<{ width?: number; height?: number }, Partial<Placed>, Line>();
  graph.setGraph({ rankdir: direction, nodesep: GAPS.cards, ranksep: GAPS.layers, edgesep: 8 } as object);
  for (let node = 0; node < count; node += 1) graph.setNode(String(node), { ...CARD });
  for (const [parent, child] of edges) graph.setEdge(String(parent), String(child), {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width: Math.max(width, CARD.width),
    height: Math.max(height, CARD.height),
    places: Array.from({ length: count }, (_, node) => {
      const { x = 0, y = 0 } = graph.node(String(node));
      return [x, y] as const;
    }),
    lines: edges.map(([parent, child]) =>
      (graph.edge(String(parent), String(child)).points ?? []).map(({ x, y }) => [x, y] as const),
    ),
  };
}
