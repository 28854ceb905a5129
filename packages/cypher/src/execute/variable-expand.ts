import { equals } from '../compare.js';
import type { Row } from '../evaluate/runtime.js';
import { hasType, createNodeMatcher } from '../pattern-match.js';
import type { Hop, NodePattern } from '../property-graph.js';
import { isNode, type NodeValue, type RelationshipValue, type Value } from '../value.js';
import { type Batches, type Execution, type Step, type Tally } from './execution.js';
import { describeHop, type ExpandOptions, type HopPages, hopPages, isAmong, isSame, requireNodeId } from './expand.js';

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
  /** What the page that was read last leads to and has not been looked at yet. */
  candidates?: Generator<Partial | undefined, undefined>;
  /** Roughly what is held for it. */
  readonly bytes: number;
}

/** Partial paths that are followed together: wide enough to share reads, narrow enough that few are held. */
const TOGETHER = 256;
/** Relationships of the paths that are found together: of long paths there are fewer. */
const LONG_ENOUGH = 262_144;
const BYTES_PER_LEVEL = 1_024;
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
  const { fromSlot, least, most } = options;
  const matches = createNodeMatcher(options.far);
  const scratch: Scratch = { relationships: [], between: [] };
  const buildRows = (paths: readonly Partial[]): Row[] =>
    paths
      .filter((path) => path.length >= least && endsAt(path, options, matches))
      .map((path) => buildRow(path, options, scratch));
  for await (const rows of input) {
    const starts = rows.flatMap((row) => {
      const node = row[fromSlot] ?? null;
      return requireNodeId(node) !== undefined && isNode(node) ? [new Partial(row, node, 0, undefined, undefined)] : [];
    });
    const whole = buildRows(starts);
    if (whole.length > 0) yield whole;
    if (most === 0) continue;
    for (let from = 0; from < starts.length; from += TOGETHER) {
      for await (const paths of longerPaths(starts.slice(from, from + TOGETHER), options, execution, tally)) {
        const made = buildRows(paths);
        if (made.length > 0) yield made;
      }
    }
  }
}

/** All paths that make some longer, some at a time: what was found last is followed first, so that few are held. */
async function* longerPaths(
  starts: readonly Partial[],
  options: VariableExpandOptions,
  execution: Execution,
  tally: Tally,
): AsyncGenerator<readonly Partial[]> {
  const { meter } = execution;
  const levels: Level[] = [];
  const push = (together: readonly Partial[]): void => {
    const level = follow(together, options, execution, tally);
    meter.takeBytes(level.bytes);
    levels.push(level);
  };
  const pop = (): void => meter.takeBytes(-(levels.pop()?.bytes ?? 0));
  try {
    push(starts);
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      level.candidates ??= extendPaths(await level.pages.next(), level.partials, options);
      const found: Partial[] = [];
      for (let relationships = 0; found.length < TOGETHER && relationships < LONG_ENOUGH;) {
        const { value: path, done } = level.candidates.next();
        if (done === true) {
          delete level.candidates;
          break;
        }
        if (path !== undefined) {
          meter.takePaths(1);
          found.push(path);
          relationships += path.length;
        }
        if (meter.shouldYield()) await meter.yieldToEventLoop();
      }
      // Before what it led to is followed: a chain of any length then holds one level.
      if (level.candidates === undefined && !level.pages.more) pop();
      const [first] = found;
      if (first === undefined) continue;
      yield found;
      if (first.length < options.most) push(found);
    }
  } finally {
    // Who has seen enough ends it early.
    while (levels.length > 0) pop();
  }
}

/** Starts to follow some partial paths, those that end at the same node together. */
function follow(
  together: readonly Partial[],
  { types, direction, far, needed, relationshipsNeeded, most }: VariableExpandOptions,
  execution: Execution,
  tally: Tally,
): Level {
  const byNode = new Map<string, Partial[]>();
  for (const partial of together) {
    const same = byNode.get(partial.node.id);
    if (same === undefined) byNode.set(partial.node.id, [partial]);
    else same.push(partial);
  }
  const request = { types, direction, needed, relationshipsNeeded, far: most === 1 ? far : ANY_NODE };
  return {
    partials: [...byNode.values()],
    pages: hopPages(request, [...byNode.keys()], execution, tally),
    bytes: BYTES_PER_LEVEL + together.length * BYTES_PER_PARTIAL,
  };
}

/**
 * Each path that a hop makes longer, one at a time, as there may be very many; `undefined` where a hop may not be followed,
 * so that whoever goes through them can let others have their turn.
 */
function* extendPaths(
  hops: readonly Hop[],
  partials: Level['partials'],
  options: VariableExpandOptions,
): Generator<Partial | undefined, undefined> {
  for (const { from, relationship, node } of hops) {
    if (!hasType(relationship, options.types) || !hasProperties(relationship, options)) continue;
    for (const before of partials[from] ?? []) {
      const isTaken = isOnPath(before, relationship) || isAmong(before.row, options.others, relationship);
      yield isTaken ? undefined : new Partial(before.row, node, before.length + 1, relationship, before);
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
  if (into && requireNodeId(row[toSlot] ?? null) !== node.id) return false;
  return matches(node);
}

function buildRow(end: Partial, options: VariableExpandOptions, scratch: Scratch): Row {
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
