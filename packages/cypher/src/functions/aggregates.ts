import { checked } from '../arithmetic.js';
import { orderValues } from '../compare.js';
import type { Meter } from '../execute/budget.js';
import { sortInTurns } from '../execute/merge.js';
import { argumentFault, typeFault } from '../query-error.js';
import { isNumber, kindOf, type Value, withArticle } from '../value.js';

/** Takes the values of one group, each with how often it occurs, and tells their aggregate. Null is left out before. */
export interface Aggregator {
  readonly add: (value: Value, times: number, args: readonly Value[]) => void;
  readonly result: (meter: Meter) => Value | Promise<Value>;
}

export interface AggregateDefinition {
  readonly least: number;
  readonly most: number;
  readonly gives?: 'integer' | 'float' | 'list';
  /** Whether it holds on to every value, so that each costs memory. */
  readonly keeps: boolean;
  readonly start: (at: number) => Aggregator;
}

/** By names in lower case. */
export const AGGREGATES: ReadonlyMap<string, AggregateDefinition> = new Map<string, AggregateDefinition>([
  ['count', { least: 1, most: 1, gives: 'integer', keeps: false, start: startCount }],
  ['sum', { least: 1, most: 1, keeps: false, start: startSum }],
  ['avg', { least: 1, most: 1, gives: 'float', keeps: false, start: startAverage }],
  ['min', { least: 1, most: 1, keeps: false, start: () => startExtreme(-1) }],
  ['max', { least: 1, most: 1, keeps: false, start: () => startExtreme(1) }],
  ['collect', { least: 1, most: 1, gives: 'list', keeps: true, start: startCollect }],
  ['stdev', { least: 1, most: 1, gives: 'float', keeps: false, start: (at) => startDeviation(at, 1) }],
  ['stdevp', { least: 1, most: 1, gives: 'float', keeps: false, start: (at) => startDeviation(at, 0) }],
  [
    'percentilecont',
    { least: 2, most: 2, gives: 'float', keeps: true, start: (at) => startPercentile(at, continuous) },
  ],
  ['percentiledisc', { least: 2, most: 2, keeps: true, start: (at) => startPercentile(at, discrete) }],
]);

/** By name, in any case. */
export function findAggregate(name: string): AggregateDefinition | undefined {
  return AGGREGATES.get(name.toLowerCase());
}

function startCount(): Aggregator {
  let count = 0;
  return { add: (_value, times) => (count += times), result: () => BigInt(count) };
}

function startSum(at: number): Aggregator {
  let integers = 0n;
  let floats: number | undefined;
  return {
    add: (value, times) => {
      const number = requireNumber(value, at, 'sum');
      if (typeof number === 'bigint')
        integers = checked(integers + (times === 1 ? number : number * BigInt(times)), at);
      else floats = (floats ?? 0) + number * times;
    },
    result: () => (floats === undefined ? integers : floats + Number(integers)),
  };
}

function startAverage(at: number): Aggregator {
  let sum = 0;
  let count = 0;
  return {
    add: (value, times) => {
      sum += Number(requireNumber(value, at, 'avg')) * times;
      count += times;
    },
    result: () => (count === 0 ? null : sum / count),
  };
}

function startExtreme(sign: number): Aggregator {
  let extreme: Value = null;
  return {
    add: (value) => {
      if (extreme === null || orderValues(value, extreme) * sign > 0) extreme = value;
    },
    result: () => extreme,
  };
}

function startCollect(): Aggregator {
  const values: Value[] = [];
  return {
    add: (value, times) => {
      for (let each = 0; each < times; each += 1) values.push(value);
    },
    result: () => values,
  };
}

/** By Welford's method, which loses no digits to large sums; `freedom` is what the count is lessened by. */
function startDeviation(at: number, freedom: 0 | 1): Aggregator {
  let count = 0;
  let mean = 0;
  let squares = 0;
  return {
    add: (value, times) => {
      const number = Number(requireNumber(value, at, 'stDev'));
      const delta = number - mean;
      count += times;
      mean += (delta * times) / count;
      squares += delta * (number - mean) * times;
    },
    result: () => (count - freedom <= 0 ? 0 : Math.sqrt(squares / (count - freedom))),
  };
}

type Percentile = (sorted: readonly (bigint | number)[], fraction: number) => Value;

function startPercentile(at: number, percentile: Percentile): Aggregator {
  const values: (bigint | number)[] = [];
  let fraction: number | undefined;
  return {
    add: (value, times, [, given = null]) => {
      fraction ??= requireFraction(given, at);
      const number = requireNumber(value, at, 'percentile');
      for (let each = 0; each < times; each += 1) values.push(number);
    },
    result: async (meter) =>
      values.length === 0 ? null : percentile(await sortInTurns(values, orderValues, meter), fraction ?? 0),
  };
}

function requireFraction(value: Value, at: number): number {
  if (!isNumber(value))
    throw typeFault(`A percentile must be a number from 0 to 1, not ${withArticle(kindOf(value))}`, at);
  if (!(value >= 0 && value <= 1)) {
    throw argumentFault('NumberOutOfRange', 'A percentile must be a number from 0 to 1', at);
  }
  return Number(value);
}

function continuous(sorted: readonly (bigint | number)[], fraction: number): Value {
  const place = fraction * (sorted.length - 1);
  const below = Number(sorted[Math.floor(place)]);
  const above = Number(sorted[Math.ceil(place)]);
  return below + (above - below) * (place - Math.floor(place));
}

function discrete(sorted: readonly (bigint | number)[], fraction: number): Value {
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? null;
}

function requireNumber(value: Value, at: number, name: string): bigint | number {
  if (isNumber(value)) return value;
  throw typeFault(`${name}() takes numbers, not ${withArticle(kindOf(value))}`, at, 'InvalidArgumentType');
}
