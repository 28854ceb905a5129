import { type Count, equivalenceKey, type NodePattern, type PropertyGraph, QueryFault } from '@feedback-graph/cypher';
import { ApiError } from '../../errors.js';
import type { Reader, Store } from '../../store/contract.js';
import { sharedFeedbackPairs } from '../shared-feedback.js';
import { canGroup, canGroupNeighbours, countNodes, countRelationships, groupNeighbours, groupNodes } from './counts.js';
import { hopPage } from './expand.js';
import { nodePage, nodesByIds } from './nodes.js';
import type { GraphSource } from './source.js';
import { kindsLabelled } from './values.js';

/**
 * The graph of one organization over the store, for one query. Each answer is of one state; answers that come one after the other may be
 * of different ones.
 */
export function storedGraph(store: Store, source: GraphSource): PropertyGraph {
  const read = <T>(work: (reader: Reader) => Promise<T>): Promise<T> => store.read(work);
  /** The planner asks for the same numbers again and again. */
  const counts = new Map<string, Promise<Count>>();
  const counted = (name: string, count: (reader: Reader) => Promise<Count>): Promise<Count> => {
    const known = counts.get(name) ?? read(count);
    counts.set(name, known);
    return known;
  };
  const isOnly = (kind: string, { labels }: NodePattern): boolean => {
    const [only, ...others] = kindsLabelled(labels);
    return only === kind && others.length === 0;
  };
  return {
    nodes: (request) => read((reader) => nodePage(reader, source, request)),
    nodesById: (ids) => read((reader) => nodesByIds(reader, source, ids)),
    expand: (request) => read((reader) => hopPage(reader, source, request)),
    countNodes: (pattern) => counted(patternKey(pattern), (reader) => countNodes(reader, source, pattern)),
    countRelationships: (pattern, purpose) => {
      const { from, types, direction, far } = pattern;
      const name = [purpose, direction, types.join('|'), patternKey(from), patternKey(far)].join(' ');
      return counted(name, (reader) => countRelationships(reader, source, pattern, purpose));
    },
    // Ids are in the order of time.
    canOrder: (pattern, { property }) =>
      isOnly('Feedback', pattern) && pattern.labels.length > 0 && (property === 'id' || property === 'created_at'),
    counters: {
      canGroupNodes: (pattern, properties) => canGroup(source, pattern, properties),
      groupNodes: (pattern, properties) => read((reader) => groupNodes(reader, source, pattern, properties)),
      canGroupNeighbours: (request) => canGroupNeighbours(source, request),
      groupNeighbours: (request) => read((reader) => groupNeighbours(reader, source, request)),
      canPairNeighbours: ({ through, type, direction, far }) =>
        type === 'FEEDBACK_FOR' &&
        direction === 'out' &&
        isOnly('Feedback', { ...through, labels: through.labels.length === 0 ? ['Feedback'] : through.labels }) &&
        through.filters.length === 0 &&
        kindsLabelled(far.labels).includes('Adapter') &&
        far.filters.length === 0,
      pairNeighbours: async () => {
        const pairs = await sharedFeedbackPairs({ read }, source.org).catch(asFault);
        return pairs.map(({ adapterIds, sharedCount }) => ({ ids: adapterIds, count: sharedCount }));
      },
    },
  };
}

/** Different for patterns that mean different nodes. */
function patternKey({ labels, filters }: NodePattern): string {
  const conditions = filters.map(({ property, operator, value }) => [property, operator, equivalenceKey(value)]);
  return JSON.stringify([labels, conditions]);
}

/** What is too much to add up ends the query as its budgets do. */
function asFault(error: unknown): never {
  if (error instanceof ApiError && error.code === 'UNPROCESSABLE')
    throw new QueryFault('ArgumentError', 'BudgetSpent', error.message);
  throw error;
}
