import type { KeyedHash } from '../../audit/keyed-hash.js';
import type { EdgeType } from '../../store/layout.js';

/** What a graph is read from: all of one organization, and nothing of another. */
export interface GraphSource {
  readonly org: string;
  readonly keyedHash: KeyedHash;
  /** Epoch ms: tells which claims have run out. */
  readonly now: number;
  /** Relationships that are not there for whoever asks; none unless given. */
  readonly hidden?: ReadonlySet<EdgeType> | undefined;
}
