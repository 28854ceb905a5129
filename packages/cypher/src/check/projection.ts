import { childExpressions, namesIn, structureKey } from '../ast-walk.js';
import type { Expression, ProjectionClause } from '../ast.js';
import {
  mapAliases,
  hasAggregate,
  isAggregate,
  type ProjectionShape,
  replaceKnown,
  resolveShape,
  resolveSortItems,
} from '../projection.js';
import { syntaxFault } from '../query-error.js';
import { checkCondition, checkExpression } from './expression.js';
import type { StaticType } from './types.js';

type Variables = ReadonlyMap<string, StaticType>;

/** Checks a `WITH` or `RETURN` and answers the variables after it, in the order of columns. */
export function checkProjection(clause: ProjectionClause, variables: Variables): Variables {
  if (clause.everything && variables.size === 0 && clause.kind === 'return') {
    throw syntaxFault('NoVariablesInScope', "'*' stands for variables, of which there are none", clause.at);
  }
  const shape = resolveShape(clause, variables.keys());
  const projected = checkItems(clause, shape, variables);
  const open: Variables = shape.closed ? projected : new Map([...variables, ...projected]);
  if (shape.grouping) checkGroups(clause, shape, variables);
  checkSort(clause, shape, variables, open);
  if (clause.having !== undefined) checkHaving(clause.having, shape, variables, open);
  if (clause.kind === 'with') refuseWithoutAlias(clause);
  checkBound(clause.skip, 'SKIP');
  checkBound(clause.limit, 'LIMIT');
  if (clause.where !== undefined) {
    const where = shape.closed ? replaceKnown(clause.where, mapAliases(shape)) : clause.where;
    checkCondition(where, { variables: open, aggregates: 'refused', condition: true }, 'WHERE');
  }
  return projected;
}

function checkItems(clause: ProjectionClause, shape: ProjectionShape, variables: Variables): Variables {
  const projected = new Map<string, StaticType>();
  for (const { name, expression } of shape.items) {
    const type = checkExpression(expression, { variables, aggregates: 'taken', condition: false });
    if (projected.has(name)) {
      throw syntaxFault(
        'ColumnNameConflict',
        `More than one column is named '${name}'; rename one with AS`,
        expression.at,
      );
    }
    projected.set(name, type);
  }
  for (const key of clause.groupBy ?? []) {
    const names = new Map([...projected, ...variables]);
    checkExpression(key, { variables: names, aggregates: 'refused', condition: false });
  }
  return projected;
}

/** Everything outside of aggregates has to be the same for all rows of a group. */
function checkGroups(clause: ProjectionClause, shape: ProjectionShape, variables: Variables): void {
  const explicit = clause.groupBy !== undefined;
  // A key that is itself computed is not looked for within other items: that would make what is grouped ambiguous.
  const keys = explicit ? shape.keys : shape.keys.filter(isSimple);
  const known = new Set(keys.map(structureKey));
  for (const item of shape.items) {
    if (!item.aggregates && !explicit) continue;
    const loose = firstLoose(item.expression, known, variables);
    if (loose === undefined) continue;
    throw explicit
      ? syntaxFault(
          'InvalidAggregation',
          `'${item.name}' must appear in GROUP BY or inside an aggregate function`,
          loose.at,
        )
      : syntaxFault('AmbiguousAggregationExpression', AMBIGUOUS, loose.at);
  }
}

const AMBIGUOUS = 'What stands beside an aggregate must be a column of its own, which rows are grouped by';

function isSimple(expression: Expression): boolean {
  return expression.kind === 'variable' || (expression.kind === 'property' && isSimple(expression.object));
}

/** The first part outside of aggregates that depends on a variable and is no key. */
function firstLoose(expression: Expression, known: ReadonlySet<string>, variables: Variables): Expression | undefined {
  if (isAggregate(expression)) return undefined;
  if (expression.kind !== 'literal' && expression.kind !== 'logical' && known.has(structureKey(expression)))
    return undefined;
  if (expression.kind === 'variable') return variables.has(expression.name) ? expression : undefined;
  if (
    expression.kind === 'exists' ||
    expression.kind === 'patternPredicate' ||
    expression.kind === 'patternComprehension'
  ) {
    const isLoose = [...namesIn(expression)].some((name) => {
      return variables.has(name) && !known.has(structureKey({ kind: 'variable', at: 0, name }));
    });
    return isLoose ? expression : undefined;
  }
  for (const child of childExpressions(expression)) {
    const loose = firstLoose(child, known, variables);
    if (loose !== undefined) return loose;
  }
  return undefined;
}

function checkSort(clause: ProjectionClause, shape: ProjectionShape, variables: Variables, open: Variables): void {
  const sortItems = resolveSortItems(clause, shape);
  sortItems.forEach(({ expression }, index) => {
    const written = clause.orderBy[index]?.expression ?? expression;
    if (shape.grouping && hasAggregate(written)) refuseAmbiguous(expression, shape, variables, open);
    checkExpression(expression, {
      variables: open,
      aggregates: shape.grouping ? 'taken' : 'refused',
      condition: false,
    });
  });
}

/** A variable that is not projected, but is part of what rows are grouped by. */
function refuseAmbiguous(expression: Expression, shape: ProjectionShape, variables: Variables, open: Variables): void {
  const grouped = new Set(shape.keys.flatMap((key) => [...namesIn(key)]));
  const visit = (part: Expression): void => {
    if (isAggregate(part)) return;
    if (part.kind === 'variable' && !open.has(part.name) && variables.has(part.name) && grouped.has(part.name)) {
      throw syntaxFault('AmbiguousAggregationExpression', AMBIGUOUS, part.at);
    }
    childExpressions(part).forEach(visit);
  };
  visit(expression);
}

/** HAVING knows columns, what rows are grouped by, and aggregates of what was there before. */
function checkHaving(having: Expression, shape: ProjectionShape, variables: Variables, open: Variables): void {
  const names = new Map([...variables, ...open]);
  checkCondition(having, { variables: names, aggregates: 'taken', condition: true }, 'HAVING');
  const known = new Set([...shape.keys, ...shape.items.map(({ expression }) => expression)].map(structureKey));
  const loose = firstLoose(having, known, new Map([...variables].filter(([name]) => !open.has(name))));
  if (loose === undefined) return;
  throw syntaxFault(
    'InvalidAggregation',
    'HAVING may only use columns, grouping keys and aggregate functions',
    loose.at,
  );
}

function refuseWithoutAlias(clause: ProjectionClause): void {
  const item = clause.items.find(({ aliased }) => !aliased);
  if (item === undefined) return;
  throw syntaxFault('NoExpressionAlias', `Expression '${item.name}' in WITH needs an alias; add AS`, item.at);
}

function checkBound(bound: Expression | undefined, keyword: string): void {
  if (bound === undefined) return;
  if (namesIn(bound).size > 0) {
    throw syntaxFault('NonConstantExpression', `${keyword} cannot use variables`, bound.at);
  }
  const type = checkExpression(bound, { variables: new Map(), aggregates: 'refused', condition: false });
  if (bound.kind === 'literal' && typeof bound.value === 'bigint' && bound.value < 0n) {
    throw syntaxFault('NegativeIntegerArgument', `${keyword} requires a non-negative integer`, bound.at);
  }
  if (type !== 'any' && type !== 'integer') {
    throw syntaxFault('InvalidArgumentType', `${keyword} requires a non-negative integer`, bound.at);
  }
}
