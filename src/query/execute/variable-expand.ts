import { equals } from '../compare.js';
import type { Row } from '../evaluate/runtime.js';
import type { Hop, NodePattern } from '../property-graph.js';
import { isNode, type NodeValue, type RelationshipValue, type Value } from '../value.js';
import { BATCH_ROWS, type Batches, type Execution, type Step, type Tally } from './execution.js';
import { describeHop, type ExpandOptions, type HopPages, hopPages, isAmong, isSame, nodeIdOf } from './expand.js';
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

/** Where the parts of a path are put in order before they are copied: a copy is no literal either, see {@link Partial}. */
interface Scratch {
  readonly relationships: RelationshipValue[];
  readonly between: NodeValue[];
}

type Matcher = (node: NodeValue) => boolean;

/**
 * A path from the start, by its last relationship. A class, as V8 takes the objects of a literal for long-lived ones where
 * some were, and makes all others so: their garbage then waits for the slow collector.
 */
class Partial {
  constructor(
    readonly row: Row,
    readonly node: NodeValue,
    readonly length: number,
    readonly relationship: RelationshipValue | undefined,
    readonly before: Partial | undefined,
  ) {}
}

/** Partial paths that are followed together, by their last nodes. */
interface Level {
  readonly partials: readonly (readonly Partial[])[];
  readonly pages: HopPages;
  /** What the page that was read last leads to and has not been followed yet. */
  paths?: Generator<Partial, undefined>;
}

/** Partial paths that are followed together: wide enough to share reads, narrow enough that few are held. */
const TOGETHER = 256;
/** Relationships of the paths of one batch: long paths are handed on in smaller batches. */
const LONG_ENOUGH = 262_144;
const LEVEL_BYTES = TOGETHER * 96;
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
  const scratch: Scratch = { relationships: [], between: [] };
  for await (const rows of input) {
    let made: Row[] = [];
    let madeLength = 0;
    const starts: Partial[] = [];
    for (const row of rows) {
      const node = row[options.fromSlot] ?? null;
      if (nodeIdOf(node) === undefined || !isNode(node)) continue;
      const start = new Partial(row, node, 0, undefined, undefined);
      if (options.least === 0 && endsAt(start, options, matches)) made.push(rowOf(start, options, scratch));
      if (options.most > 0) starts.push(start);
    }
    for (let from = 0; from < starts.length; from += TOGETHER) {
      // What was found last is followed first, so that few partial paths are held at a time.
      const levels = [follow(starts.slice(from, from + TOGETHER), options, execution, tally)];
      for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
        if (level.paths === undefined) {
          // Rows that waited for the store would be old to the garbage collector, which lets others wait for it then.
          if (made.length > 0) yield made;
          made = [];
          madeLength = 0;
          level.paths = longerPaths(await level.pages.next(), level.partials, options);
        }
        const next: Partial[] = [];
        while (next.length < TOGETHER) {
          const { value: path } = level.paths.next();
          if (path === undefined) {
            delete level.paths;
            break;
          }
          meter.takePaths(1);
          if (path.length >= options.least && endsAt(path, options, matches)) {
            made.push(rowOf(path, options, scratch));
            madeLength += path.length;
          }
          if (path.length < options.most) next.push(path);
          if (made.length >= BATCH_ROWS || madeLength >= LONG_ENOUGH) {
            yield made;
            made = [];
            madeLength = 0;
          }
          if (meter.isTired()) await meter.breathe();
        }
        if (level.paths === undefined && !level.pages.more) {
          levels.pop();
          meter.takeBytes(-LEVEL_BYTES);
        }
        if (next.length > 0) levels.push(follow(next, options, execution, tally));
      }
    }
    if (made.length > 0) yield made;
  }
}

/** Starts to follow some partial paths, those that end at the same node together. */
function follow(
  together: readonly Partial[],
  { types, direction, far, needed, relationshipsNeeded, most }: VariableExpandOptions,
  execution: Execution,
  tally: Tally,
): Level {
  execution.meter.takeBytes(LEVEL_BYTES);
  const byNode = new Map<string, Partial[]>();
  for (const partial of together) {
    const same = byNode.get(partial.node.id);
    if (same === undefined) byNode.set(partial.node.id, [partial]);
    else same.push(partial);
  }
  const request = { types, direction, needed, relationshipsNeeded, far: most === 1 ? far : ANY_NODE };
  return { partials: [...byNode.values()], pages: hopPages(request, [...byNode.keys()], execution, tally) };
}

/** Each path that a hop makes longer, one at a time: there may be very many. */
function* longerPaths(
  hops: readonly Hop[],
  partials: Level['partials'],
  options: VariableExpandOptions,
): Generator<Partial, undefined> {
  for (const { from, relationship, node } of hops) {
    if (!isOfType(relationship, options.types) || !hasProperties(relationship, options)) continue;
    for (const before of partials[from] ?? []) {
      if (isOnPath(before, relationship) || isAmong(before.row, options.others, relationship)) continue;
      yield new Partial(before.row, node, before.length + 1, relationship, before);
    }
  }
  return undefined;
}

function hasProperties({ properties }: RelationshipValue, { relationshipFilters }: VariableExpandOptions): boolean {
  return relationshipFilters.every(({ property, value }) => equals(properties.get(property) ?? null, value) === true);
}

function isOnPath(partial: Partial, relationship: RelationshipValue): boolean {
  for (let each: Partial | undefined = partial; each !== undefined; each = each.before) {
    if (each.relationship !== undefined && isSame(each.relationship, relationship)) return true;
  }
  return false;
}

function endsAt({ node, row }: Partial, { into, toSlot }: VariableExpandOptions, matches: Matcher): boolean {
  if (into && nodeIdOf(row[toSlot] ?? null) !== node.id) return false;
  return matches(node);
}

function rowOf(end: Partial, options: VariableExpandOptions, scratch: Scratch): Row {
  const { toSlot, relationshipSlot, betweenSlot, into, backwards } = options;
  const { relationships, between } = scratch;
  const row = end.row.slice();
  const { length } = end;
  for (let each = end, at = length - 1; each.before !== undefined; each = each.before, at -= 1) {
    const place = backwards ? length - 1 - at : at;
    if (each.relationship !== undefined) relationships[place] = each.relationship;
    if (each !== end) between[backwards ? place - 1 : place] = each.node;
  }
  row[relationshipSlot] = relationships.slice(0, length);
  if (betweenSlot !== undefined) row[betweenSlot] = between.slice(0, Math.max(0, length - 1));
  if (!into) row[toSlot] = end.node;
  return row;
}
