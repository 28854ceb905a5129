import { spend } from '../evaluate/runtime.js';
import { argumentFault } from '../query-error.js';
import { isList, isMap, type Value } from '../value.js';
import { type FunctionDefinition, INTEGER } from './definition.js';
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
    evaluate: ([start = null, end = null, step = 1n], { runtime, at }) => {
      if (typeof start !== 'bigint' || typeof end !== 'bigint' || typeof step !== 'bigint') return null;
      if (step === 0n) throw argumentFault('NumberOutOfRange', 'The step of range() must not be 0', at);
      const length = (end - start) / step + 1n;
      const count = (step > 0n ? end >= start : end <= start) ? Number(length) : 0;
      spend(runtime, count);
      // At its full length from the start: a list that grows leaves behind twice its size for the garbage collector.
      const items = new Array<bigint>(count);
      for (let item = start, index = 0; index < count; item += step, index += 1) items[index] = item;
      return items;
    },
  },
};

function toItems(value: Value): readonly Value[] {
  return isList(value) ? value : [];
}
