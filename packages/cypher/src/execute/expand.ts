import type { Row } from '../evaluate/runtime.js';
import { hasType, createNodeMatcher } from '../pattern-match.js';
import type { Direction, ExpandRequest, Hop, NeededProperties, NodePattern } from '../property-graph.js';
import { typeFault } from '../query-error.js';
import { isList, isNode, isRelationship, kindOf, type RelationshipValue, type Value, withArticle } from '../value.js';
import { BATCH_ROWS, type Batches, type Execution, type Step, type Tally } from './execution.js';

export interface ExpandOptions {
  readonly from: string;
  readonly to: string;
  readonly fromSlot: number;
  readonly toSlot: number;
  readonly relationshipSlot: number;
  /** Whether the node at the far end is bound already and has to be the same. */
  readonly into: boolean;
  readonly types: readonly string[];
  readonly direction: Direction;
  readonly far: NodePattern;
  readonly needed: NeededProperties;
  readonly relationshipsNeeded: boolean;
  /** Slots of relationships, or lists of them, that the same clause has matched already: none is followed twice. */
  readonly others: readonly number[];
  readonly expected: number;
  /** How many hops the first page asks for: as many as the query needs, where that is known. */
  readonly firstPage?: number;
}

const FIRST_PAGE = 256;

/** Follows one relationship from a bound node. */
export function expandStep(options: ExpandOptions): Step {
  return {
    name: options.into ? 'ExpandInto' : 'Expand',
    detail: describeHop(options),
    expected: options.expected,
    run: (input, execution, tally) => expand(options, input, execution, tally),
  };
}

export function describeHop({
  from,
  to,
  types,
  direction,
  far,
}: Pick<ExpandOptions, 'from' | 'to' | 'types' | 'direction' | 'far'>): string {
  const inside = types.length === 0 ? '' : `[:${types.join('|')}]`;
  const labels = far.labels.map((label) => `:${label}`).join('');
  const filters = far.filters.map(({ property }) => property).join(', ');
  const arrow = direction === 'out' ? `-${inside}->` : direction === 'in' ? `<-${inside}-` : `-${inside}-`;
  return `(${from})${arrow}(${to}${labels})${filters === '' ? '' : ` by ${filters}`}`;
}

async function* expand(options: ExpandOptions, input: Batches, execution: Execution, tally: Tally): Batches {
  const { fromSlot, toSlot, relationshipSlot, into, others } = options;
  const matches = createNodeMatcher(options.far);
  for await (const rows of input) {
    const starts = groupByNode(rows, fromSlot);
    const buildRows = [...starts.values()];
    const pages = hopPages(options, [...starts.keys()], execution, tally);
    while (pages.more) {
      const hops = await pages.next();
      let made: Row[] = [];
      for (const { from, relationship, node } of hops) {
        if (!matches(node) || !hasType(relationship, options.types)) continue;
        for (const row of buildRows[from] ?? []) {
          if (into && requireNodeId(row[toSlot] ?? null) !== node.id) continue;
          if (isAmong(row, others, relationship)) continue;
          const next = row.slice();
          next[relationshipSlot] = relationship;
          if (!into) next[toSlot] = node;
          made.push(next);
        }
        if (made.length >= BATCH_ROWS) {
          yield made;
          made = [];
        }
        if (execution.meter.shouldYield()) await execution.meter.yieldToEventLoop();
      }
      if (made.length > 0) yield made;
    }
  }
}

/** The rows by the node that each starts from; those without one have no relationships. */
export function groupByNode(rows: readonly Row[], slot: number): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const id = requireNodeId(row[slot] ?? null);
    if (id === undefined) continue;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [row]);
    else group.push(row);
  }
  return groups;
}

/** @throws {import('../query-error.js').QueryFault} for what is neither a node nor null. */
export function requireNodeId(value: Value): string | undefined {
  if (value === null) return undefined;
  if (isNode(value)) return value.id;
  throw typeFault(
    `A pattern starts from a node, not from ${withArticle(kindOf(value))}`,
    undefined,
    'InvalidArgumentType',
  );
}

export function isAmong(row: Row, slots: readonly number[], relationship: RelationshipValue): boolean {
  return slots.some((slot) => {
    const value = row[slot] ?? null;
    if (isRelationship(value)) return isSame(value, relationship);
    return isList(value) && value.some((each) => isRelationship(each) && isSame(each, relationship));
  });
}

/** As comparing their ids, which are made only where the ends are the same. */
export function isSame(one: RelationshipValue, other: RelationshipValue): boolean {
  return one === other || (one.start === other.start && one.end === other.end && one.id === other.id);
}

/** The relationships of some nodes, page by page. */
export interface HopPages {
  /** Whether there may be more of them. */
  readonly more: boolean;
  readonly next: () => Promise<readonly Hop[]>;
}

export function hopPages(
  request: Omit<ExpandRequest, 'from' | 'limit' | 'cursor'> & { readonly firstPage?: number },
  from: readonly string[],
  { graph, meter }: Execution,
  tally: Tally,
): HopPages {
  const { types, direction, far, needed, relationshipsNeeded, firstPage = FIRST_PAGE } = request;
  let more = from.length > 0;
  let cursor: string | undefined;
  let limit = Math.min(BATCH_ROWS, firstPage);
  return {
    get more() {
      return more;
    },
    next: async () => {
      const position = cursor === undefined ? {} : { cursor };
      const asked = { from, types, direction, far, needed, relationshipsNeeded, limit, ...position };
      const page = await graph.expand(asked);
      tally.reads += page.reads;
      await meter.yieldToEventLoop();
      ({ cursor } = page);
      more = cursor !== undefined;
      limit = Math.min(BATCH_ROWS, limit * 2);
      return page.hops;
    },
  };
}
