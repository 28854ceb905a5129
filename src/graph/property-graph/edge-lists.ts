import type { ExpandRequest, NodePattern } from '@feedback-graph/cypher';
import { boundsAfter } from '../../feedback/index/id-streams.js';
import { selectedIds } from '../../feedback/index/selected-ids.js';
import { nodeKind } from '../../model/node.js';
import { scanAdjacentPrefixes } from '../../store/adjacent-prefixes.js';
import type { Key, Reader } from '../../store/contract.js';
import { escapeComponent, lastComponent, prefixEnd } from '../../store/keys.js';
import { edgeInPrefix, edgeOutKey, edgeOutPrefix, type EdgeType, NO_FACET } from '../../store/layout.js';
import { idsNamed, selectFeedback } from './selection.js';
import type { GraphSource } from './source.js';
import { EDGE_KINDS, type EdgeKind, edgeKindsOf, kindsLabelled } from './values.js';

/** The edges of one kind that a node has in one direction. */
export interface EdgeList {
  /** Index into `from` of the request. */
  readonly index: number;
  readonly id: string;
  readonly kind: EdgeKind;
  readonly outgoing: boolean;
}

/** The ids at the far ends of a list. */
export interface FarIds {
  /** In the order of keys. */
  readonly ids: readonly string[];
  /** Whether there may be more. */
  readonly more: boolean;
}

/** Lists that are read at once, each by an iterator of the store: others wait for its threads meanwhile. */
const LISTS_AT_ONCE = 16;
/** The fewest edges that a list is read for. */
const FEWEST = 16;
/** Ids at the far ends that each list is asked for; for more of them it is read, and the executor leaves out the others. */
const MAX_LOOKUPS = 16;
/** So many adapters or batches a feedback entry hardly ever has. */
const MAX_EDGES_OF_FEEDBACK = 32;

/** The lists that a request asks for, in the order of `from`. */
export function findEdgeLists(source: GraphSource, { from, types, direction, far }: ExpandRequest): EdgeList[] {
  const farKinds = kindsLabelled(far.labels);
  const kinds = edgeKindsOf(types, source);
  return from.flatMap((id, index) => {
    const own = nodeKind(id);
    return kinds.flatMap((kind): EdgeList[] => [
      ...(direction !== 'in' && kind.from === own && farKinds.includes(kind.to)
        ? [{ index, id, kind, outgoing: true }]
        : []),
      ...(direction !== 'out' && kind.to === own && farKinds.includes(kind.from)
        ? [{ index, id, kind, outgoing: false }]
        : []),
    ]);
  });
}

/** The lists from `at` on that are read together; one that may fill a page of `limit` edges is read alone. */
export function togetherFrom(lists: readonly EdgeList[], at: number, limit: number): readonly EdgeList[] {
  const first = lists[at];
  if (first === undefined) return [];
  const some = lists.slice(at, at + (isOfFeedback(first) ? limit : LISTS_AT_ONCE));
  const end = some.findIndex((list) => leadsToFeedback(list) || isOfFeedback(list) !== isOfFeedback(first));
  return end < 0 ? some : some.slice(0, Math.max(1, end));
}

/** No other lists grow with what is stored. */
function leadsToFeedback({ kind, outgoing }: EdgeList): boolean {
  return (outgoing ? kind.to : kind.from) === 'Feedback';
}

function isOfFeedback({ id }: EdgeList): boolean {
  return nodeKind(id) === 'Feedback';
}

/** Some lists, each up to about its share of `limit` edges, the first one from behind the id `after` on. */
export async function readLists(
  reader: Reader,
  source: GraphSource,
  { far }: ExpandRequest,
  lists: readonly EdgeList[],
  limit: number,
  after: string | undefined,
): Promise<readonly FarIds[]> {
  // All of one list, or an even share of each and a little more.
  const share = lists.length === 1 ? limit : Math.min(limit, Math.max(FEWEST, Math.ceil((2 * limit) / lists.length)));
  const named = idsNamed(far.filters);
  if (named !== undefined && named.length <= MAX_LOOKUPS) {
    return Promise.all(lists.map((list, at) => lookedUp(reader, source, list, named, at === 0 ? after : undefined)));
  }
  const short = lists.slice(after === undefined ? 0 : 1).filter(isOfFeedback);
  const shortLists = await readShortLists(reader, source, short);
  return Promise.all(
    lists.map(async (list, at) => {
      const known = shortLists.get(list);
      return known ?? (await farIds(reader, source, far, list, share, at === 0 ? after : undefined));
    }),
  );
}

async function lookedUp(
  reader: Reader,
  { org }: GraphSource,
  { id, kind: { type }, outgoing }: EdgeList,
  named: readonly string[],
  after: string | undefined,
): Promise<FarIds> {
  const asked = named.filter((each) => after === undefined || each > after).sort();
  const edges = await reader.getMany(asked.map((each) => edgeKey(org, type, id, each, outgoing)));
  return { ids: asked.filter((_, index) => edges[index] !== undefined), more: false };
}

async function readShortLists(
  reader: Reader,
  { org }: GraphSource,
  lists: readonly EdgeList[],
): Promise<ReadonlyMap<EdgeList, FarIds>> {
  const found = await Promise.all(
    EDGE_KINDS.map(async ({ type }): Promise<[EdgeList, FarIds][]> => {
      const some = lists.filter(({ kind }) => kind.type === type);
      const read = await scanAdjacentPrefixes(
        reader,
        some.map((list) => edgePrefix(org, list)),
        MAX_EDGES_OF_FEEDBACK,
      );
      return some.map((list, index) => {
        const ids = read[index] ?? [];
        return [list, { ids, more: ids.length === MAX_EDGES_OF_FEEDBACK }];
      });
    }),
  );
  return new Map(found.flat());
}

/** From behind `after` on: about `limit`. */
async function farIds(
  reader: Reader,
  { org, keyedHash }: GraphSource,
  far: NodePattern,
  list: EdgeList,
  limit: number,
  after: string | undefined,
): Promise<FarIds> {
  if (list.kind.type === 'FEEDBACK_FOR' && !list.outgoing) {
    const { plan } = selectFeedback(org, far.filters, keyedHash, list.id);
    const bounds = after === undefined ? plan.bounds : boundsAfter(plan.bounds, after, false);
    const ids = await (await selectedIds(reader, plan, false))(bounds, limit);
    return { ids, more: ids.length === limit };
  }
  const prefix = edgePrefix(org, list);
  const keys = await reader.scanKeys({
    gte: after === undefined ? prefix : `${prefix}${escapeComponent(after)}\0`,
    lt: prefixEnd(prefix),
    limit,
  });
  return { ids: keys.map(lastComponent), more: keys.length === limit };
}

function edgePrefix(org: string, { id, kind: { type }, outgoing }: EdgeList): Key {
  return outgoing ? edgeOutPrefix(org, type, id) : edgeInPrefix(org, type, id, NO_FACET);
}

/** The key that holds what the edge says. */
export function edgeKey(org: string, type: EdgeType, near: string, far: string, outgoing: boolean): Key {
  return outgoing ? edgeOutKey(org, type, near, far) : edgeOutKey(org, type, far, near);
}
