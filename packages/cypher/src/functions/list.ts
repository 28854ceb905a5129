import { type Items, spend } from '../evaluate/runtime.js';
import { argumentFault } from '../query-error.js';
import { isList, isMap, type Value } from '../value.js';
import { type CallContext, type FunctionDefinition, INTEGER } from './definition.js';
import { countCharacters, reverseText } from './string.js';

const LIST = ['list'] as const;

export const LIST_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  size: {
    takes: [['list', 'string']],
    least: 1,
    most: 1,
    gives: 'integer',
    evaluate: ([value = null]) =>
      isList(value) ? BigInt(value.length) : typeof value === 'string' ? BigInt(countCharacters(value)) : null,
  },
  isEmpty: {
    takes: [['list', 'string', 'map']],
    least: 1,
    most: 1,
    gives: 'boolean',
    evaluate: ([value = null]) => (isMap(value) ? value.size === 0 : isList(value) ? value.length === 0 : value === ''),
  },
  head: { takes: [LIST], least: 1, most: 1, evaluate: ([list = null]) => toItems(list)[0] ?? null },
  last: { takes: [LIST], least: 1, most: 1, evaluate: ([list = null]) => toItems(list).at(-1) ?? null },
  tail: {
    takes: [LIST],
    least: 1,
    most: 1,
    gives: 'list',
    evaluate: ([list = null], { runtime }) => {
      spend(runtime, toItems(list).length);
      return toItems(list).slice(1);
    },
  },
  reverse: {
    takes: [['list', 'string']],
    least: 1,
    most: 1,
    evaluate: ([value = null], { runtime }) => {
      if (typeof value === 'string') {
        spend(runtime, value.length >> 1);
        return reverseText(value);
      }
      spend(runtime, toItems(value).length);
      return toItems(value).toReversed();
    },
  },
  range: {
    takes: [INTEGER],
    least: 2,
    most: 3,
    gives: 'list',
    evaluate: (args, context) => {
      const range = toRange(args, context);
      if (range === null) return null;
      // At its full length from the start: a list that grows leaves behind twice its size for the garbage collector.
      const list = new Array<bigint>(range.length);
      for (let index = 0; index < list.length; index += 1) list[index] = range.at(index);
      return list;
    },
    items: toRange,
  },
};

function toItems(value: Value): readonly Value[] {
  return isList(value) ? value : [];
}

interface IntegerRange extends Items {
  readonly at: (index: number) => bigint;
}

/** The integers of range(), each made when it is asked for. */
function toRange(
  [start = null, end = null, step = 1n]: readonly Value[],
  { runtime, at }: CallContext,
): IntegerRange | null {
  if (typeof start !== 'bigint' || typeof end !== 'bigint' || typeof step !== 'bigint') return null;
  if (step === 0n) throw argumentFault('NumberOutOfRange', 'The step of range() must not be 0', at);
  const length = (step > 0n ? end >= start : end <= start) ? Number((end - start) / step + 1n) : 0;
  spend(runtime, length);
  const [first, distance] = [Number(start), Number(step)];
  // Doubles are several times as fast as three bigints for each item.
  const isExact = Math.abs(first) + Math.abs(distance) * length <= Number.MAX_SAFE_INTEGER;
  return {
    length,
    at: isExact ? (index) => BigInt(first + distance * index) : (index) => start + step * BigInt(index),
  };
}
