import { toText } from '../arithmetic.js';
import { fitsInteger, type Value } from '../value.js';
import type { FunctionDefinition } from './definition.js';

const text: FunctionDefinition = {
  takes: [['string', 'integer', 'float', 'boolean']],
  least: 1,
  most: 1,
  gives: 'string',
  evaluate: ([value = null]) => (value === null || typeof value === 'object' ? null : toText(value)),
};

export const CONVERSION_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  toBoolean: {
    takes: [['boolean', 'string']],
    least: 1,
    most: 1,
    gives: 'boolean',
    evaluate: ([value = null]) =>
      typeof value === 'string' ? (TRUTHS.get(value.trim().toLowerCase()) ?? null) : value,
  },
  toInteger: {
    takes: [['integer', 'float', 'string', 'boolean']],
    least: 1,
    most: 1,
    gives: 'integer',
    evaluate: ([value = null]) => toInteger(value),
  },
  toFloat: {
    takes: [['integer', 'float', 'string']],
    least: 1,
    most: 1,
    gives: 'float',
    evaluate: ([value = null]) => (typeof value === 'string' ? parseFloatText(value) : Number(value)),
  },
  ['toString']: text,
};

const TRUTHS = new Map([
  ['true', true],
  ['false', false],
]);

const NUMBER = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

function parseFloatText(text: string): number | null {
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? Number(trimmed) : null;
}

/** Truncates a float; null for what no 64-bit integer is. */
function toInteger(value: Value): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'string') {
    const trimmed = value.trim();
    if (/^[+-]?[0-9]{1,30}$/.test(trimmed)) return bounded(BigInt(trimmed.replace(/^\+/, '')));
    return toInteger(parseFloatText(trimmed));
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  return bounded(BigInt(Math.trunc(value)));
}

function bounded(value: bigint): bigint | null {
  return fitsInteger(value) ? value : null;
}
