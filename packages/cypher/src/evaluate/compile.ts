import { calculate, checkedLength } from '../arithmetic.js';
import type { Expression, ExpressionOf } from '../ast.js';
import { findFunction } from '../functions/registry.js';
import { QueryFault, syntaxFault, typeFault } from '../query-error.js';
import { isList, kindOf, type Value, withArticle } from '../value.js';
import { element, hasLabels, readProperty, slice } from './access.js';
import { compileComprehension, compileQuantifier, compileReduce } from './comprehension.js';
import { bounded, spendMaking } from './extent.js';
import { compileCase, compileComparison, compileIn, compileLogical, compileText } from './predicates.js';
import { requireAnswer, type Evaluate, type Items, type Row, type Runtime, spend } from './runtime.js';
import type { Scope, Slots } from './scope.js';

export type SubqueryExpression = ExpressionOf<'exists' | 'patternPredicate' | 'patternComprehension'>;

/** What the planner gives the compiler of expressions. */
export interface Compiler {
  readonly slots: Slots;
  /** Registers a subquery that starts from the variables of `scope`; answers its number and what it depends on. */
  readonly subquery: (expression: SubqueryExpression, scope: Scope) => { number: number; slots: readonly number[] };
  /** The same for equal values of the slots. */
  readonly keyOfSlots: (row: Row, slots: readonly number[]) => string;
}

/** Turns an expression into a function of a row. It has passed the check, so its variables are known. */
export function compile(expression: Expression, scope: Scope, compiler: Compiler): Evaluate {
  const inner = (each: Expression): Evaluate => compile(each, scope, compiler);
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'parameter':
      return compileParameter(expression);
    case 'variable': {
      const slot = scope.get(expression.name);
      if (slot === undefined) throw unknownVariable(expression.name, expression.at);
      return (row) => row[slot] ?? null;
    }
    case 'slot': {
      const { slot } = expression;
      return (row) => row[slot] ?? null;
    }
    case 'property': {
      const [object, { name, at }] = [inner(expression.object), expression];
      return (row, runtime) => readProperty(object(row, runtime), name, at);
    }
    case 'labels': {
      const [object, { labels, at }] = [inner(expression.object), expression];
      return (row, runtime) => hasLabels(object(row, runtime), labels, at);
    }
    case 'index': {
      const [object, index, { at }] = [inner(expression.object), inner(expression.index), expression];
      return (row, runtime) => element(object(row, runtime), index(row, runtime), at);
    }
    case 'slice': {
      const object = inner(expression.object);
      const from = expression.from === undefined ? undefined : inner(expression.from);
      const to = expression.to === undefined ? undefined : inner(expression.to);
      return (row, runtime) => {
        const part = slice(object(row, runtime), from?.(row, runtime), to?.(row, runtime), expression.at);
        if (isList(part)) spend(runtime, part.length);
        return part;
      };
    }
    case 'list': {
      const items = expression.items.map(inner);
      const { at } = expression;
      return (row, runtime) => {
        runtime.written += items.length;
        return bounded(
          items.map((item) => item(row, runtime)),
          runtime,
          at,
        );
      };
    }
    case 'map': {
      const entries = expression.entries.map(({ key, value }) => ({ key, value: inner(value) }));
      const { at } = expression;
      return (row, runtime) => {
        runtime.written += entries.length;
        return bounded(new Map(entries.map(({ key, value }) => [key, value(row, runtime)])), runtime, at);
      };
    }
    case 'not': {
      const operand = inner(expression.operand);
      return (row, runtime) => {
        const value = toTruth(operand(row, runtime), expression.at);
        return value === null ? null : !value;
      };
    }
    case 'logical':
      return compileLogical(expression, inner);
    case 'comparison':
      return compileComparison(expression, inner);
    case 'arithmetic':
      return compileArithmetic(expression, inner);
    case 'negate':
      return compileSign(expression, inner);
    case 'isNull': {
      const [operand, { negated }] = [inner(expression.operand), expression];
      return (row, runtime) => (operand(row, runtime) === null) !== negated;
    }
    case 'text':
      return compileText(expression, inner);
    case 'in':
      return compileIn(expression, inner);
    case 'case':
      return compileCase(expression, inner);
    case 'call':
      return compileCall(expression, inner);
    case 'countAll':
      throw syntaxFault('InvalidAggregation', 'count(*) may only stand in WITH, RETURN and ORDER BY', expression.at);
    case 'listComprehension':
      return compileComprehension(expression, scope, compiler);
    case 'quantifier':
      return compileQuantifier(expression, scope, compiler);
    case 'reduce':
      return compileReduce(expression, scope, compiler);
    case 'exists':
    case 'patternPredicate':
    case 'patternComprehension':
      return compileSubquery(expression, scope, compiler);
  }
}

export function unknownVariable(name: string, at: number): Error {
  return syntaxFault('UndefinedVariable', `Variable '${name}' is not defined`, at);
}

function compileParameter({ name, at }: ExpressionOf<'parameter'>): Evaluate {
  return (_row, { parameters }) => {
    const value = parameters.get(name);
    if (value === undefined)
      throw new QueryFault('ParameterMissing', 'MissingParameter', `Missing parameter '${name}'`, at);
    return value;
  };
}

function compileSubquery(expression: SubqueryExpression, scope: Scope, compiler: Compiler): Evaluate {
  const { number, slots } = compiler.subquery(expression, scope);
  return (row, runtime) =>
    requireAnswer(runtime, `${number}|${compiler.keyOfSlots(row, slots)}`, () => ({
      kind: 'subquery',
      subquery: number,
      row: row.slice(),
    }));
}

function compileArithmetic(expression: ExpressionOf<'arithmetic'>, inner: (each: Expression) => Evaluate): Evaluate {
  const first = inner(expression.first);
  const rest = expression.rest.map(({ operator, operand, at }) => ({ operator, at, operand: inner(operand) }));
  return (row, runtime) => {
    let result = first(row, runtime);
    for (const { operator, operand, at } of rest) {
      result = calculate(operator, result, operand(row, runtime), at);
      if (isList(result)) {
        spend(runtime, result.length);
        bounded(result, runtime, at);
      } else spendMaking(result, runtime);
    }
    return result;
  };
}

function compileSign(expression: ExpressionOf<'negate'>, inner: (each: Expression) => Evaluate): Evaluate {
  const { at, negative } = expression;
  const operand = inner(expression.operand);
  return (row, runtime) => {
    const value = operand(row, runtime);
    if (value === null) return null;
    if (typeof value === 'number') return negative ? -value : value;
    if (typeof value === 'bigint') return negative ? calculate('-', 0n, value, at) : value;
    throw typeFault(`A sign cannot precede ${withArticle(kindOf(value))}`, at, 'InvalidArgumentType');
  };
}

/**
 * The items of a list that a loop goes through: none of them is held where they can be made one by one.
 * @param loopAt where the loop stands, for the message that there is no list
 */
export function compileItems(
  expression: Expression,
  scope: Scope,
  compiler: Compiler,
  loopAt: number,
): (row: Row, runtime: Runtime) => Items | null {
  const inner = (each: Expression): Evaluate => compile(each, scope, compiler);
  const makeItems = expression.kind === 'call' ? findFunction(expression.name)?.items : undefined;
  if (expression.kind === 'call' && makeItems !== undefined) {
    const { at, name } = expression;
    const args = expression.args.map(inner);
    return (row, runtime) => {
      const given = args.map((arg) => arg(row, runtime));
      return makeItems(given, { runtime, at, name });
    };
  }
  const list = inner(expression);
  return (row, runtime) => {
    const value = list(row, runtime);
    if (value === null || isList(value)) return value;
    const message = `Expected a list instead of ${withArticle(kindOf(value))}`;
    throw typeFault(message, loopAt, 'InvalidArgumentType');
  };
}

function compileCall(expression: ExpressionOf<'call'>, inner: (each: Expression) => Evaluate): Evaluate {
  const { at, name } = expression;
  const definition = findFunction(name);
  if (definition === undefined) throw syntaxFault('UnknownFunction', `Unknown function '${name}'`, at);
  const args = expression.args.map(inner);
  const { evaluate } = definition;
  return (row, runtime) => {
    const given = args.map((arg) => arg(row, runtime));
    for (const arg of given) spendMaking(arg, runtime);
    const result = evaluate(given, { runtime, at, name });
    return isList(result) ? checkedLength(result, at) : result;
  };
}

/** A truth or null. */
export function toTruth(value: Value, at: number): boolean | null {
  if (value === null || typeof value === 'boolean') return value;
  throw typeFault(`Expected a boolean instead of ${withArticle(kindOf(value))}`, at, 'InvalidArgumentType');
}
