import type { ComparisonOperator, Expression, ExpressionOf } from '../ast.js';
import { compareValues, equals } from '../compare.js';
import { typeFault } from '../query-error.js';
import { isList, kindOf, type Value, withArticle } from '../value.js';
import { toTruth } from './compile.js';
import { spendComparing, spendFinding, spendReading, spendSearching } from './extent.js';
import { planLoop, runLoop } from './loop.js';
import type { Evaluate, Loop, Runtime } from './runtime.js';

type Inner = (each: Expression) => Evaluate;

export function compileLogical({ operator, operands, at }: ExpressionOf<'logical'>, inner: Inner): Evaluate {
  const compiled = operands.map(inner);
  if (operator === 'xor') {
    return (row, runtime) => {
      let result: boolean | null = false;
      for (const operand of compiled) {
        const truth = toTruth(operand(row, runtime), at);
        result = result === null || truth === null ? null : result !== truth;
      }
      return result;
    };
  }
  const decisive = operator === 'or';
  return (row, runtime) => {
    let result: boolean | null = !decisive;
    for (const operand of compiled) {
      const truth = toTruth(operand(row, runtime), at);
      if (truth === decisive) return decisive;
      if (truth === null) result = null;
    }
    return result;
  };
}

/** `a < b <= c` says `a < b AND b <= c`. */
export function compileComparison({ first, rest }: ExpressionOf<'comparison'>, inner: Inner): Evaluate {
  const start = inner(first);
  const links = rest.map(({ operator, operand }) => ({ operator, operand: inner(operand) }));
  return (row, runtime) => {
    let result: boolean | null = true;
    let left = start(row, runtime);
    for (const { operator, operand } of links) {
      const right = operand(row, runtime);
      spendComparing(left, right, runtime);
      const truth = compareWith(operator, left, right);
      if (truth === false) return false;
      if (truth === null) result = null;
      left = right;
    }
    return result;
  };
}

export function compareWith(operator: ComparisonOperator, left: Value, right: Value): boolean | null {
  if (operator === '=') return equals(left, right);
  if (operator === '<>') {
    const same = equals(left, right);
    return same === null ? null : !same;
  }
  const order = compareValues(left, right);
  if (order === null) return null;
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

export function compileText({ operator, left, right }: ExpressionOf<'text'>, inner: Inner): Evaluate {
  const [text, part] = [inner(left), inner(right)];
  return (row, runtime) => {
    const [whole, sought] = [text(row, runtime), part(row, runtime)];
    if (typeof whole !== 'string' || typeof sought !== 'string') return null;
    switch (operator) {
      case 'starts with':
        spendReading(sought, runtime);
        return whole.startsWith(sought);
      case 'ends with':
        spendReading(sought, runtime);
        return whole.endsWith(sought);
      case 'contains':
        spendFinding(whole, sought, runtime);
        return whole.includes(sought);
    }
  };
}

export function compileIn({ item, list, at }: ExpressionOf<'in'>, inner: Inner): Evaluate {
  const [sought, among] = [inner(item), inner(list)];
  const plan = planLoop();
  return (row, runtime) => {
    const value = sought(row, runtime);
    const items = among(row, runtime);
    if (items === null) return null;
    if (!isList(items))
      throw typeFault(`IN takes a list, not ${withArticle(kindOf(items))}`, at, 'InvalidArgumentType');
    if (items.length > AT_ONCE) return runLoop(plan, runtime, () => search(items, value, runtime));
    spendSearching(items, value, runtime);
    return contains(items, value);
  };
}

/** Items that are searched without a look at how long it takes. */
const AT_ONCE = 1_024;

function search(items: readonly Value[], value: Value, runtime: Runtime): Loop {
  spendSearching(items, value, runtime);
  let found: boolean | null = false;
  const loop: Loop = {
    items,
    index: 0,
    step: (item) => {
      const same = equals(value, item);
      if (same !== false && found !== true) found = same;
      // Nothing behind it changes the answer.
      if (same === true) loop.index = items.length;
    },
    result: () => found,
  };
  return loop;
}

export function contains(items: readonly Value[], value: Value): boolean | null {
  let unknown = false;
  for (const each of items) {
    const same = equals(value, each);
    if (same === true) return true;
    unknown ||= same === null;
  }
  return unknown ? null : false;
}

export function compileCase({ subject, branches, otherwise, at }: ExpressionOf<'case'>, inner: Inner): Evaluate {
  const compared = subject === undefined ? undefined : inner(subject);
  const cases = branches.map(({ when, then }) => ({ when: inner(when), then: inner(then) }));
  const last = otherwise === undefined ? undefined : inner(otherwise);
  return (row, runtime) => {
    const value = compared?.(row, runtime);
    for (const { when, then } of cases) {
      const tested = when(row, runtime);
      if (value !== undefined) spendComparing(value, tested, runtime);
      const met = value === undefined ? toTruth(tested, at) : equals(value, tested);
      if (met === true) return then(row, runtime);
    }
    return last?.(row, runtime) ?? null;
  };
}
