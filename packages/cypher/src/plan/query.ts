import { namesIn } from '../ast-walk.js';
import type { Clause, MatchClause, ProjectionClause, Query } from '../ast.js';
import { newSlot, type Scope, type Slots } from '../evaluate/scope.js';
import { keyOfSlots } from '../execute/distinct.js';
import type { Step, Subquery } from '../execute/execution.js';
import { optionalStep } from '../execute/optional.js';
import { unwindStep } from '../execute/unwind.js';
import { MAX_SUBQUERIES } from '../limits.js';
import { resolveShape } from '../projection.js';
import { syntaxFault } from '../query-error.js';
import { compileIn, evaluateConstant, type PlanContext } from './context.js';
import { planFromCounters } from './counters.js';
import { describe } from './describe.js';
import { type MatchHints, planMatch } from './match.js';
import { analyzeNeeds } from './needed.js';
import { planProjection, type ProjectionInput } from './projection.js';
import { planSubquery } from './subquery.js';

export interface QueryPlan {
  readonly columns: readonly string[];
  readonly parts: readonly PartPlan[];
  readonly unionAll: boolean;
  readonly subqueries: readonly Subquery[];
}

export interface PartPlan {
  readonly steps: readonly Step[];
  /** Where each column is found in a row, in the order of the columns of the query. */
  readonly slots: readonly number[];
}

type Shared = Pick<PlanContext, 'graph' | 'runtime' | 'meter'>;

/** The query has passed the check. Asks the graph for counts only. */
export async function planQuery(query: Query, shared: Shared): Promise<QueryPlan> {
  const context = startContext(query, shared);
  const parts: { steps: readonly Step[]; scope: Scope }[] = [];
  for (const { clauses } of query.parts) parts.push(await planClauses(clauses, new Map(), context));
  for (let next = context.pending.shift(); next !== undefined; next = context.pending.shift()) {
    context.subqueries[next.number] = await planSubquery(next, context);
  }
  const columns = [...(parts[0]?.scope.keys() ?? [])];
  return {
    columns,
    parts: parts.map(({ steps, scope }) => ({ steps, slots: columns.map((name) => scope.get(name) ?? -1) })),
    unionAll: query.unionAll,
    subqueries: context.subqueries,
  };
}

function startContext(query: Query, shared: Shared): PlanContext {
  const slots: Slots = { count: 0 };
  const pending: PlanContext['pending'] = [];
  let subqueries = 0;
  return {
    ...shared,
    slots,
    needs: analyzeNeeds(query),
    pending,
    subqueries: [],
    compiler: {
      slots,
      keyOfSlots,
      subquery: (expression, scope) => {
        if (subqueries >= MAX_SUBQUERIES) {
          const message = `A query must have at most ${MAX_SUBQUERIES} patterns and subqueries in its expressions`;
          throw syntaxFault('TooManySubqueries', message, expression.at);
        }
        const number = subqueries;
        subqueries += 1;
        pending.push({ number, expression, scope });
        const known = [...namesIn(expression)].map((name) => scope.get(name));
        return { number, slots: known.filter((slot) => slot !== undefined) };
      },
    },
  };
}

/** Clauses one after the other, from what `outer` has bound; the scope that is answered is the last one's. */
export async function planClauses(
  clauses: readonly Clause[],
  outer: Scope,
  context: PlanContext,
): Promise<{ readonly steps: readonly Step[]; readonly scope: Scope }> {
  const steps: Step[] = [];
  let input: ProjectionInput = { scope: outer, weightSlot: undefined, ordered: false };
  let rows = 1;
  for (const [index, clause] of clauses.entries()) {
    const { scope } = input;
    if (context.meter.mustYield()) await context.meter.yieldToEventLoop();
    switch (clause.kind) {
      case 'match': {
        const next = clauses[index + 1];
        const projection = next?.kind === 'with' || next?.kind === 'return' ? next : undefined;
        const counted =
          index === 0 && projection !== undefined && outer.size === 0
            ? await planFromCounters(clause, projection, context)
            : undefined;
        if (counted !== undefined) {
          steps.push(...counted.steps);
          input = { ...counted, ordered: false };
          rows = counted.rows;
          break;
        }
        if (context.meter.mustYield()) await context.meter.yieldToEventLoop();
        const hints = projection === undefined || index > 0 ? {} : deriveHints(clause, projection, context);
        const plan = await planMatch(clause.patterns, clause.where, scope, rows, context, hints);
        if (clause.optional) {
          const tagSlot = newSlot(context.slots);
          steps.push(optionalStep({ steps: plan.steps, tagSlot, slots: plan.newSlots }));
        } else steps.push(...plan.steps);
        input = { scope: plan.scope, weightSlot: undefined, ordered: plan.ordered };
        rows = clause.optional ? Math.max(rows, plan.rows) : plan.rows;
        break;
      }
      case 'unwind': {
        const slot = newSlot(context.slots);
        const list = compileIn(clause.list, scope, context);
        const { at, list: of } = clause;
        const isRange = of.kind === 'call' && of.name.toLowerCase() === 'range' && [2, 3].includes(of.args.length);
        const range = isRange ? compileIn({ kind: 'list', at, items: of.args }, scope, context) : undefined;
        const detail = `${describe(of)} AS ${clause.variable}`;
        steps.push(unwindStep({ list, slot, at, detail, ...(range !== undefined && { range }) }));
        input = { scope: new Map(scope).set(clause.variable, slot), weightSlot: undefined, ordered: false };
        rows *= UNWOUND;
        break;
      }
      case 'with':
      case 'return': {
        const plan = planProjection(clause, input, context);
        steps.push(...plan.steps);
        input = { scope: plan.scope, weightSlot: undefined, ordered: false };
      }
    }
  }
  return { steps, scope: input.scope };
}

/** Items that a list is expected to have. */
const UNWOUND = 10;

/** What a first MATCH can do for the projection after it. */
function deriveHints(match: MatchClause, projection: ProjectionClause, context: PlanContext): MatchHints {
  if (match.optional || projection.distinct || resolveShape(projection, []).grouping) return {};
  const [first, second] = projection.orderBy;
  const sorted = second === undefined ? first?.expression : undefined;
  const aliased =
    sorted?.kind === 'variable' ? projection.items.find(({ name }) => name === sorted.name)?.expression : sorted;
  const order =
    first !== undefined && aliased?.kind === 'property' && aliased.object.kind === 'variable'
      ? { variable: aliased.object.name, property: aliased.name, descending: first.descending }
      : undefined;
  if (projection.orderBy.length > 0 && order === undefined) return {};
  const limit = evaluateConstantBound(projection.limit, context);
  const skip = projection.skip === undefined ? 0 : evaluateConstantBound(projection.skip, context);
  return {
    ...(limit !== undefined && skip !== undefined && { limit: limit + skip }),
    ...(order !== undefined && { order }),
  };
}

function evaluateConstantBound(bound: ProjectionClause['limit'], context: PlanContext): number | undefined {
  const value = bound === undefined ? undefined : evaluateConstant(bound, context);
  return typeof value === 'bigint' && value >= 0n ? Number(value) : undefined;
}
