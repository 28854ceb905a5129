import type { NeededProperties, NodePage, NodeRequest, NodeValue } from '@feedback-graph/cypher';
import { adapterPage, findAdapters } from '../../adapters/adapters.js';
import { boundsAfter } from '../../feedback/index/id-streams.js';
import { selectedIds } from '../../feedback/index/selected-ids.js';
import { feedbackPage } from '../../feedback/list.js';
import { findFeedback } from '../../feedback/read.js';
import { type NodeKind, nodeKind } from '../../model/node.js';
import { omitNullish } from '../../omit-nullish.js';
import type { Reader } from '../../store/contract.js';
import { batchNodePage, findBatchNodes } from './batch-nodes.js';
import { idsNamed, selectFeedback } from './selection.js';
import type { GraphSource } from './source.js';
import { adapterNode, bareNode, feedbackNode, kindsLabelled } from './values.js';

/** Records that are read, checked and parsed at a stretch: some two milliseconds' worth. */
const RECORDS_AT_ONCE = 128;

/** How much of a page is made at a time, so that others have their turn in between. */
export function pageLimit(limit: number, needed: NeededProperties): number {
  return idsAreEnough(needed) ? limit : Math.min(limit, RECORDS_AT_ONCE);
}

/** Whether nothing but ids is read of nodes. */
export function idsAreEnough(needed: NeededProperties): boolean {
  return needed !== 'all' && needed.every((name) => name === 'id');
}

/** In the order of `ids`; `undefined` for one that is not there. A read of the store for each kind of node. */
export async function nodesByIds(
  reader: Reader,
  source: GraphSource,
  ids: readonly string[],
): Promise<(NodeValue | undefined)[]> {
  const { org } = source;
  const ofKind = (kind: NodeKind): string[] => ids.filter((id) => nodeKind(id) === kind);
  const [feedback, adapters, trainingBatches] = [ofKind('Feedback'), ofKind('Adapter'), ofKind('TrainingBatch')];
  const [foundFeedback, foundAdapters, foundBatches] = await Promise.all([
    feedback.length === 0 ? [] : findFeedback(reader, org, feedback),
    adapters.length === 0 ? [] : findAdapters(reader, org, adapters),
    trainingBatches.length === 0 ? [] : findBatchNodes(reader, source, trainingBatches),
  ]);
  const found = new Map<string, NodeValue>();
  for (const each of foundFeedback) if (each !== undefined) found.set(each.id, feedbackNode(each));
  for (const each of foundAdapters) if (each !== undefined) found.set(each.id, adapterNode(each));
  for (const each of foundBatches) if (each !== undefined) found.set(each.id, each);
  return ids.map((id) => found.get(id));
}

interface Page {
  readonly nodes: readonly NodeValue[];
  readonly reads: number;
  /** Where the next one starts, if there may be one. */
  readonly next?: string;
}

/** One page of the nodes of a pattern: feedback, then adapters, then training batches. */
export async function nodePage(reader: Reader, source: GraphSource, asked: NodeRequest): Promise<NodePage> {
  const request = { ...asked, limit: pageLimit(asked.limit, asked.needed) };
  const kinds = kindsLabelled(request.labels);
  const colon = request.cursor?.indexOf(':') ?? 0;
  const at = Number(request.cursor?.slice(0, colon) ?? 0);
  const after = request.cursor?.slice(colon + 1);
  const kind = kinds[at];
  if (kind === undefined) return { nodes: [], reads: 0 };
  const { next, ...page } = await readPage(reader, source, request, kind, after === '' ? undefined : after);
  const cursor = next !== undefined ? `${at}:${next}` : at + 1 < kinds.length ? `${at + 1}:` : undefined;
  return { ...page, ...omitNullish({ cursor }) };
}

function readPage(
  reader: Reader,
  source: GraphSource,
  request: NodeRequest,
  kind: NodeKind,
  after: string | undefined,
): Promise<Page> {
  const ids = idsNamed(request.filters)?.filter((id) => nodeKind(id) === kind);
  if (ids !== undefined) return namedPage(reader, source, ids, request.limit, Number(after ?? 0));
  switch (kind) {
    case 'Feedback':
      return selectedPage(reader, source, request, after);
    case 'Adapter':
      return allAdapters(reader, source, request.limit, after);
    case 'TrainingBatch':
      return allBatches(reader, source, request.limit, after);
  }
}

async function namedPage(
  reader: Reader,
  source: GraphSource,
  ids: readonly string[],
  limit: number,
  from: number,
): Promise<Page> {
  const some = ids.slice(from, from + limit);
  const nodes = (await nodesByIds(reader, source, some)).filter((node) => node !== undefined);
  return { nodes, reads: some.length, ...(from + limit < ids.length && { next: String(from + limit) }) };
}

async function selectedPage(
  reader: Reader,
  { org, keyedHash }: GraphSource,
  { filters, needed, limit, order }: NodeRequest,
  after: string | undefined,
): Promise<Page> {
  const { plan } = selectFeedback(org, filters, keyedHash);
  const descending = order?.descending === true;
  if (!idsAreEnough(needed)) {
    const { feedback, hasNext } = await feedbackPage(reader, plan, { limit, descending, ...omitNullish({ after }) });
    const last = feedback.at(-1);
    const nodes = feedback.map(feedbackNode);
    return { nodes, reads: nodes.length, ...(hasNext && last !== undefined && { next: last.id }) };
  }
  const bounds = after === undefined ? plan.bounds : boundsAfter(plan.bounds, after, descending);
  const ids = await (await selectedIds(reader, plan, descending))(bounds, limit);
  const last = ids.at(-1);
  const hasNext = ids.length === limit && last !== undefined;
  return { nodes: ids.map(bareNode), reads: ids.length, ...(hasNext && { next: last }) };
}

async function allAdapters(
  reader: Reader,
  { org }: GraphSource,
  limit: number,
  after: string | undefined,
): Promise<Page> {
  const { adapters, hasNext } = await adapterPage(reader, org, limit, after);
  const last = adapters.at(-1);
  return {
    nodes: adapters.map(adapterNode),
    reads: adapters.length,
    ...(hasNext && last !== undefined && { next: last.id }),
  };
}

async function allBatches(
  reader: Reader,
  source: GraphSource,
  limit: number,
  after: string | undefined,
): Promise<Page> {
  const { nodes, hasNext } = await batchNodePage(reader, source, limit, after);
  const last = nodes.at(-1);
  return { nodes, reads: nodes.length, ...(hasNext && last !== undefined && { next: last.id }) };
}
