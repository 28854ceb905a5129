import { equivalenceKey } from '../compare.js';
import type { Evaluate, Row } from '../evaluate/runtime.js';
import { createNodeMatcher } from '../pattern-match.js';
import type { NeededProperties, NodeOrder, NodePattern, PropertyFilter } from '../property-graph.js';
import { isList, kindOf, type NodeValue, type Value } from '../value.js';
import {
  BATCH_ROWS,
  type Batches,
  evaluateRows,
  type Execution,
  extended,
  type Step,
  type Tally,
} from './execution.js';
import { keyOfValues } from './key.js';

export interface ScanOptions {
  readonly variable: string;
  readonly slot: number;
  readonly pattern: NodePattern;
  /** A property that must equal a value of the row: looked up for all rows of a batch at once. */
  readonly lookup?: { readonly property: string; readonly value: Evaluate };
  readonly needed: NeededProperties;
  readonly order?: NodeOrder;
  readonly expected: number;
  /** How many nodes the first page asks for: as many as the query needs, where that is known. */
  readonly firstPage?: number;
}

const FIRST_PAGE = 128;

/** Every row with every node of a pattern. */
export function scanStep(options: ScanOptions): Step {
  const { variable, pattern, lookup, order } = options;
  const filters = pattern.filters.map(describeFilter);
  if (lookup !== undefined) filters.push(`${lookup.property} of the row`);
  const labels = pattern.labels.map((label) => `:${label}`).join('');
  return {
    name: lookup === undefined ? 'NodeScan' : 'NodeLookup',
    detail:
      `(${variable}${labels})` +
      (filters.length === 0 ? '' : ` by ${filters.join(', ')}`) +
      (order === undefined ? '' : ` in the order of ${order.property}${order.descending ? ' descending' : ''}`),
    expected: options.expected,
    run: (input, execution, tally) =>
      lookup === undefined ? scan(options, input, execution, tally) : lookUp(options, lookup, input, execution, tally),
  };
}

function describeFilter({ property, operator, value }: PropertyFilter): string {
  return `${property} ${operator} ${describeValue(value)}`;
}

function describeValue(value: Value): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}...` : value}'`;
  if (isList(value)) return `${value.length} values`;
  return typeof value === 'object' && value !== null ? kindOf(value) : String(value);
}

async function* scan(options: ScanOptions, input: Batches, execution: Execution, tally: Tally): Batches {
  const { slot, pattern } = options;
  for await (const rows of input) {
    for await (const nodes of pages(options, pattern, execution, tally)) {
      for (let from = 0; from < rows.length;) {
        const take = Math.max(1, Math.floor(BATCH_ROWS / nodes.length));
        const part = rows.slice(from, from + take);
        yield part.flatMap((row) => nodes.map((node) => extended(row, slot, node)));
        from += take;
      }
    }
  }
}

async function* lookUp(
  options: ScanOptions,
  lookup: { readonly property: string; readonly value: Evaluate },
  input: Batches,
  execution: Execution,
  tally: Tally,
): Batches {
  const { slot, pattern } = options;
  for await (const rows of input) {
    const values = await evaluateRows(rows, lookup.value, execution);
    const rowsByValue = new Map<string, Row[]>();
    const sought = new Map<string, Value>();
    for (const [index, row] of rows.entries()) {
      const value = values[index] ?? null;
      if (value === null) continue;
      const made = keyOfValues([value], execution);
      const key = typeof made === 'string' ? made : await made;
      sought.set(key, value);
      const same = rowsByValue.get(key);
      if (same === undefined) rowsByValue.set(key, [row]);
      else same.push(row);
    }
    if (sought.size === 0) continue;
    const filter: PropertyFilter = { property: lookup.property, operator: 'in', value: [...sought.values()] };
    const wanted = { ...pattern, filters: [...pattern.filters, filter] };
    for await (const nodes of pages(options, wanted, execution, tally)) {
      const found = nodes.flatMap((node) => {
        const value = node.properties.get(lookup.property);
        if (value === undefined) return [];
        return (rowsByValue.get(equivalenceKey(value)) ?? []).map((row) => extended(row, slot, node));
      });
      if (found.length > 0) yield found;
    }
  }
}

async function* pages(
  { needed, order, firstPage }: ScanOptions,
  pattern: NodePattern,
  { graph, meter }: Execution,
  tally: Tally,
): AsyncGenerator<readonly NodeValue[]> {
  const matches = createNodeMatcher(pattern);
  let cursor: string | undefined;
  let limit = Math.min(BATCH_ROWS, firstPage ?? FIRST_PAGE);
  do {
    const page = await graph.nodes({
      ...pattern,
      needed,
      limit,
      ...(cursor !== undefined && { cursor }),
      ...(order !== undefined && { order }),
    });
    tally.reads += page.reads;
    const nodes = page.nodes.filter(matches);
    if (nodes.length > 0) yield nodes;
    await meter.yieldToEventLoop();
    cursor = page.cursor;
    limit = Math.min(BATCH_ROWS, limit * 4);
  } while (cursor !== undefined);
}
