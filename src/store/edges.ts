import type { Reader } from './contract.js';
import { edgeOutKey, type EdgeType } from './layout.js';

/** The nodes that an edge leads from and to. */
export interface EdgeEnds {
  readonly from: string;
  readonly to: string;
}

/** What edges of a type hold, in the order of `ends`; `undefined` for one that is not there. One read of the store. */
export function readEdges(
  reader: Reader,
  org: string,
  type: EdgeType,
  ends: readonly EdgeEnds[],
): Promise<(Buffer | undefined)[]> {
  return reader.getMany(ends.map(({ from, to }) => edgeOutKey(org, type, from, to)));
}
