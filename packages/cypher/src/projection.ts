import { childrenOf, rewrite, structureOf } from './ast-walk.js';
import type { Expression, ExpressionOf, ProjectionClause, SortItem } from './ast.js';
import { aggregateOf } from './functions/aggregates.js';

export type AggregateExpression = ExpressionOf<'call' | 'countAll'>;

export interface ProjectedItem {
  readonly name: string;
  readonly expression: Expression;
  readonly aliased: boolean;
  readonly aggregates: boolean;
}

/** What a `WITH` or `RETURN` does, told once for the check and the planner. */
export interface ProjectionShape {
  /** With `*` written out. */
  readonly items: readonly ProjectedItem[];
  /** Whether rows are grouped. */
  readonly grouping: boolean;
  /** What rows are grouped by. */
  readonly keys: readonly Expression[];
  /** Whether only what is projected is known to ORDER BY and WHERE after it. */
  readonly closed: boolean;
}

export function shapeOf(clause: ProjectionClause, variables: Iterable<string>): ProjectionShape {
  const all = clause.everything
    ? [...variables].map((name): ProjectedItem => {
        const expression: Expression = { kind: 'variable', at: clause.at, name };
        return { name, expression, aliased: true, aggregates: false };
      })
    : [];
  const items = [
    ...all,
    ...clause.items.map(({ name, expression, aliased }) => {
      return { name, expression, aliased, aggregates: hasAggregate(expression) };
    }),
  ];
  const grouping = clause.groupBy !== undefined || clause.having !== undefined || items.some((item) => item.aggregates);
  const groupBy = clause.groupBy?.map((key) => aliasOf(key, items, new Set(variables)));
  const keys = groupBy ?? items.filter((item) => !item.aggregates).map(({ expression }) => expression);
  return { items, grouping, keys: grouping ? keys : [], closed: grouping || clause.distinct };
}

/** GROUP BY may name an alias instead of what it stands for. */
function aliasOf(key: Expression, items: readonly ProjectedItem[], variables: ReadonlySet<string>): Expression {
  if (key.kind !== 'variable' || variables.has(key.name)) return key;
  return items.find((item) => item.name === key.name)?.expression ?? key;
}

export function isAggregate(expression: Expression): expression is AggregateExpression {
  return expression.kind === 'countAll' || (expression.kind === 'call' && aggregateOf(expression.name) !== undefined);
}

export function hasAggregate(expression: Expression): boolean {
  return isAggregate(expression) || childrenOf(expression).some(hasAggregate);
}

/** `expression` with what `replacements` (by structure) name replaced. */
export function replaceKnown(expression: Expression, replacements: ReadonlyMap<string, Expression>): Expression {
  if (replacements.size === 0) return expression;
  return rewrite(expression, (part) =>
    part.kind === 'literal' || part.kind === 'logical' ? undefined : replacements.get(structureOf(part)),
  );
}

/** What projected expressions are called afterwards, for ORDER BY, HAVING and WHERE of a closed projection. */
export function aliasesOf({ items }: ProjectionShape): ReadonlyMap<string, Expression> {
  return new Map(
    items
      .filter(({ expression, name }) => expression.kind !== 'variable' || expression.name !== name)
      .map(({ expression, name }) => [structureOf(expression), { kind: 'variable', at: expression.at, name }]),
  );
}

/** The sort items of a projection in terms of what is known after it. */
export function sortItemsOf(clause: ProjectionClause, shape: ProjectionShape): readonly SortItem[] {
  if (!shape.closed) return clause.orderBy;
  const aliases = aliasesOf(shape);
  return clause.orderBy.map((item) => ({ ...item, expression: replaceKnown(item.expression, aliases) }));
}
