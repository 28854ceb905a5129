import type { ExpressionOf } from '../ast.js';
import { typeFault } from '../query-error.js';
import { isList, kindOf, type Value, withArticle } from '../value.js';
import { compile, type Compiler, toTruth } from './compile.js';
import { bounded } from './extent.js';
import { type Evaluate, type Row, type Runtime, spend } from './runtime.js';
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
  const list = compile(expression.list, scope, compiler);
  const where = expression.where === undefined ? undefined : compile(expression.where, inside, compiler);
  const map = expression.map === undefined ? undefined : compile(expression.map, inside, compiler);
  return (row, runtime) => {
    const items = toItems(list(row, runtime), at, runtime);
    if (items === null) return null;
    const result: Value[] = [];
    for (const item of items) {
      row[slot] = item;
      if (where !== undefined && toTruth(where(row, runtime), at) !== true) continue;
      result.push(map === undefined ? item : map(row, runtime));
    }
    return bounded(result, runtime, at);
  };
}

/** `all(variable IN list WHERE where)` and its like, with the truth that is unknown. */
export function compileQuantifier(expression: ExpressionOf<'quantifier'>, scope: Scope, compiler: Compiler): Evaluate {
  const { at, quantifier } = expression;
  const slot = newSlot(compiler.slots);
  const list = compile(expression.list, scope, compiler);
  const where = compile(expression.where, withVariable(scope, expression.variable, slot), compiler);
  return (row, runtime) => {
    const items = toItems(list(row, runtime), at, runtime);
    if (items === null) return null;
    const met = tally(items, row, slot, (each) => toTruth(where(each, runtime), at));
    switch (quantifier) {
      case 'all':
        return met.no > 0 ? false : met.unknown > 0 ? null : true;
      case 'any':
        return met.yes > 0 ? true : met.unknown > 0 ? null : false;
      case 'none':
        return met.yes > 0 ? false : met.unknown > 0 ? null : true;
      case 'single':
        return met.yes > 1 ? false : met.unknown > 0 ? null : met.yes === 1;
    }
  };
}

function tally(
  items: readonly Value[],
  row: Row,
  slot: number,
  test: (row: Row) => boolean | null,
): { readonly yes: number; readonly no: number; readonly unknown: number } {
  const counts = { yes: 0, no: 0, unknown: 0 };
  for (const item of items) {
    row[slot] = item;
    const truth = test(row);
    counts[truth === null ? 'unknown' : truth ? 'yes' : 'no'] += 1;
  }
  return counts;
}

/** `reduce(accumulator = initial, variable IN list | step)` */
export function compileReduce(expression: ExpressionOf<'reduce'>, scope: Scope, compiler: Compiler): Evaluate {
  const { at } = expression;
  const [accumulatorSlot, itemSlot] = [newSlot(compiler.slots), newSlot(compiler.slots)];
  const initial = compile(expression.initial, scope, compiler);
  const list = compile(expression.list, scope, compiler);
  const outer = withVariable(scope, expression.accumulator, accumulatorSlot);
  const step = compile(expression.step, withVariable(outer, expression.variable, itemSlot), compiler);
  return (row, runtime) => {
    const items = toItems(list(row, runtime), at, runtime);
    if (items === null) return null;
    let accumulated = initial(row, runtime);
    for (const item of items) {
      row[accumulatorSlot] = accumulated;
      row[itemSlot] = item;
      accumulated = step(row, runtime);
    }
    return accumulated;
  };
}

function toItems(list: Value, at: number, runtime: Runtime): readonly Value[] | null {
  if (list === null) return null;
  if (!isList(list))
    throw typeFault(`Expected a list instead of ${withArticle(kindOf(list))}`, at, 'InvalidArgumentType');
  spend(runtime, list.length);
  return list;
}
