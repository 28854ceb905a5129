import type { Row } from '../evaluate/runtime.js';
import type {
  GraphCounters,
  NeededProperties,
  NeighbourGroupRequest,
  NeighbourPairRequest,
  NodeGroup,
  NodePattern,
} from '../property-graph.js';
import type { NodeValue, Value } from '../value.js';
import { BATCH_ROWS, type Batches, type Execution, type Step, type Tally } from './execution.js';
import { groupByNode } from './expand.js';

/** A node that stands for all nodes of a group: it has only the values that they share. */
function standIn(labels: readonly string[], properties: readonly string[], values: readonly Value[]): NodeValue {
  const shared = properties.flatMap((name, index): [string, Value][] => {
    const value = values[index] ?? null;
    return value === null ? [] : [[name, value]];
  });
  return { kind: 'node', id: '', labels, properties: new Map(shared) };
}

/** Where a row made from counters says what it stands for, and for how many. */
export interface CounterSlots {
  readonly node: number | undefined;
  readonly weight: number;
}

/** One row that stands for `count` matches. */
export function countStep(count: number, slots: CounterSlots, stand: readonly number[], detail: string): Step {
  return {
    name: 'CountFromCounters',
    detail,
    expected: 1,
    run: async function* (input) {
      for await (const rows of input) {
        if (count === 0) continue;
        yield rows.map((row) => {
          const copy = row.slice();
          for (const slot of stand) copy[slot] = standIn([], [], []);
          copy[slots.weight] = count;
          return copy;
        });
      }
    },
  };
}

/** A row for each group of nodes, as counters hold them. */
export function nodeGroupsStep(
  counters: GraphCounters,
  pattern: NodePattern,
  properties: readonly string[],
  slots: CounterSlots,
  detail: string,
): Step {
  return {
    name: 'NodeGroupsFromCounters',
    detail,
    run: async function* (input, _execution, tally) {
      for await (const rows of input) {
        const groups = await counters.groupNodes(pattern, properties);
        tally.reads += groups.length;
        for (const row of rows) {
          const made = groups
            .filter(({ count }) => count > 0)
            .map((group) => weighted(row, group, pattern.labels, properties, slots));
          if (made.length > 0) yield made;
        }
      }
    },
  };
}

/** For each row a row for each group of the neighbours of its node, as counters hold them. */
export function neighbourGroupsStep(
  counters: GraphCounters,
  request: Omit<NeighbourGroupRequest, 'from'>,
  fromSlot: number,
  slots: CounterSlots,
  detail: string,
): Step {
  return {
    name: 'NeighbourGroupsFromCounters',
    detail,
    run: (input, execution, tally) => neighbourGroups(counters, request, fromSlot, slots, input, execution, tally),
  };
}

async function* neighbourGroups(
  counters: GraphCounters,
  request: Omit<NeighbourGroupRequest, 'from'>,
  fromSlot: number,
  slots: CounterSlots,
  input: Batches,
  { meter }: Execution,
  tally: Tally,
): Batches {
  for await (const rows of input) {
    const starts = groupByNode(rows, fromSlot);
    if (starts.size === 0) continue;
    const groups = await counters.groupNeighbours({ ...request, from: [...starts.keys()] });
    let made: Row[] = [];
    for (const [index, same] of [...starts.values()].entries()) {
      const found = (groups[index] ?? []).filter(({ count }) => count > 0);
      tally.reads += found.length;
      for (const row of same) {
        for (const group of found) made.push(weighted(row, group, request.far.labels, request.properties, slots));
        if (made.length < BATCH_ROWS) continue;
        yield made;
        made = [];
        await meter.yieldToEventLoop();
      }
    }
    if (made.length > 0) yield made;
  }
}

/** A row for each two neighbours that nodes share, in both orders, as counters hold them. */
export function neighbourPairsStep(
  counters: GraphCounters,
  request: NeighbourPairRequest,
  slots: CounterSlots & { readonly first: number; readonly second: number },
  needed: NeededProperties,
  detail: string,
): Step {
  return {
    name: 'NeighbourPairsFromCounters',
    detail,
    run: async function* (input, { graph, meter }, tally) {
      for await (const rows of input) {
        const pairs = await counters.pairNeighbours(request);
        const ids = [...new Set(pairs.flatMap((pair) => pair.ids))];
        tally.reads += pairs.length + ids.length;
        const found = await graph.nodesById(ids, needed);
        const nodes = new Map(ids.map((id, index) => [id, found[index]]));
        let made: Row[] = [];
        for (const row of rows) {
          for (const { ids, count } of pairs) {
            const [one, other] = ids.map((id) => nodes.get(id));
            if (one === undefined || other === undefined) continue;
            for (const [first, second] of [
              [one, other],
              [other, one],
            ] as const) {
              const copy = weighted(row, { values: [], count }, request.through.labels, [], slots);
              copy[slots.first] = first;
              copy[slots.second] = second;
              made.push(copy);
            }
            if (made.length < BATCH_ROWS) continue;
            yield made;
            made = [];
            await meter.yieldToEventLoop();
          }
        }
        if (made.length > 0) yield made;
      }
    },
  };
}

function weighted(
  row: Row,
  { values, count }: NodeGroup,
  labels: readonly string[],
  properties: readonly string[],
  { node, weight }: CounterSlots,
): Row {
  const copy = row.slice();
  if (node !== undefined) copy[node] = standIn(labels, properties, values);
  copy[weight] = count;
  return copy;
}
