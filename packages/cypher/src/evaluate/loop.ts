import { childExpressions } from '../ast-walk.js';
import type { Expression } from '../ast.js';
import type { Value } from '../value.js';
import { LongLoop, type Loop, type Runtime } from './runtime.js';

/** Where a loop stands, and how much its body evaluates for each item. */
export interface LoopPlan {
  /** Parts of the body. */
  readonly parts: number;
  /** Items between two looks at whether it goes on for long. */
  readonly stride: number;
}

const STRIDE = 16;
const MANY_PARTS = 64;

/** Plans one loop, whose identity stands for it. */
export function planLoop(...bodies: readonly (Expression | undefined)[]): LoopPlan {
  const parts = bodies.reduce((sum, body) => sum + (body === undefined ? 0 : countParts(body)), 1);
  return { parts, stride: parts > MANY_PARTS ? 1 : STRIDE };
}

function countParts(expression: Expression): number {
  return childExpressions(expression).reduce((sum, child) => sum + countParts(child), 1);
}

/**
 * The result of a loop, at once or as the executor has found it before; `start` evaluates its list, and answers null for null.
 * @throws {LongLoop} if it goes on for long, or one within it does: its own slices then go around that one.
 */
export function runLoop(plan: LoopPlan, runtime: Runtime, start: () => Loop | null): Value {
  const known = runtime.loops.get(plan);
  if (known !== undefined) return known;
  const workBefore = runtime.work;
  const loop = start();
  if (loop === null) return null;
  const { items, step } = loop;
  try {
    for (let next = plan.stride; loop.index < items.length;) {
      if (loop.index === next) {
        next += plan.stride;
        if (runtime.isLong(plan.parts * plan.stride)) throw new LongLoop(plan, loop, workBefore - runtime.work);
      }
      step(items.at(loop.index) ?? null);
      loop.index += 1;
    }
  } catch (error) {
    const isWithin = error instanceof LongLoop && error.loop !== loop;
    throw isWithin ? new LongLoop(plan, loop, workBefore - runtime.work) : error;
  }
  return loop.result();
}
