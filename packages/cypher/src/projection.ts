import { childExpressions, rewrite, structureKey } from './ast-walk.js';
import type { Expression, ExpressionOf, ProjectionClause, SortItem } from './ast.js';
import { findAggregate } from './functions/aggregates.js';

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

export function resolveShape(clause: ProjectionClause, variables: Iterable<string>): ProjectionShape {
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
  const groupBy = clause.groupBy?.map((key) => resolveAlias(key, items, new Set(variables)));
  const keys = groupBy ?? items.filter((item) => !item.aggregates).map(({ expression }) => expression);
  return { items, grouping, keys: grouping ? keys : [], closed: grouping || clause.distinct };
}

/** GROUP BY may name an alias instead of what it stands for. */
function resolveAlias(key: Expression, items: readonly ProjectedItem[], variables: ReadonlySet<string>): Expression {
  if (key.kind !== 'variable' || variables.has(key.name)) return key;
  return items.find((item) => item.name === key.name)?.expression ?? key;
}

export function isAggregate(expression: Expression): expression is AggregateExpression {
  return expression.kind === 'countAll' || (expression.kind === 'call' && findAggregate(expression.name) !== undefined);
}

export function hasAggregate(expression: Expression): boolean {
  return isAggregate(expression) || childExpressions(expression).some(hasAggregate);
}

/** `expression` with what `replacements` (by structure) name replaced. */
export function replaceKnown(expression: Expression, replacements: ReadonlyMap<string, Expression>): Expression {
  if (replacements.size === 0) return expression;
  return rewrite(expression, (part) =>
    part.kind === 'literal' || part.kind === 'logical' ? undefined : replacements.get(structureKey(part)),
  );
}

/** What projected expressions are called afterwards, for ORDER BY, HAVING and WHERE of a closed projection. */
export function mapAliases({ items }: ProjectionShape): ReadonlyMap<string, Expression> {
  return new Map(
    items
      .filter(({ expression, name }) => expression.kind !== 'variable' || expression.name !== name)
      .map(({ expression, name }) => [structureKey(expression), { kind: 'variable', at: expression.at, name }]),
  );
}

/** The sort items of a projection in terms of what is known after it. */
export function resolveSortItems(clause: ProjectionClause, shape: ProjectionShape): readonly SortItem[] {
  if (!shape.closed || clause.orderBy.length === 0) return clause.orderBy;
  const aliases = mapAliases(shape);
  return clause.orderBy.map((item) => ({ ...item, expression: replaceKnown(item.expression, aliases) }));
}
