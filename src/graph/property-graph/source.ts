import type { KeyedHash } from '../../audit/keyed-hash.js';

/** What a graph is read from: all of one organization, and nothing of another. */
export interface GraphSource {
  readonly org: string;
  readonly keyedHash: KeyedHash;
  /** Epoch ms: tells which claims have run out. */
  readonly now: number;
}
