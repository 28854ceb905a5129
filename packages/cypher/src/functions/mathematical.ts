import { checked } from '../arithmetic.js';
import type { Value } from '../value.js';
import { type FunctionDefinition, NUMBER } from './definition.js';

export const MATHEMATICAL_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  abs: {
    takes: [NUMBER],
    least: 1,
    most: 1,
    evaluate: ([value = null], { at }) =>
      typeof value === 'bigint' ? checked(value < 0n ? -value : value, at) : Math.abs(toNumber(value)),
  },
  sign: {
    takes: [NUMBER],
    least: 1,
    most: 1,
    gives: 'integer',
    evaluate: ([value = null]) => {
      const sign = Math.sign(toNumber(value));
      return Number.isNaN(sign) ? 0n : BigInt(sign);
    },
  },
  // Halves are rounded up, as in openCypher's Java implementations.
  round: ofFloat(Math.round),
  ceil: ofFloat(Math.ceil),
  floor: ofFloat(Math.floor),
  sqrt: ofFloat(Math.sqrt),
  exp: ofFloat(Math.exp),
  log: ofFloat(Math.log),
  log10: ofFloat(Math.log10),
  sin: ofFloat(Math.sin),
  cos: ofFloat(Math.cos),
  tan: ofFloat(Math.tan),
  cot: ofFloat((value) => 1 / Math.tan(value)),
  asin: ofFloat(Math.asin),
  acos: ofFloat(Math.acos),
  atan: ofFloat(Math.atan),
  atan2: {
    takes: [NUMBER],
    least: 2,
    most: 2,
    gives: 'float',
    evaluate: ([y = null, x = null]) => Math.atan2(toNumber(y), toNumber(x)),
  },
  haversin: ofFloat((value) => (1 - Math.cos(value)) / 2),
  degrees: ofFloat((value) => (value * 180) / Math.PI),
  radians: ofFloat((value) => (value * Math.PI) / 180),
  pi: { takes: [], least: 0, most: 0, gives: 'float', evaluate: () => Math.PI },
  e: { takes: [], least: 0, most: 0, gives: 'float', evaluate: () => Math.E },
  rand: { takes: [], least: 0, most: 0, gives: 'float', evaluate: (_args, { runtime }) => runtime.random() },
  timestamp: {
    takes: [],
    least: 0,
    most: 0,
    gives: 'integer',
    evaluate: (_args, { runtime }) => BigInt(runtime.startedAt),
  },
};

function ofFloat(compute: (value: number) => number): FunctionDefinition {
  return { takes: [NUMBER], least: 1, most: 1, gives: 'float', evaluate: ([value = null]) => compute(toNumber(value)) };
}

function toNumber(value: Value): number {
  return Number(value);
}
