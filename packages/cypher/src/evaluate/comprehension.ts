import type { ExpressionOf, Quantifier } from '../ast.js';
import type { Value } from '../value.js';
import { compile, compileItems, type Compiler, toTruth } from './compile.js';
import { bounded } from './extent.js';
import { planLoop, runLoop } from './loop.js';
import { type Evaluate, type Items, type Runtime, spend } from './runtime.js';
import { newSlot, type Scope, withVariable } from './scope.js';

/** `[variable IN list WHERE where | map]` */
export function compileComprehension(
  expression: ExpressionOf<'listComprehension'>,
  scope: Scope,
  compiler: Compiler,
): Evaluate {
  const { at } = expression;
  const slot = newSlot(compiler.slots);
  const inside = withVariable(scope, expression.variable, slot);
  const list = compileItems(expression.list, scope, compiler, at);
  const where = expression.where === undefined ? undefined : compile(expression.where, inside, compiler);
  const map = expression.map === undefined ? undefined : compile(expression.map, inside, compiler);
  const plan = planLoop(expression.where, expression.map);
  return (row, runtime) =>
    runLoop(plan, runtime, () => {
      const items = counted(list(row, runtime), runtime);
      if (items === null) return null;
      const result: Value[] = [];
      return {
        items,
        index: 0,
        step: (item) => {
          row[slot] = item;
          if (where !== undefined && toTruth(where(row, runtime), at) !== true) return;
          result.push(map === undefined ? item : map(row, runtime));
        },
        result: () => bounded(result, runtime, at),
      };
    });
}

/** `all(variable IN list WHERE where)` and its like, with the truth that is unknown. */
export function compileQuantifier(expression: ExpressionOf<'quantifier'>, scope: Scope, compiler: Compiler): Evaluate {
  const { at, quantifier } = expression;
  const slot = newSlot(compiler.slots);
  const list = compileItems(expression.list, scope, compiler, at);
  const where = compile(expression.where, withVariable(scope, expression.variable, slot), compiler);
  const plan = planLoop(expression.where);
  return (row, runtime) =>
    runLoop(plan, runtime, () => {
      const items = counted(list(row, runtime), runtime);
      if (items === null) return null;
      const met = { yes: 0, no: 0, unknown: 0 };
      return {
        items,
        index: 0,
        step: (item) => {
          row[slot] = item;
          const truth = toTruth(where(row, runtime), at);
          met[truth === null ? 'unknown' : truth ? 'yes' : 'no'] += 1;
        },
        result: () => judge(quantifier, met),
      };
    });
}

function judge(
  quantifier: Quantifier,
  { yes, no, unknown }: { readonly yes: number; readonly no: number; readonly unknown: number },
): boolean | null {
  switch (quantifier) {
    case 'all':
      return no > 0 ? false : unknown > 0 ? null : true;
    case 'any':
      return yes > 0 ? true : unknown > 0 ? null : false;
    case 'none':
      return yes > 0 ? false : unknown > 0 ? null : true;
    case 'single':
      return yes > 1 ? false : unknown > 0 ? null : yes === 1;
  }
}

/** `reduce(accumulator = initial, variable IN list | step)` */
export function compileReduce(expression: ExpressionOf<'reduce'>, scope: Scope, compiler: Compiler): Evaluate {
  const { at } = expression;
  const [accumulatorSlot, itemSlot] = [newSlot(compiler.slots), newSlot(compiler.slots)];
  const initial = compile(expression.initial, scope, compiler);
  const list = compileItems(expression.list, scope, compiler, at);
  const outer = withVariable(scope, expression.accumulator, accumulatorSlot);
  const step = compile(expression.step, withVariable(outer, expression.variable, itemSlot), compiler);
  const plan = planLoop(expression.step);
  return (row, runtime) =>
    runLoop(plan, runtime, () => {
      const items = counted(list(row, runtime), runtime);
      if (items === null) return null;
      let accumulated = initial(row, runtime);
      return {
        items,
        index: 0,
        step: (item) => {
          row[accumulatorSlot] = accumulated;
          row[itemSlot] = item;
          accumulated = step(row, runtime);
        },
        result: () => accumulated,
      };
    });
}

/** To go through a list costs as much as to make one. */
function counted(items: Items | null, runtime: Runtime): Items | null {
  if (items !== null) spend(runtime, items.length);
  return items;
}
