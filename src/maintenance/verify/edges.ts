/** The edges whose far ends have no facet: both sides there, nodes at both ends, and no cycle of derivation. */
import { isJsonObject } from '../../is-json-object.js';
import { isFeedbackId } from '../../model/ids.js';
import type { Key } from '../../store/contract.js';
import { edgeInKey, edgeOutKey, erasedFeedbackKey, feedbackKey, NO_FACET, type EdgeType } from '../../store/layout.js';
import { trainingBatchNode } from '../../training/batch.js';
import { putEmpty, remove } from '../repair.js';
import { type Check, components, reportInconsistency, eachChunk, malformed } from './check.js';
import { counterOfEntry } from './counters.js';
import { Lookups } from './cursor.js';
import { findCycle } from './cycle.js';
import { edgeRange } from './keyspace.js';
import { readFeedback, readRecord } from './shapes.js';

interface Edge {
  readonly key: Key;
  readonly from: string;
  readonly to: string;
}

/** What the `INCLUDES` edges say of each training batch. */
export interface InclusionCounts {
  readonly included: Map<string, number>;
  /** How many of these were erased. */
  readonly erased: Map<string, number>;
}

export async function checkEdges(check: Check): Promise<InclusionCounts> {
  const included = new Map<string, number>();
  const erased = new Map<string, number>();
  const parents = new Map<string, string[]>();
  for (const type of ['DERIVED_FROM', 'INCLUDES', 'TRAINED_ON'] as const) {
    check.progress.phase(`${type} edges`);
    const inSides = await checkOutgoing(check, type, ({ from, to }, lookups) => {
      if (type === 'INCLUDES') {
        lookups.find(erasedFeedbackKey(check.org, to), (stored) => {
          if (stored !== undefined) erased.set(from, (erased.get(from) ?? 0) + 1);
        });
        included.set(from, (included.get(from) ?? 0) + 1);
      }
      if (type === 'DERIVED_FROM') parents.set(from, [...(parents.get(from) ?? []), to]);
    });
    await checkIncoming(check, type, inSides);
  }
  const cycle = findCycle(parents);
  if (cycle !== undefined) {
    reportInconsistency(check, 'edge', cycle[0], `is derived from itself: ${cycle.join(' -> ')}`);
  }
  return { included, erased };
}

/** Answers how many incoming sides are there because an outgoing one says so. */
async function checkOutgoing(
  check: Check,
  type: EdgeType,
  visit: (edge: Edge, lookups: Lookups) => void,
): Promise<number> {
  const { org, store } = check;
  let inSides = 0;
  await eachChunk(check, 'edge', edgeRange(org, type, 'out'), async (entries) => {
    const lookups = new Lookups();
    const edges: Edge[] = [];
    for (const { key, value } of entries) {
      const edge = parseEdge(org, type, key, 'out');
      if (edge === undefined) {
        malformed(check, 'edge', key);
        continue;
      }
      edges.push(edge);
      visit(edge, lookups);
      const { from, to } = edge;
      const { problem } = readRecord(value, isJsonObject);
      if (problem !== undefined)
        reportInconsistency(check, 'edge', from, `has an edge ${type} to ${to} that ${problem}`);
      const inKey = edgeInKey(org, type, to, NO_FACET, from);
      lookups.find(inKey, (stored) => {
        if (stored === undefined) {
          reportInconsistency(check, 'edge', from, `has no incoming side of its ${type} edge to ${to}`, [
            putEmpty(inKey),
          ]);
          if (check.repairs === undefined) {
            if (type === 'DERIVED_FROM') check.corrections.add(counterOfEntry(org, inKey), 1);
            return;
          }
        }
        inSides += 1;
      });
    }
    await lookups.resolve(store);
    const missing = await check.nodes.missing(edges.flatMap(({ from, to }) => [from, to]));
    for (const { from, to } of edges) {
      for (const node of [from, to]) {
        if (missing.has(node))
          reportInconsistency(check, 'edge', from, `has a ${type} edge to ${to}, but ${node} does not exist`);
      }
    }
  });
  return inSides;
}

/** Looks at each incoming side only where there are others than the outgoing ones call for. */
async function checkIncoming(check: Check, type: EdgeType, expected: number): Promise<void> {
  const { org, store } = check;
  let count = 0;
  await eachChunk(check, 'edge', edgeRange(org, type, 'in'), (entries) => {
    count += entries.length;
    for (const { key, value } of entries) {
      if (value.length > 0)
        reportInconsistency(check, 'edge', key, 'is an incoming side with a value', [putEmpty(key)]);
    }
  });
  if (count === expected) return;
  for await (const chunk of store.snapshot(edgeRange(org, type, 'in'))) {
    const lookups = new Lookups();
    const strange = (key: Key, node: string, problem: string): void => {
      reportInconsistency(check, 'edge', node, problem, [remove(key)]);
      if (check.repairs === undefined && type === 'DERIVED_FROM') {
        check.corrections.add(counterOfEntry(org, key), -1);
      }
    };
    for (const { key } of chunk) {
      const edge = parseEdge(org, type, key, 'in');
      if (edge === undefined) {
        strange(key, key, 'is not the key of an edge');
        continue;
      }
      const { from, to } = edge;
      lookups.find(edgeOutKey(org, type, from, to), (out) => {
        if (out !== undefined) return;
        const reportStrange = (): void => strange(key, from, `has only the incoming side of a ${type} edge to ${to}`);
        if (type !== 'INCLUDES' || !isFeedbackId(to)) {
          reportStrange();
          return;
        }
        // Where the feedback says that it is held or was used, the outgoing side is what is missing, and was told.
        lookups.find(feedbackKey(org, to), (stored) => {
          const feedback = stored === undefined ? undefined : readFeedback(stored, to);
          if (
            feedback === undefined ||
            feedback.use === 'unused' ||
            trainingBatchNode(feedback.trainingBatchId) !== from
          )
            reportStrange();
        });
      });
    }
    await lookups.resolve(store);
    await lookups.resolve(store);
    await check.repairs?.flushFull();
  }
  await check.repairs?.flush();
}

function parseEdge(org: string, type: EdgeType, key: Key, side: 'in' | 'out'): Edge | undefined {
  if (side === 'out') {
    const [, , , , from, to] = components(key, 6) ?? [];
    return from === undefined || to === undefined ? undefined : { key, from, to };
  }
  const [, , , , to, , from] = components(key, 7) ?? [];
  if (from === undefined || to === undefined) return undefined;
  return edgeInKey(org, type, to, NO_FACET, from) === key ? { key, from, to } : undefined;
}
