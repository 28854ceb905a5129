import { checkedLength } from '../arithmetic.js';
import { spend } from '../evaluate/runtime.js';
import { argumentFault } from '../query-error.js';
import { isList, type Value } from '../value.js';
import { type CallContext, type FunctionDefinition, INTEGER, STRING } from './definition.js';

export const STRING_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  toLower: ofString((text) => text.toLowerCase()),
  lower: ofString((text) => text.toLowerCase()),
  toUpper: ofString((text) => text.toUpperCase()),
  upper: ofString((text) => text.toUpperCase()),
  trim: ofString((text) => text.trim()),
  lTrim: ofString((text) => text.trimStart()),
  rTrim: ofString((text) => text.trimEnd()),
  left: {
    takes: [STRING, INTEGER],
    least: 2,
    most: 2,
    gives: 'string',
    evaluate: ([text = null, count = null], context) => cut(toStringOrEmpty(text), 0, toLength(count, context)),
  },
  right: {
    takes: [STRING, INTEGER],
    least: 2,
    most: 2,
    gives: 'string',
    evaluate: ([text = null, count = null], context) => {
      const total = characters(toStringOrEmpty(text)).length;
      return cut(toStringOrEmpty(text), Math.max(0, total - toLength(count, context)), total);
    },
  },
  substring: {
    takes: [STRING, INTEGER],
    least: 2,
    most: 3,
    gives: 'string',
    evaluate: ([text = null, start = null, length], context) => {
      const from = toLength(start, context);
      return cut(toStringOrEmpty(text), from, length === undefined ? Infinity : from + toLength(length, context));
    },
  },
  replace: {
    takes: [STRING],
    least: 3,
    most: 3,
    gives: 'string',
    evaluate: ([text = null, sought = null, replacement = null], { runtime, at }) => {
      const parts = toStringOrEmpty(text).split(toStringOrEmpty(sought));
      spend(runtime, parts.length);
      const grown = toStringOrEmpty(text).length + parts.length * toStringOrEmpty(replacement).length;
      checkedLength({ length: grown } as string, at);
      return parts.join(toStringOrEmpty(replacement));
    },
  },
  split: {
    takes: [STRING, ['string', 'list']],
    least: 2,
    most: 2,
    gives: 'list',
    evaluate: ([text = null, delimiter = null], { runtime }) => {
      const delimiters = isList(delimiter) ? delimiter.map(toStringOrEmpty) : [toStringOrEmpty(delimiter)];
      let parts: readonly string[] = [toStringOrEmpty(text)];
      for (const each of delimiters) {
        spend(runtime, parts.length + (toStringOrEmpty(text).length >> 6));
        parts = parts.flatMap((part) => (each === '' ? characters(part) : part.split(each)));
      }
      spend(runtime, parts.length);
      return parts;
    },
  },
};

function ofString(compute: (text: string) => string): FunctionDefinition {
  return {
    takes: [STRING],
    least: 1,
    most: 1,
    gives: 'string',
    evaluate: ([text = null]) => compute(toStringOrEmpty(text)),
  };
}

function toStringOrEmpty(value: Value): string {
  return typeof value === 'string' ? value : '';
}

function toLength(value: Value, { at, name }: CallContext): number {
  const length = Number(value);
  if (length < 0) throw argumentFault('NumberOutOfRange', `${name}() does not take negative numbers`, at);
  return length;
}

const SURROGATES = /[\ud800-\udfff]/;

/** The code points of a text: a string itself where each of them is one unit. */
export function characters(text: string): readonly string[] | string[] {
  return SURROGATES.test(text) ? Array.from(text) : text.split('');
}

function cut(text: string, from: number, to: number): string {
  return SURROGATES.test(text) ? Array.from(text).slice(from, to).join('') : text.slice(from, to);
}
