import { childrenOf, type LineageGraph, parentsOf } from './graph.js';
import { CARD, type Direction, GAPS } from './shape.js';

/** The direction in which a picture of all adapters is the larger one within an area. */
export function bestDirection(
  graph: LineageGraph,
  area: { readonly width: number; readonly height: number },
): Direction {
  const layers = layerSizes(graph);
  const depth = layers.length;
  const breadth = Math.max(1, ...layers);
  const scale = (width: number, height: number): number => Math.min(area.width / width, area.height / height);
  const across = scale(depth * (CARD.width + GAPS.layers), breadth * (CARD.height + GAPS.cards));
  const down = scale(breadth * (CARD.width + GAPS.cards), depth * (CARD.height + GAPS.layers));
  return down > across ? 'TB' : 'LR';
}

/** How many adapters each layer has, where a child stands one below the lowest of its parents. */
function layerSizes(graph: LineageGraph): readonly number[] {
  const layers = new Map(graph.roots.map((id) => [id, 0]));
  const waiting = new Map([...graph.adapters.keys()].map((id) => [id, parentsOf(graph, id).length]));
  const sizes: number[] = [];
  // A map that grows while it is walked through is walked through to its end.
  for (const [id, layer] of layers) {
    sizes[layer] = (sizes[layer] ?? 0) + 1;
    for (const child of childrenOf(graph, id)) {
      const left = (waiting.get(child) ?? 1) - 1;
      waiting.set(child, left);
      // The last parent to come is the lowest, as layers come one after the other.
      if (left === 0) layers.set(child, layer + 1);
    }
  }
  return sizes;
}
