import { selectedIds } from '../../feedback/filter.js';
import { boundsAfter } from '../../feedback/id-streams.js';
import type { ExpandRequest, Hop, HopPage } from '../../query/property-graph.js';
import type { NodeValue } from '../../query/value.js';
import type { Key, Reader } from '../../store/contract.js';
import { escapeComponent, lastComponent, prefixEnd } from '../../store/keys.js';
import { edgeInPrefix, edgeOutKey, edgeOutPrefix, type EdgeType, NO_CLASS } from '../../store/layout.js';
import { nodeKind } from '../node-ids.js';
import { idsAreEnough, nodesByIds, pageLimit } from './nodes.js';
import { idsNamed, selectFeedback } from './selection.js';
import type { GraphSource } from './source.js';
import { bareNode, EDGE_KINDS, type EdgeKind, kindsLabelled, relationshipValue } from './values.js';

/** The edges of one kind that a node has in one direction. */
interface EdgeList {
  /** Index into `from` of the request. */
  readonly index: number;
  readonly id: string;
  readonly kind: EdgeKind;
  readonly outgoing: boolean;
}

/** So many lists are read at once; each holds an iterator of the store. */
const LISTS_AT_ONCE = 32;
/** The fewest edges that a list is read for. */
const FEWEST = 16;
/** Ids at the far ends that each list is asked for; for more of them it is read, and the executor leaves out the others. */
const MOST_LOOKED_UP = 16;

interface FoundEdge {
  readonly list: EdgeList;
  readonly far: string;
}

/** The relationships of many nodes: lists of edges side by side, then the nodes at their far ends by one read. */
export async function hopPage(reader: Reader, source: GraphSource, asked: ExpandRequest): Promise<HopPage> {
  const request = { ...asked, limit: pageLimit(asked.limit, asked.relationshipsNeeded ? 'all' : asked.needed) };
  const lists = listsOf(request);
  const [start = '0', after = ''] = split(request.cursor);
  const edges: FoundEdge[] = [];
  let reads = 0;
  let at = Number(start);
  let behind: string | undefined = after === '' ? undefined : after;
  let cursor: string | undefined;
  while (at < lists.length && cursor === undefined) {
    const some = lists.slice(at, at + LISTS_AT_ONCE);
    const left = request.limit - edges.length;
    // All of one list, or an even share of each and a little more.
    const share = some.length === 1 ? left : Math.min(left, Math.max(FEWEST, Math.ceil((2 * left) / some.length)));
    const found = await Promise.all(
      some.map((list, index) => farIds(reader, source, request, list, share, index === 0 ? behind : undefined)),
    );
    for (const [index, list] of some.entries()) {
      const { ids, more } = found[index] ?? { ids: [], more: false };
      reads += ids.length;
      const taken = ids.slice(0, request.limit - edges.length);
      edges.push(...taken.map((far) => ({ list, far })));
      const last = taken.at(-1);
      if (more || taken.length < ids.length) {
        cursor = last === undefined ? `${at + index}` : `${at + index}\n${last}`;
        break;
      }
      if (edges.length === request.limit && at + index + 1 < lists.length) {
        cursor = `${at + index + 1}`;
        break;
      }
    }
    behind = undefined;
    at += some.length;
  }
  const { hops, reads: more } = await hopsOf(reader, source, request, edges);
  return { hops, reads: reads + more, ...(cursor !== undefined && { cursor }) };
}

function split(cursor: string | undefined): string[] {
  return cursor?.split('\n') ?? [];
}

/** In the order of `from`. */
function listsOf({ from, types, direction, far }: ExpandRequest): EdgeList[] {
  const farKinds = kindsLabelled(far.labels);
  return from.flatMap((id, index) => {
    const own = nodeKind(id);
    return EDGE_KINDS.filter(({ type }) => types.length === 0 || types.includes(type)).flatMap((kind): EdgeList[] => [
      ...(direction !== 'in' && kind.from === own && farKinds.includes(kind.to)
        ? [{ index, id, kind, outgoing: true }]
        : []),
      ...(direction !== 'out' && kind.to === own && farKinds.includes(kind.from)
        ? [{ index, id, kind, outgoing: false }]
        : []),
    ]);
  });
}

interface FarIds {
  /** In the order of keys. */
  readonly ids: readonly string[];
  /** Whether there may be more. */
  readonly more: boolean;
}

/** The ids at the far ends of a list, from behind `after` on: about `limit`. */
async function farIds(
  reader: Reader,
  { org, hashUser }: GraphSource,
  { far }: ExpandRequest,
  { id, kind: { type, from }, outgoing }: EdgeList,
  limit: number,
  after: string | undefined,
): Promise<FarIds> {
  const named = idsNamed(far.filters);
  if (named !== undefined && named.length <= MOST_LOOKED_UP) {
    const asked = named.filter((each) => after === undefined || each > after).sort();
    const edges = await reader.getMany(asked.map((each) => edgeKey(org, type, id, each, outgoing)));
    return { ids: asked.filter((_, index) => edges[index] !== undefined), more: false };
  }
  if (!outgoing && from === 'Feedback' && type === 'FEEDBACK_FOR') {
    const { plan } = selectFeedback(org, far.filters, hashUser, id);
    const bounds = after === undefined ? plan.bounds : boundsAfter(plan.bounds, after, false);
    const ids = await (await selectedIds(reader, plan, false))(bounds, limit);
    return { ids, more: ids.length === limit };
  }
  const prefix = outgoing ? edgeOutPrefix(org, type, id) : edgeInPrefix(org, type, id, NO_CLASS);
  const keys = await reader.scanKeys({
    gte: after === undefined ? prefix : `${prefix}${escapeComponent(after)}\0`,
    lt: prefixEnd(prefix),
    limit,
  });
  return { ids: keys.map(lastComponent), more: keys.length === limit };
}

/** The key that holds what the edge says. */
function edgeKey(org: string, type: EdgeType, near: string, far: string, outgoing: boolean): Key {
  return outgoing ? edgeOutKey(org, type, near, far) : edgeOutKey(org, type, far, near);
}

async function hopsOf(
  reader: Reader,
  source: GraphSource,
  { needed, relationshipsNeeded }: ExpandRequest,
  edges: readonly FoundEdge[],
): Promise<{ readonly hops: Hop[]; readonly reads: number }> {
  const distinct = [...new Set(edges.map(({ far }) => far))];
  // An edge leads to an adapter that there is; erased feedback may still be included in a batch.
  const isBare = (id: string): boolean => idsAreEnough(needed) && nodeKind(id) === 'Adapter';
  const unread = distinct.filter((id) => !isBare(id));
  const keys = relationshipsNeeded
    ? edges.map(({ list: { kind, id, outgoing }, far }) => edgeKey(source.org, kind.type, id, far, outgoing))
    : [];
  const [found, records] = await Promise.all([
    nodesByIds(reader, source, unread),
    keys.length === 0 ? [] : reader.getMany(keys),
  ]);
  const nodes = new Map<string, NodeValue>();
  for (const id of distinct) if (isBare(id)) nodes.set(id, bareNode(id));
  for (const node of found) if (node !== undefined) nodes.set(node.id, node);
  const hops = edges.flatMap(({ list: { index, id, kind, outgoing }, far }, at): Hop[] => {
    const node = nodes.get(far);
    if (node === undefined) return [];
    const [start, end] = outgoing ? [id, far] : [far, id];
    return [{ from: index, relationship: relationshipValue(kind.type, start, end, records[at]), node }];
  });
  return { hops, reads: unread.length + keys.length };
}
