import type { ExpandRequest, Hop, HopPage, NodeValue } from '@feedback-graph/cypher';
import { findFeedback } from '../../feedback/read.js';
import type { Feedback } from '../../model/feedback.js';
import { nodeKind } from '../../model/node.js';
import { adapterOutcomes, type PreferenceOutcome } from '../../model/preference.js';
import type { Reader } from '../../store/contract.js';
import { edgeKey, type EdgeList, findEdgeLists, readLists, togetherFrom } from './edge-lists.js';
import { idsAreEnough, nodesByIds, pageLimit } from './nodes.js';
import type { GraphSource } from './source.js';
import { bareNode, feedbackNode, relationshipValue } from './values.js';

interface FoundEdge {
  readonly list: EdgeList;
  readonly far: string;
}

/** The relationships of many nodes: lists of edges side by side, then the nodes at their far ends by one read. */
export async function hopPage(reader: Reader, source: GraphSource, asked: ExpandRequest): Promise<HopPage> {
  const request = { ...asked, limit: pageLimit(asked.limit, asked.relationshipsNeeded ? 'all' : asked.needed) };
  const lists = findEdgeLists(source, request);
  const [start = '0', after = ''] = split(request.cursor);
  const edges: FoundEdge[] = [];
  let reads = 0;
  let at = Number(start);
  let behind: string | undefined = after === '' ? undefined : after;
  let cursor: string | undefined;
  while (at < lists.length && cursor === undefined) {
    const left = request.limit - edges.length;
    const some = togetherFrom(lists, at, left);
    const found = await readLists(reader, source, request, some, left, behind);
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
  const { hops, reads: more } = await loadHops(reader, source, request, edges);
  return { hops, reads: reads + more, ...(cursor !== undefined && { cursor }) };
}

function split(cursor: string | undefined): string[] {
  return cursor?.split('\n') ?? [];
}

async function loadHops(
  reader: Reader,
  source: GraphSource,
  { needed, relationshipsNeeded }: ExpandRequest,
  edges: readonly FoundEdge[],
): Promise<{ readonly hops: Hop[]; readonly reads: number }> {
  const distinct = [...new Set(edges.map(({ far }) => far))];
  // An edge leads to an adapter that there is; erased feedback may still be included in a batch.
  const isBare = (id: string): boolean => idsAreEnough(needed) && nodeKind(id) === 'Adapter';
  const keys = relationshipsNeeded
    ? edges.map(({ list: { kind, id, outgoing }, far }) => edgeKey(source.org, kind.type, id, far, outgoing))
    : [];
  const links = relationshipsNeeded ? edges.filter(({ list: { kind } }) => kind.type === 'FEEDBACK_FOR') : [];
  const entries = new Set(links.map(({ list: { id, outgoing }, far }) => (outgoing ? id : far)));
  const unread = distinct.filter((id) => !isBare(id) && !entries.has(id));
  const [found, records, linked] = await Promise.all([
    nodesByIds(reader, source, unread),
    keys.length === 0 ? [] : reader.getMany(keys),
    entries.size === 0 ? [] : findFeedback(reader, source.org, [...entries]),
  ]);
  const outcomes = outcomesByEntry(linked);
  const nodes = new Map<string, NodeValue>();
  for (const id of distinct) if (isBare(id)) nodes.set(id, bareNode(id));
  const farIds = new Set(distinct);
  for (const each of linked) if (each !== undefined && farIds.has(each.id)) nodes.set(each.id, feedbackNode(each));
  for (const node of found) if (node !== undefined) nodes.set(node.id, node);
  const hops = edges.flatMap(({ list: { index, id, kind, outgoing }, far }, at): Hop[] => {
    const node = nodes.get(far);
    if (node === undefined) return [];
    const [start, end] = outgoing ? [id, node.id] : [node.id, id];
    const outcome = kind.type === 'FEEDBACK_FOR' ? outcomes.get(start)?.get(end) : undefined;
    return [{ from: index, relationship: relationshipValue(kind.type, start, end, records[at], outcome), node }];
  });
  return { hops, reads: unread.length + keys.length + entries.size };
}

/** What became of each adapter in the preferences among some entries. */
function outcomesByEntry(
  entries: readonly (Feedback | undefined)[],
): ReadonlyMap<string, ReadonlyMap<string, PreferenceOutcome>> {
  return new Map(
    entries.flatMap((entry) =>
      entry?.candidates === undefined
        ? []
        : [[entry.id, new Map(adapterOutcomes(entry).map(({ adapter, outcome }) => [adapter, outcome]))]],
    ),
  );
}
