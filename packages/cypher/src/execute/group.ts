import { bounded } from '../evaluate/extent.js';
import type { Evaluate, Row } from '../evaluate/runtime.js';
import type { AggregateDefinition, Aggregator } from '../functions/aggregates.js';
import type { Value } from '../value.js';
import { BATCH_ROWS, type Batches, evaluateParts, type Execution, type Step } from './execution.js';
import { KeyMap } from './key-map.js';
import { keyOfValues } from './key.js';
import type { Projected } from './project.js';

export interface Aggregated {
  readonly slot: number;
  readonly definition: AggregateDefinition;
  readonly at: number;
  readonly distinct: boolean;
  /** None of `count(*)`. */
  readonly args: readonly Evaluate[];
}

export interface GroupOptions {
  readonly keys: readonly Projected[];
  readonly aggregates: readonly Aggregated[];
  /** Holds for how many rows a row stands, where counters made it. */
  readonly weightSlot: number | undefined;
  readonly detail: string;
}

interface Group {
  readonly row: Row;
  readonly aggregators: readonly Aggregator[];
  /** For each aggregate with DISTINCT, the values that it has taken. */
  readonly taken: readonly (KeyMap<true> | undefined)[];
}

/** One row for each group; a single one of nothing where there are no keys and no rows. */
export function groupStep(options: GroupOptions): Step {
  return { name: 'Group', detail: options.detail, run: (input, execution) => group(options, input, execution) };
}

async function* group(options: GroupOptions, input: Batches, execution: Execution): Batches {
  const { keys, aggregates, weightSlot } = options;
  const known = new KeyMap<Group>();
  const groups: Group[] = [];
  const hasDistinct = aggregates.some(({ distinct }) => distinct);
  for await (const batch of input) {
    const parts = evaluateParts(
      batch,
      (row, runtime) => ({
        keys: keys.map(({ evaluate }) => evaluate(row, runtime)),
        args: aggregates.map(({ args }) => args.map((arg) => arg(row, runtime))),
      }),
      execution,
    );
    for await (const { rows, results } of parts) {
      for (const [index, row] of rows.entries()) {
        const values = results[index];
        if (values === undefined) continue;
        const made = keyOfValues(values.keys, execution);
        const key = typeof made === 'string' ? made : await made;
        let found = known.get(key);
        if (found === undefined) {
          found = startGroup(options, row, values.keys);
          known.set(key, found);
          groups.push(found);
          execution.meter.takeBytes(estimateGroupBytes(key, values.keys, aggregates.length, execution));
        }
        const times = weightSlot === undefined ? 1 : Number(row[weightSlot] ?? 1);
        const distinctKeys = hasDistinct ? await keysOfDistinct(aggregates, values.args, execution) : [];
        addTo(found, aggregates, { args: values.args, distinctKeys }, times, execution);
        if (execution.meter.shouldYield()) await execution.meter.yieldToEventLoop();
      }
    }
  }
  if (groups.length === 0 && keys.length === 0) groups.push(startGroup(options, [], []));
  let made: Row[] = [];
  for (const { row, aggregators } of groups) {
    const copy = row.slice();
    for (const [index, { slot, at }] of aggregates.entries()) {
      const result = aggregators[index]?.result(execution.meter) ?? null;
      copy[slot] = bounded(result instanceof Promise ? await result : result, execution.runtime, at);
    }
    if (execution.meter.shouldYield()) await execution.meter.yieldToEventLoop();
    made.push(copy);
    if (made.length < BATCH_ROWS) continue;
    yield made;
    made = [];
  }
  if (made.length > 0) yield made;
}

function startGroup({ keys, aggregates }: GroupOptions, row: Row, values: readonly Value[]): Group {
  const copy = row.slice();
  keys.forEach(({ slot }, index) => (copy[slot] = values[index] ?? null));
  return {
    row: copy,
    aggregators: aggregates.map(({ definition, at }) => definition.start(at)),
    taken: aggregates.map(({ distinct }) => (distinct ? new KeyMap<true>() : undefined)),
  };
}

function estimateGroupBytes(key: string, keys: readonly Value[], aggregates: number, { meter }: Execution): number {
  return (
    200 + 2 * key.length + 100 * aggregates + keys.reduce((sum: number, value) => sum + meter.estimateBytes(value), 0)
  );
}

/** For each aggregate with DISTINCT, the key of what it is given. */
async function keysOfDistinct(
  aggregates: readonly Aggregated[],
  args: readonly (readonly Value[])[],
  execution: Execution,
): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const [index, { distinct }] of aggregates.entries()) {
    const made = distinct ? keyOfValues(args[index]?.slice(0, 1) ?? [], execution) : '';
    keys.push(typeof made === 'string' ? made : await made);
  }
  return keys;
}

function addTo(
  { aggregators, taken }: Group,
  aggregates: readonly Aggregated[],
  { args, distinctKeys }: { readonly args: readonly (readonly Value[])[]; readonly distinctKeys: readonly string[] },
  times: number,
  { meter }: Execution,
): void {
  aggregates.forEach(({ definition, args: { length } }, index) => {
    const given = args[index] ?? [];
    const value = length === 0 ? true : (given[0] ?? null);
    if (value === null) return;
    const seen = taken[index];
    if (seen !== undefined) {
      const key = distinctKeys[index] ?? '';
      if (seen.get(key) === true) return;
      meter.takeBytes(64 + 2 * key.length);
      seen.set(key, true);
    }
    const counted = seen === undefined ? times : 1;
    if (definition.keeps) meter.takeBytes(16 * counted + meter.estimateBytes(value));
    aggregators[index]?.add(value, counted, given);
  });
}
