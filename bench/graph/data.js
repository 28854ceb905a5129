// The graph of the questions: 50 adapters in a binary lineage, each feedback linked to two of them.
import { adapterName, adapterTree, mix, submission } from '../compare/shape.js';

export const GRAPH_ADAPTERS = 50;
export const ROOT = adapterName(0);
export const ASKED = adapterName(7);
export const PAGE = 100;
export const PAIRS = 100;

export function graphAdapters() {
  return adapterTree(GRAPH_ADAPTERS);
}

/** Entry `number`, and the second adapter that it is linked to. */
export function graphEntry(number) {
  const first = mix(number, 6) % GRAPH_ADAPTERS;
  const second = (first + 1 + (mix(number, 7) % (GRAPH_ADAPTERS - 1))) % GRAPH_ADAPTERS;
  return { ...submission(number, adapterName(first)), alsoLinked: adapterName(second) };
}

export function* graphEntries(count) {
  for (let number = 0; number < count; number += 1) yield graphEntry(number);
}

export function graphId(number) {
  return `feedback-${String(number).padStart(12, '0')}`;
}
