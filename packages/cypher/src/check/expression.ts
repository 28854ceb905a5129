import type { Expression, ExpressionOf } from '../ast.js';
import { findAggregate } from '../functions/aggregates.js';
import { findFunction } from '../functions/registry.js';
import { syntaxFault, typeFault } from '../query-error.js';
import { withArticle } from '../value.js';
import { checkSubquery } from './subquery.js';
import { commonType, isListType, kindOfType, type StaticType, inferLiteralType } from './types.js';

/** What is known where an expression stands. */
export interface Environment {
  readonly variables: ReadonlyMap<string, StaticType>;
  readonly aggregates: 'refused' | 'taken' | 'within one';
  /** Whether it stands as a condition, where a pattern says that there is one. */
  readonly condition: boolean;
}

/** @throws {import('../query-error.js').QueryFault} for what could never run. */
export function checkExpression(expression: Expression, environment: Environment): StaticType {
  const value = (each: Expression): StaticType => checkExpression(each, { ...environment, condition: false });
  switch (expression.kind) {
    case 'literal':
      return inferLiteralType(expression);
    case 'parameter':
    case 'slot':
      return 'any';
    case 'variable': {
      const type = environment.variables.get(expression.name);
      if (type !== undefined) return type;
      throw syntaxFault('UndefinedVariable', `Variable '${expression.name}' is not defined`, expression.at);
    }
    case 'property':
      return checkProperty(expression, value(expression.object));
    case 'labels':
      expectType(value(expression.object), ['node', 'relationship'], "':'", expression.at);
      return 'boolean';
    case 'index':
      return checkIndex(expression, value(expression.object), value(expression.index));
    case 'slice': {
      const type = value(expression.object);
      for (const bound of [expression.from, expression.to]) if (bound !== undefined) value(bound);
      return isListType(type) ? type : { list: 'any' };
    }
    case 'list': {
      const [first = 'any', ...more] = expression.items.map(value);
      return { list: more.reduce(commonType, first) };
    }
    case 'map':
      for (const entry of expression.entries) value(entry.value);
      return 'map';
    case 'not':
      checkCondition(expression.operand, environment, 'NOT');
      return 'boolean';
    case 'logical':
      for (const operand of expression.operands)
        checkCondition(operand, environment, expression.operator.toUpperCase());
      return 'boolean';
    case 'comparison':
      value(expression.first);
      for (const { operand } of expression.rest) value(operand);
      return 'boolean';
    case 'arithmetic':
      return checkArithmetic(expression, value);
    case 'negate': {
      const type = value(expression.operand);
      expectType(type, ['integer', 'float'], 'A sign', expression.at);
      return type;
    }
    case 'isNull':
      checkExpression(expression.operand, environment);
      return 'boolean';
    case 'text':
      value(expression.left);
      value(expression.right);
      return 'boolean';
    case 'in':
      value(expression.item);
      expectType(value(expression.list), ['list'], 'IN', expression.at);
      return 'boolean';
    case 'case':
      return checkCase(expression, environment, value);
    case 'call':
      return checkCall(expression, environment);
    case 'countAll':
      checkAggregate('count', environment, expression.at);
      return 'integer';
    case 'listComprehension': {
      const item = checkList(expression.list, expression.at, value);
      const inside = within(environment, [[expression.variable, item]]);
      if (expression.where !== undefined) checkCondition(expression.where, { ...inside, condition: true }, 'WHERE');
      return { list: expression.map === undefined ? item : checkExpression(expression.map, inside) };
    }
    case 'quantifier': {
      const item = checkList(expression.list, expression.at, value);
      const inside = within(environment, [[expression.variable, item]]);
      checkCondition(expression.where, { ...inside, condition: true }, 'WHERE');
      return 'boolean';
    }
    case 'reduce': {
      value(expression.initial);
      const item = checkList(expression.list, expression.at, value);
      const bound: [string, StaticType][] = [
        [expression.accumulator, 'any'],
        [expression.variable, item],
      ];
      checkExpression(expression.step, within(environment, bound));
      return 'any';
    }
    case 'exists':
    case 'patternPredicate':
    case 'patternComprehension':
      return checkSubquery(expression, environment);
  }
}

/** A condition: what is certainly no truth is refused. */
export function checkCondition(expression: Expression, environment: Environment, what: string): void {
  expectType(checkExpression(expression, environment), ['boolean'], what, expression.at);
}

/** Inside a comprehension, with the variables that it binds. */
function within(environment: Environment, bound: readonly [string, StaticType][]): Environment {
  return {
    variables: new Map([...environment.variables, ...bound]),
    aggregates: environment.aggregates === 'taken' ? 'refused' : environment.aggregates,
    condition: false,
  };
}

function expectType(type: StaticType, allowed: readonly string[], what: string, at: number): void {
  const kind = kindOfType(type);
  if (kind === 'any' || allowed.includes(kind)) return;
  throw syntaxFault('InvalidArgumentType', `${what} takes ${allowed.join(' or ')}, not ${kind}`, at);
}

function checkList(list: Expression, at: number, value: (each: Expression) => StaticType): StaticType {
  const type = value(list);
  expectType(type, ['list'], 'IN', at);
  return isListType(type) ? type.list : 'any';
}

function checkProperty({ at }: ExpressionOf<'property'>, object: StaticType): StaticType {
  const kind = kindOfType(object);
  if (kind === 'any' || kind === 'map' || kind === 'node' || kind === 'relationship') return 'any';
  throw typeFault(`Cannot read a property of ${withArticle(kind)}`, at, 'InvalidArgumentType');
}

function checkIndex({ at }: ExpressionOf<'index'>, object: StaticType, index: StaticType): StaticType {
  const [kind, indexKind] = [kindOfType(object), kindOfType(index)];
  if (kind === 'any') return 'any';
  if (kind === 'list') {
    if (indexKind !== 'any' && indexKind !== 'integer') {
      throw typeFault(`A list index must be an integer, not ${withArticle(indexKind)}`, at, 'InvalidArgumentType');
    }
    return isListType(object) ? object.list : 'any';
  }
  if (kind === 'map' || kind === 'node' || kind === 'relationship') {
    if (indexKind !== 'any' && indexKind !== 'string') {
      throw typeFault(
        `A property name must be a string, not ${withArticle(indexKind)}`,
        at,
        'MapElementAccessByNonString',
      );
    }
    return 'any';
  }
  throw typeFault(`Cannot access elements of ${withArticle(kind)}`, at, 'InvalidArgumentType');
}

function checkArithmetic(
  { first, rest }: ExpressionOf<'arithmetic'>,
  value: (each: Expression) => StaticType,
): StaticType {
  let left = value(first);
  for (const { operator, operand, at } of rest) {
    const right = value(operand);
    if (operator === '+') left = inferSumType(left, right);
    else {
      expectType(left, ['integer', 'float'], `'${operator}'`, at);
      expectType(right, ['integer', 'float'], `'${operator}'`, at);
      left = operator === '^' ? 'float' : left === 'float' || right === 'float' ? 'float' : commonType(left, right);
    }
  }
  return left;
}

function inferSumType(left: StaticType, right: StaticType): StaticType {
  if (isListType(left)) return { list: commonType(left.list, isListType(right) ? right.list : right) };
  if (isListType(right)) return { list: commonType(left, right.list) };
  if (left === 'any' || right === 'any') return 'any';
  if (left === 'string' || right === 'string') return 'string';
  return left === 'float' || right === 'float' ? 'float' : commonType(left, right);
}

function checkCase(
  { subject, branches, otherwise }: ExpressionOf<'case'>,
  environment: Environment,
  value: (each: Expression) => StaticType,
): StaticType {
  if (subject !== undefined) value(subject);
  const types = branches.map(({ when, then }) => {
    if (subject === undefined) checkCondition(when, environment, 'WHEN');
    else value(when);
    return value(then);
  });
  if (otherwise !== undefined) types.push(value(otherwise));
  const [first = 'any', ...more] = types;
  return more.reduce(commonType, first);
}

function checkCall(expression: ExpressionOf<'call'>, environment: Environment): StaticType {
  const { name, args, at, distinct } = expression;
  const aggregate = findAggregate(name);
  if (aggregate !== undefined) {
    checkAggregate(name, environment, at);
    checkCount(expression, aggregate.least, aggregate.most);
    const [first = 'any'] = args.map((arg) =>
      checkExpression(arg, { ...environment, aggregates: 'within one', condition: false }),
    );
    return aggregate.gives === 'list' ? { list: first } : (aggregate.gives ?? 'any');
  }
  const definition = findFunction(name);
  if (definition === undefined) throw syntaxFault('UnknownFunction', `Unknown function '${name}'`, at);
  if (distinct)
    throw syntaxFault('InvalidAggregation', `DISTINCT is only allowed in aggregate functions, not in ${name}()`, at);
  if (environment.aggregates === 'within one' && name.toLowerCase() === 'rand') {
    throw syntaxFault('NonConstantExpression', 'rand() does not stand within an aggregate', at);
  }
  checkCount(expression, definition.least, definition.most);
  const condition = name.toLowerCase() === 'exists';
  const types = args.map((arg) => checkExpression(arg, { ...environment, condition }));
  types.forEach((type, index) => {
    const kinds = definition.takes[Math.min(index, definition.takes.length - 1)];
    if (kinds !== undefined && kinds !== 'any') expectType(type, kinds, `${name}()`, args[index]?.at ?? at);
  });
  return inferCallType(name.toLowerCase(), definition.gives, types);
}

function inferCallType(
  name: string,
  gives: ReturnType<typeof kindOfType> | undefined,
  types: readonly StaticType[],
): StaticType {
  const [first = 'any'] = types;
  const item = isListType(first) ? first.list : 'any';
  switch (name) {
    case 'nodes':
      return { list: 'node' };
    case 'relationships':
      return { list: 'relationship' };
    case 'range':
      return { list: 'integer' };
    case 'labels':
    case 'keys':
    case 'split':
      return { list: 'string' };
    case 'tail':
    case 'reverse':
    case 'abs':
      return first;
    case 'head':
    case 'last':
      return item;
    case 'coalesce':
      return types.reduce(commonType, first);
    default:
      return gives === undefined || gives === 'list' ? 'any' : gives;
  }
}

function checkCount({ name, args, at }: ExpressionOf<'call'>, least: number, most: number): void {
  if (args.length >= least && args.length <= most) return;
  const wanted = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
  throw syntaxFault(
    'InvalidNumberOfArguments',
    `${name}() takes ${wanted} ${least === 1 && most === 1 ? 'argument' : 'arguments'}, not ${args.length}`,
    at,
  );
}

function checkAggregate(name: string, { aggregates }: Environment, at: number): void {
  if (aggregates === 'taken') return;
  if (aggregates === 'within one') {
    throw syntaxFault('NestedAggregation', `${name}() cannot be nested in another aggregate function`, at);
  }
  throw syntaxFault('InvalidAggregation', `${name}() is only allowed in WITH, RETURN and ORDER BY`, at);
}
