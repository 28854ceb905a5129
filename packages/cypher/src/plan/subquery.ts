import type { Clause, ExpressionOf, Query } from '../ast.js';
import { bounded } from '../evaluate/extent.js';
import type { Evaluate, Row } from '../evaluate/runtime.js';
import { newSlot, type Scope } from '../evaluate/scope.js';
import {
  evaluateParts,
  type Execution,
  extended,
  nestedExecution,
  once,
  runSteps,
  type Step,
  type Subquery,
} from '../execute/execution.js';
import { hasAggregate } from '../projection.js';
import type { Value } from '../value.js';
import { compileIn, type PendingSubquery, type PlanContext } from './context.js';
import { planMatch } from './match.js';
import { planClauses } from './query.js';

/** Plans a subquery of an expression. What it starts from is bound, so few rows are expected of it. */
export async function planSubquery({ expression, scope }: PendingSubquery, context: PlanContext): Promise<Subquery> {
  switch (expression.kind) {
    case 'patternPredicate': {
      const { steps } = await planMatch([expression.pattern], undefined, scope, 1, context);
      return existence(steps, context);
    }
    case 'patternComprehension':
      return planComprehension(expression, scope, context);
    case 'exists':
      return planExists(expression.query, scope, context);
  }
}

async function planComprehension(
  { pattern, where, map }: ExpressionOf<'patternComprehension'>,
  scope: Scope,
  context: PlanContext,
): Promise<Subquery> {
  const match = await planMatch([pattern], where, scope, 1, context);
  return collection(match.steps, compileIn(map, match.scope, context), context);
}

async function planExists({ parts }: Query, scope: Scope, context: PlanContext): Promise<Subquery> {
  const plans: Step[][] = [];
  for (const { clauses } of parts) {
    const needed = clauses.filter((clause) => !isIdle(clause));
    plans.push([...(await planClauses(needed, scope, context)).steps]);
  }
  const [first] = plans;
  const together = parts.every(({ clauses }) => clauses.every((clause) => isIdle(clause) || !mixesRows(clause)));
  if (first !== undefined && plans.length === 1 && together) return existence(first, context);
  return existenceOneByOne(plans);
}

/** A RETURN that changes nothing about whether there are rows. */
function isIdle(clause: Clause): boolean {
  if (clause.kind !== 'return' || clause.skip !== undefined || clause.limit !== undefined) return false;
  const grouping = clause.groupBy !== undefined || clause.having !== undefined;
  return !grouping && !clause.items.some(({ expression }) => hasAggregate(expression));
}

/** Whether rows of one outer row would get mixed up with those of another. */
function mixesRows(clause: Clause): boolean {
  return clause.kind === 'with' || clause.kind === 'return';
}

/** Runs the steps for all rows together: each is told by its tag. */
function existence(steps: readonly Step[], context: PlanContext): Subquery {
  const tagSlot = newSlot(context.slots);
  return {
    steps: () => steps,
    answer: async (rows, execution) => {
      const found = rows.map(() => false);
      let missing = rows.length;
      const tagged = rows.map((row, index) => extended(row, tagSlot, index));
      for await (const batch of runSteps(steps, once(tagged), nestedExecution(execution))) {
        for (const row of batch) {
          const index = Number(row[tagSlot]);
          if (found[index] === true) continue;
          found[index] = true;
          missing -= 1;
        }
        if (missing === 0) break;
      }
      return found;
    },
  };
}

function existenceOneByOne(plans: readonly (readonly Step[])[]): Subquery {
  return {
    steps: () => plans.flat(),
    answer: async (rows, execution) => {
      const found: boolean[] = [];
      for (const row of rows) found.push(await isAny(plans, row, execution));
      return found;
    },
  };
}

async function isAny(plans: readonly (readonly Step[])[], row: Row, execution: Execution): Promise<boolean> {
  for (const steps of plans) {
    // The first batch says it; leaving the loop stops the steps.
    for await (const batch of runSteps(steps, once([row]), nestedExecution(execution)))
      if (batch.length > 0) return true;
  }
  return false;
}

function collection(steps: readonly Step[], map: Evaluate, context: PlanContext): Subquery {
  const tagSlot = newSlot(context.slots);
  return {
    steps: () => steps,
    answer: async (rows, execution) => {
      const lists = rows.map((): Value[] => []);
      const tagged = rows.map((row, index) => extended(row, tagSlot, index));
      const nested = nestedExecution(execution);
      for await (const batch of runSteps(steps, once(tagged), nested)) {
        for await (const { rows: part, results } of evaluateParts(batch, map, nested)) {
          for (const [index, row] of part.entries()) {
            const value = results[index] ?? null;
            execution.meter.takeBytes(execution.meter.estimateBytes(value));
            lists[Number(row[tagSlot])]?.push(value);
          }
        }
      }
      return lists.map((list) => bounded(list, execution.runtime));
    },
  };
}
