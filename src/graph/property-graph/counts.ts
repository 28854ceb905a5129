import type {
  Count,
  NeighbourGroupRequest,
  NodeGroup,
  NodePattern,
  RelationshipPattern,
  Value,
} from '@feedback-graph/cypher';
import { countAdapters, scanAdapterIds } from '../../adapters/adapters.js';
import { derivativeCounter } from '../../adapters/lineage.js';
import { indexCounterKey } from '../../feedback/index/index-keys.js';
import type { SecondaryIndex } from '../../feedback/index/table.js';
import { FACETS } from '../../model/facets.js';
import type { NodeKind } from '../../model/node.js';
import type { Reader } from '../../store/contract.js';
import { countBatches } from '../../training/batch.js';
import { facetProperty, idsNamed, selectFeedback } from './selection.js';
import type { GraphSource } from './source.js';
import { type EdgeKind, edgeKindsOf, kindsLabelled } from './values.js';

/** Adapters whose counters are added up for one count. */
const MAX_ADAPTERS = 1_000;

export async function countNodes(reader: Reader, source: GraphSource, pattern: NodePattern): Promise<Count> {
  const counts = await Promise.all(
    kindsLabelled(pattern.labels).map((kind) => countKind(reader, source, kind, pattern)),
  );
  return sumCounts(counts);
}

function sumCounts(counts: readonly Count[]): Count {
  return {
    count: counts.reduce((sum, { count }) => sum + count, 0),
    exact: counts.every(({ exact }) => exact),
  };
}

async function countKind(
  reader: Reader,
  { org, keyedHash }: GraphSource,
  kind: NodeKind,
  { filters }: NodePattern,
): Promise<Count> {
  const ids = idsNamed(filters);
  if (ids !== undefined) return { count: ids.length, exact: false };
  switch (kind) {
    case 'Feedback': {
      const { plan, exact, counted } = selectFeedback(org, filters, keyedHash);
      const counts = await Promise.all(plan.indexes.map((index) => countIndex(reader, org, index, plan.facets)));
      return { count: Math.min(...counts), exact: exact && counted };
    }
    case 'Adapter':
    case 'TrainingBatch': {
      const count = await (kind === 'Adapter' ? countAdapters(reader, org) : countBatches(reader, org));
      return { count, exact: filters.length === 0 };
    }
  }
}

async function countIndex(
  reader: Reader,
  org: string,
  index: SecondaryIndex,
  facets: readonly string[],
): Promise<number> {
  const counts = await readFacetCounts(reader, org, index, facets);
  return counts.reduce((sum, count) => sum + count, 0);
}

export async function countRelationships(
  reader: Reader,
  source: GraphSource,
  { from, types, direction, far }: RelationshipPattern,
  purpose: 'answer' | 'estimate',
): Promise<Count> {
  const counts = edgeKindsOf(types, source).flatMap((kind): Promise<Count>[] => [
    ...(direction === 'in' ? [] : [countEdges(reader, source, kind, from, far, purpose)]),
    ...(direction === 'out' ? [] : [countEdges(reader, source, kind, far, from, purpose)]),
  ]);
  return sumCounts(await Promise.all(counts));
}

/** Edges of a kind between two patterns. */
async function countEdges(
  reader: Reader,
  source: GraphSource,
  kind: EdgeKind,
  start: NodePattern,
  end: NodePattern,
  purpose: 'answer' | 'estimate',
): Promise<Count> {
  const { org } = source;
  const isPossible = kindsLabelled(start.labels).includes(kind.from) && kindsLabelled(end.labels).includes(kind.to);
  if (!isPossible) return { count: 0, exact: true };
  const [starts, ends] = [idsNamed(start.filters), idsNamed(end.filters)];
  const endIsNamed = ends !== undefined && end.filters.length === 1;
  if (starts !== undefined) return { count: starts.length * (kind.from === 'TrainingBatch' ? 1_000 : 1), exact: false };
  if (kind.type === 'FEEDBACK_FOR' && (ends !== undefined || purpose === 'answer')) {
    return countLinks(reader, source, start, end);
  }
  if (kind.type === 'DERIVED_FROM' && endIsNamed) {
    const counts = await reader.counters(ends.map((id) => derivativeCounter(org, id)));
    return { count: counts.reduce((sum, count) => sum + count, 0), exact: start.filters.length === 0 };
  }
  // As much as one of each of the nodes that it comes from, or of the feedback that it leads to.
  const counted = kind.type === 'INCLUDES' ? end : start;
  if (ends !== undefined) return { count: ends.length, exact: false };
  const { count } = await countNodes(reader, source, { labels: [...counted.labels], filters: [] });
  return { count, exact: false };
}

async function countLinks(
  reader: Reader,
  { org, keyedHash }: GraphSource,
  feedback: NodePattern,
  adapters: NodePattern,
): Promise<Count> {
  const named = idsNamed(adapters.filters);
  const ids = named ?? (await scanAdapterIds(reader, org, MAX_ADAPTERS + 1));
  const some = ids.slice(0, MAX_ADAPTERS);
  const selections = some.map((id) => selectFeedback(org, feedback.filters, keyedHash, id));
  const keys = selections.flatMap(({ plan: { indexes, facets } }) =>
    facets.map((each) => indexCounterKey(org, indexes[0], each)),
  );
  const counts = await reader.counters(keys);
  const isExact = selections.every(({ exact, counted }) => exact && counted);
  const areAll = some.length === ids.length && adapters.filters.length === (named === undefined ? 0 : 1);
  return { count: counts.reduce((sum, count) => sum + count, 0), exact: isExact && areAll };
}

/**
 * Whether counters hold how many there are of each combination of values.
 * @param adapter of feedback that is linked to it
 */
export function canGroup(
  { org, keyedHash }: GraphSource,
  { labels, filters }: NodePattern,
  properties: readonly string[],
  adapter?: string,
): boolean {
  if (labels.length === 0 || labels.some((label) => label !== 'Feedback')) return false;
  const { exact, counted } = selectFeedback(org, filters, keyedHash, adapter);
  return exact && counted && properties.every((name) => facetProperty(name) !== undefined);
}

export async function groupNodes(
  reader: Reader,
  { org, keyedHash }: GraphSource,
  { filters }: NodePattern,
  properties: readonly string[],
): Promise<NodeGroup[]> {
  const { plan } = selectFeedback(org, filters, keyedHash);
  return groupByFacets(plan.facets, await readFacetCounts(reader, org, plan.indexes[0], plan.facets), properties);
}

/** Stands for each of the adapters that are grouped by. */
const ANY_ADAPTER = '';

export function canGroupNeighbours(
  source: GraphSource,
  { from, types, direction, far, properties }: Omit<NeighbourGroupRequest, 'from'> & { readonly from: NodePattern },
): boolean {
  const [type] = types;
  return (
    types.length === 1 &&
    type === 'FEEDBACK_FOR' &&
    direction === 'in' &&
    from.labels.includes('Adapter') &&
    canGroup(source, { ...far, labels: far.labels.length === 0 ? ['Feedback'] : far.labels }, properties, ANY_ADAPTER)
  );
}

export async function groupNeighbours(
  reader: Reader,
  { org, keyedHash }: GraphSource,
  { from, far, properties }: NeighbourGroupRequest,
): Promise<NodeGroup[][]> {
  const plans = from.map((id) => selectFeedback(org, far.filters, keyedHash, id).plan);
  const counts = await Promise.all(
    plans.map(({ indexes, facets }) => readFacetCounts(reader, org, indexes[0], facets)),
  );
  return plans.map(({ facets }, index) => groupByFacets(facets, counts[index] ?? [], properties));
}

function readFacetCounts(
  reader: Reader,
  org: string,
  index: SecondaryIndex,
  facets: readonly string[],
): Promise<number[]> {
  return reader.counters(facets.map((each) => indexCounterKey(org, index, each)));
}

const FACET_BY_NAME = new Map(FACETS.map((each) => [each.name, each]));

function groupByFacets(
  facets: readonly string[],
  counts: readonly number[],
  properties: readonly string[],
): NodeGroup[] {
  const groups = new Map<string, { values: Value[]; count: number }>();
  for (const [index, name] of facets.entries()) {
    const parts = FACET_BY_NAME.get(name);
    const count = counts[index] ?? 0;
    if (parts === undefined || count === 0) continue;
    const values = properties.map((property) => facetProperty(property)?.(parts) ?? null);
    const key = JSON.stringify(values);
    const group = groups.get(key) ?? { values, count: 0 };
    group.count += count;
    groups.set(key, group);
  }
  return [...groups.values()];
}
