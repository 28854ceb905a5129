import type { NodeValue } from '@feedback-graph/cypher';
import type { KeyedHash } from '../../feedback/scopes.js';
import type { Reader } from '../../store/contract.js';

/** What a graph is read from: all of one organization, and nothing of another. */
export interface GraphSource {
  readonly org: string;
  readonly keyedHash: KeyedHash;
  readonly batches: BatchNodes;
}

/** Training batches as nodes; what they are is known to `training/`. */
export interface BatchNodes {
  /** In the order of `ids`; `undefined` for one that is not there. One read of the store. */
  find(reader: Reader, org: string, ids: readonly string[]): Promise<readonly (NodeValue | undefined)[]>;
  /** One page of all, from behind the node `after` on. */
  page(
    reader: Reader,
    org: string,
    limit: number,
    after: string | undefined,
  ): Promise<{ readonly nodes: readonly NodeValue[]; readonly hasNext: boolean }>;
  /** The key of the counter of all. */
  counter(org: string): string;
}
