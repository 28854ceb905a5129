import type { Evaluate } from '../evaluate/runtime.js';
import { argumentFault, QueryFault } from '../query-error.js';
import { kindOf, withArticle } from '../value.js';
import { type Batches, evaluateRows, type Execution, type Step } from './execution.js';

/** SKIP or LIMIT: an integer from 0 that depends on no row. */
export interface Bound {
  readonly keyword: 'SKIP' | 'LIMIT';
  readonly evaluate: Evaluate;
  readonly at: number;
}

/** @throws {import('../query-error.js').QueryFault} for what is no integer from 0. */
export async function evaluateBound({ keyword, evaluate, at }: Bound, execution: Execution): Promise<number> {
  const [value = null] = await evaluateRows([[]], evaluate, execution);
  if (typeof value !== 'bigint') {
    const message = `${keyword} requires a non-negative integer, not ${withArticle(kindOf(value))}`;
    throw new QueryFault('SyntaxError', 'InvalidArgumentType', message, at);
  }
  if (value < 0n)
    throw new QueryFault('SyntaxError', 'NegativeIntegerArgument', `${keyword} requires a non-negative integer`, at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw argumentFault('NumberOutOfRange', `${keyword} is too large`, at);
  return Number(value);
}

export function skipStep(bound: Bound, detail: string): Step {
  return { name: 'Skip', detail, run: (input, execution) => skip(bound, input, execution) };
}

async function* skip(bound: Bound, input: Batches, execution: Execution): Batches {
  let left = await evaluateBound(bound, execution);
  for await (const rows of input) {
    const kept = left === 0 ? rows : rows.slice(left);
    left -= Math.min(left, rows.length);
    if (kept.length > 0) yield kept;
  }
}

/** Stops the steps before it when it has enough. */
export function limitStep(bound: Bound, detail: string): Step {
  return { name: 'Limit', detail, run: (input, execution) => limit(bound, input, execution) };
}

async function* limit(bound: Bound, input: Batches, execution: Execution): Batches {
  let left = await evaluateBound(bound, execution);
  if (left === 0) return;
  for await (const rows of input) {
    yield left < rows.length ? rows.slice(0, left) : rows;
    left -= rows.length;
    if (left <= 0) return;
  }
}
