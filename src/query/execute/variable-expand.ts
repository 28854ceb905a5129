import { equals } from '../compare.js';
import type { Row } from '../evaluate/runtime.js';
import type { NodePattern } from '../property-graph.js';
import { isNode, type NodeValue, type RelationshipValue, type Value } from '../value.js';
import { BATCH_ROWS, type Batches, type Execution, type Step, type Tally } from './execution.js';
import { describeHop, type ExpandOptions, hopPages, isAmong, nodeIdOf } from './expand.js';
import { isOfType, matcherOf } from './meets.js';

export interface VariableExpandOptions extends ExpandOptions {
  readonly least: number;
  /** Infinity where there is no upper bound. */
  readonly most: number;
  /** Values that properties of each relationship must have. */
  readonly relationshipFilters: readonly { readonly property: string; readonly value: Value }[];
  /** Gets the nodes between both ends, where a named path needs them. */
  readonly betweenSlot: number | undefined;
  /** Whether it is followed from the right end of the pattern to the left. */
  readonly backwards: boolean;
}

type Matcher = (node: NodeValue) => boolean;

/** A path from the start, by its last relationship. */
interface Partial {
  readonly row: Row;
  readonly node: NodeValue;
  readonly length: number;
  readonly relationship?: RelationshipValue;
  readonly before?: Partial;
}

/** Partial paths that are followed together: wide enough to share reads, narrow enough that few are held. */
const TOGETHER = 256;
/** Relationships of the paths of one batch: long paths are handed on in smaller batches. */
const LONG_ENOUGH = 262_144;
const BYTES_PER_PARTIAL = 96;
const ANY_NODE: NodePattern = { labels: [], filters: [] };

/** Follows a relationship any number of times from a bound node; none twice within a path. */
export function variableExpandStep(options: VariableExpandOptions): Step {
  const { least, most } = options;
  const times = `${least}..${most === Infinity ? '' : most}`;
  return {
    name: options.into ? 'VariableExpandInto' : 'VariableExpand',
    detail: `${describeHop(options)} ${times} times`,
    expected: options.expected,
    run: (input, execution, tally) => variableExpand(options, input, execution, tally),
  };
}

async function* variableExpand(
  options: VariableExpandOptions,
  input: Batches,
  execution: Execution,
  tally: Tally,
): Batches {
  const { meter } = execution;
  const matches = matcherOf(options.far);
  for await (const rows of input) {
    const stack: Partial[] = [];
    let made: Row[] = [];
    let madeLength = 0;
    for (const row of rows) {
      const node = row[options.fromSlot] ?? null;
      if (nodeIdOf(node) === undefined || !isNode(node)) continue;
      const start: Partial = { row, node, length: 0 };
      if (options.least === 0 && endsAt(start, options, matches)) made.push(rowOf(start, options));
      if (options.most > 0) stack.push(start);
    }
    stack.reverse();
    meter.takeBytes(stack.length * BYTES_PER_PARTIAL);
    while (stack.length > 0) {
      const together = stack.splice(-TOGETHER);
      meter.takeBytes(-together.length * BYTES_PER_PARTIAL);
      const partials = new Map<string, Partial[]>();
      for (const partial of together) {
        const same = partials.get(partial.node.id);
        if (same === undefined) partials.set(partial.node.id, [partial]);
        else same.push(partial);
      }
      const { types, direction, far, needed, relationshipsNeeded } = options;
      const request = { types, direction, needed, relationshipsNeeded, far: options.most === 1 ? far : ANY_NODE };
      const lists = [...partials.values()];
      for await (const hops of hopPages(request, [...partials.keys()], execution, tally)) {
        for (const { from, relationship, node } of hops) {
          if (!isOfType(relationship, types) || !hasProperties(relationship, options)) continue;
          for (const before of lists[from] ?? []) {
            if (isOnPath(before, relationship.id) || isAmong(before.row, options.others, relationship.id)) continue;
            meter.takePaths(1);
            const next: Partial = { row: before.row, node, length: before.length + 1, relationship, before };
            if (next.length >= options.least && endsAt(next, options, matches)) {
              made.push(rowOf(next, options));
              madeLength += next.length;
            }
            if (next.length < options.most) {
              meter.takeBytes(BYTES_PER_PARTIAL);
              stack.push(next);
            }
          }
          if (made.length >= BATCH_ROWS || madeLength >= LONG_ENOUGH) {
            yield made;
            made = [];
            madeLength = 0;
          }
          if (meter.isTired()) await meter.breathe();
        }
      }
    }
    if (made.length > 0) yield made;
  }
}

function hasProperties({ properties }: RelationshipValue, { relationshipFilters }: VariableExpandOptions): boolean {
  return relationshipFilters.every(({ property, value }) => equals(properties.get(property) ?? null, value) === true);
}

function isOnPath(partial: Partial, id: string): boolean {
  for (let each: Partial | undefined = partial; each !== undefined; each = each.before) {
    if (each.relationship?.id === id) return true;
  }
  return false;
}

function endsAt({ node, row }: Partial, { into, toSlot }: VariableExpandOptions, matches: Matcher): boolean {
  if (into && nodeIdOf(row[toSlot] ?? null) !== node.id) return false;
  return matches(node);
}

function rowOf(end: Partial, { toSlot, relationshipSlot, betweenSlot, into, backwards }: VariableExpandOptions): Row {
  const row = end.row.slice();
  const relationships: RelationshipValue[] = [];
  const between: NodeValue[] = [];
  for (let each: Partial | undefined = end; each !== undefined; each = each.before) {
    if (each.relationship !== undefined) relationships.push(each.relationship);
    if (each !== end && each.before !== undefined) between.push(each.node);
  }
  row[relationshipSlot] = backwards ? relationships : relationships.reverse();
  if (betweenSlot !== undefined) row[betweenSlot] = backwards ? between : between.reverse();
  if (!into) row[toSlot] = end.node;
  return row;
}
