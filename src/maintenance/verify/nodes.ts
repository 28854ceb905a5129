/** Where nodes are kept, and whether they are there. */
import { LRUCache } from 'lru-cache';
import { ORGANIZATION_NODE } from '../../model/node.js';
import type { Key, Store } from '../../store/contract.js';
import { adapterKey, erasedFeedbackKey, feedbackKey, trailKey, trainingBatchKey } from '../../store/layout.js';
import { trainingBatchNumber } from '../../training/batch.js';

/** How many nodes are remembered to be there; most edges lead to few of them. */
const MAX_KNOWN_NODES = 50_000;

/** Under which of these keys a node is, if it is there. An erased feedback is there too. */
function nodeKeys(org: string, node: string): Key[] {
  if (node === ORGANIZATION_NODE) return [trailKey(org)];
  if (node.startsWith('feedback-')) return [feedbackKey(org, node), erasedFeedbackKey(org, node)];
  if (!node.startsWith('batch-')) return [adapterKey(org, node)];
  const batch = trainingBatchNumber(node);
  return batch === undefined ? [] : [trainingBatchKey(org, batch)];
}

/** Finds out which nodes of an organization are there, and remembers some. */
export class Nodes {
  readonly #store: Store;
  readonly #org: string;
  // By its size: with `max` it would make room for all of them at once, which takes longer than to verify a small store.
  readonly #known = new LRUCache<string, true>({ maxSize: MAX_KNOWN_NODES, sizeCalculation: () => 1 });

  constructor(store: Store, org: string) {
    this.#store = store;
    this.#org = org;
  }

  /** Those of `nodes` that are not there, each once. */
  async missing(nodes: Iterable<string>): Promise<Set<string>> {
    const asked = [...new Set(nodes)].filter((node) => this.#known.get(node) === undefined);
    const keys = asked.flatMap((node) => nodeKeys(this.#org, node).map((key) => ({ node, key })));
    const values = await this.#store.read((reader) => reader.getMany(keys.map(({ key }) => key)));
    keys.forEach(({ node }, index) => {
      if (values[index] !== undefined) this.#known.set(node, true);
    });
    const there = new Set(keys.filter((_, index) => values[index] !== undefined).map(({ node }) => node));
    return new Set(asked.filter((node) => !there.has(node)));
  }
}
