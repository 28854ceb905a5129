import { rewrite, structureKey } from '../ast-walk.js';
import type { Expression, ProjectionClause } from '../ast.js';
import type { Evaluate } from '../evaluate/runtime.js';
import { newSlot, type Scope } from '../evaluate/scope.js';
import { distinctStep } from '../execute/distinct.js';
import type { Step } from '../execute/execution.js';
import { filterStep } from '../execute/filter.js';
import { type Aggregated, groupStep } from '../execute/group.js';
import { type Projected, projectStep } from '../execute/project.js';
import { type Bound, limitStep, skipStep } from '../execute/slice.js';
import { sortStep } from '../execute/sort.js';
import { findAggregate } from '../functions/aggregates.js';
import {
  type AggregateExpression,
  mapAliases,
  isAggregate,
  type ProjectionShape,
  replaceKnown,
  resolveShape,
  resolveSortItems,
} from '../projection.js';
import { syntaxFault } from '../query-error.js';
import { compileIn, type PlanContext } from './context.js';
import { describe, describeAll } from './describe.js';

export interface ProjectionPlan {
  readonly steps: readonly Step[];
  /** The projected names, in the order of columns. */
  readonly scope: Scope;
}

/** How rows come to a projection. */
export interface ProjectionInput {
  readonly scope: Scope;
  /** Holds for how many rows a row stands, where counters made it. */
  readonly weightSlot: number | undefined;
  /** Whether rows are in the order that the projection asks for. */
  readonly ordered: boolean;
}

/** In the order in which it happens: grouping, items, HAVING, DISTINCT, ORDER BY, SKIP, LIMIT, WHERE. */
export function planProjection(
  clause: ProjectionClause,
  { scope, weightSlot, ordered }: ProjectionInput,
  context: PlanContext,
): ProjectionPlan {
  const shape = resolveShape(clause, scope.keys());
  const steps: Step[] = [];
  const sortItems = resolveSortItems(clause, shape);
  const groups = shape.grouping ? planGroups(shape, scope, context) : undefined;
  const inGroups = (expression: Expression): Expression => groups?.rewrite(expression) ?? expression;

  const items = shape.items.map(({ name, expression }) => ({ name, expression: inGroups(expression) }));
  const having = clause.having === undefined ? undefined : inGroups(clause.having);
  const sortBy = sortItems.map(({ expression, descending }) => ({ expression: inGroups(expression), descending }));
  if (groups !== undefined) {
    const { keys, aggregates } = groups;
    steps.push(groupStep({ keys, aggregates, weightSlot, detail: describeGroups(shape) }));
  }

  const projected = new Map<string, number>();
  const computed: Projected[] = [];
  for (const { name, expression } of items) {
    const known = findSlot(expression, scope);
    if (known === undefined) {
      const slot = newSlot(context.slots);
      computed.push({ slot, evaluate: compileIn(expression, scope, context) });
      projected.set(name, slot);
    } else projected.set(name, known);
  }
  if (computed.length > 0) {
    const shown = shape.items.map(({ expression, name }) => {
      const text = describe(expression);
      return text === name ? text : `${text} AS ${name}`;
    });
    steps.push(projectStep(computed, shown.join(', ').slice(0, 200)));
  }
  const open = new Map([...scope, ...projected]);
  const after = shape.closed ? projected : open;
  if (having !== undefined) {
    const evaluate = compileIn(having, open, context);
    steps.push(filterStep([{ at: having.at, evaluate }], describe(clause.having ?? having), 'Having'));
  }
  if (clause.distinct) steps.push(distinctStep([...projected.values()], [...projected.keys()].join(', ')));

  const skip = boundFor('SKIP', clause.skip, context);
  const limit = boundFor('LIMIT', clause.limit, context);
  if (sortBy.length > 0 && !ordered) {
    const keys = sortBy.map(({ expression, descending }) => ({
      descending,
      evaluate: compileIn(expression, after, context),
    }));
    const bounds = limit === undefined ? [] : [limit, ...(skip === undefined ? [] : [skip])];
    steps.push(sortStep(keys, bounds, describeSort(clause)));
  }
  if (skip !== undefined && clause.skip !== undefined) steps.push(skipStep(skip, describe(clause.skip)));
  if (limit !== undefined && clause.limit !== undefined) steps.push(limitStep(limit, describe(clause.limit)));
  if (clause.where !== undefined) {
    const where = shape.closed ? replaceKnown(clause.where, mapAliases(shape)) : clause.where;
    steps.push(filterStep([{ at: where.at, evaluate: compileIn(where, after, context) }], describe(clause.where)));
  }
  return { steps, scope: projected };
}

/** Where a value is already, so that nothing has to be computed. */
function findSlot(expression: Expression, scope: Scope): number | undefined {
  if (expression.kind === 'variable') return scope.get(expression.name);
  return expression.kind === 'slot' ? expression.slot : undefined;
}

interface Groups {
  readonly keys: readonly Projected[];
  /** Grows while expressions are rewritten. */
  readonly aggregates: readonly Aggregated[];
  /** With keys and aggregates replaced by the slots that hold them. */
  readonly rewrite: (expression: Expression) => Expression;
}

function planGroups(shape: ProjectionShape, scope: Scope, context: PlanContext): Groups {
  const keySlots = new Map<string, number>();
  const keys = shape.keys.map((key): Projected => {
    const slot = newSlot(context.slots);
    keySlots.set(structureKey(key), slot);
    return { slot, evaluate: compileIn(key, scope, context) };
  });
  const aggregates: Aggregated[] = [];
  const aggregateSlots = new Map<string, number>();
  const slotFor = (expression: AggregateExpression): number => {
    const structure = structureKey(expression);
    const known = aggregateSlots.get(structure);
    if (known !== undefined) return known;
    const slot = newSlot(context.slots);
    aggregateSlots.set(structure, slot);
    aggregates.push(planAggregate(expression, slot, scope, context));
    return slot;
  };
  const replace = (part: Expression): Expression | undefined => {
    if (isAggregate(part)) return { kind: 'slot', at: part.at, slot: slotFor(part) };
    // A literal is the same for all rows, and a long chain of AND or OR is cheaper to compute than to compare.
    if (part.kind === 'literal' || part.kind === 'logical') return undefined;
    const slot = keySlots.get(structureKey(part));
    return slot === undefined ? undefined : { kind: 'slot', at: part.at, slot };
  };
  return { keys, aggregates, rewrite: (expression) => rewrite(expression, replace) };
}

function planAggregate(expression: AggregateExpression, slot: number, scope: Scope, context: PlanContext): Aggregated {
  const { at } = expression;
  const name = expression.kind === 'countAll' ? 'count' : expression.name;
  const definition = findAggregate(name);
  if (definition === undefined) throw syntaxFault('UnknownFunction', `Unknown function '${name}'`, at);
  const args: Evaluate[] =
    expression.kind === 'countAll' ? [] : expression.args.map((arg) => compileIn(arg, scope, context));
  return { slot, definition, at, distinct: expression.kind === 'call' && expression.distinct, args };
}

function boundFor(keyword: Bound['keyword'], bound: Expression | undefined, context: PlanContext): Bound | undefined {
  if (bound === undefined) return undefined;
  return { keyword, at: bound.at, evaluate: compileIn(bound, new Map(), context) };
}

function describeGroups({ keys, items }: ProjectionShape): string {
  const by = keys.length === 0 ? 'all rows' : `by ${describeAll(keys)}`;
  const aggregated = items.filter(({ aggregates }) => aggregates).map(({ expression }) => expression);
  return aggregated.length === 0 ? by : `${by}: ${describeAll(aggregated)}`;
}

function describeSort({ orderBy }: ProjectionClause): string {
  return orderBy.map(({ expression, descending }) => `${describe(expression)}${descending ? ' DESC' : ''}`).join(', ');
}
