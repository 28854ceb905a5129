import type { Step, Tallies } from '../execute/execution.js';
import type { QueryPlan } from './query.js';

/** One step of a plan, as EXPLAIN and PROFILE show it. */
export interface PlanStep {
  readonly operator: string;
  readonly detail: string;
  /** Rows that counters let expect, where they say something. */
  readonly expectedRows?: number;
  /** Rows that it made; of PROFILE. */
  readonly rows?: number;
  /** Keys and records that the graph read for it; of PROFILE. */
  readonly reads?: number;
  /** The steps within it, in the order in which rows go through them. */
  readonly steps: readonly PlanStep[];
}

export function buildPlanTree({ columns, parts, unionAll, subqueries }: QueryPlan, tallies?: Tallies): PlanStep {
  const show = (step: Step): PlanStep => showStep(step, tallies);
  const partSteps = parts.map(({ steps }) => steps.map(show));
  const inner = subqueries.map((subquery, index): PlanStep => {
    return { operator: 'Subquery', detail: `${index + 1}`, steps: subquery.steps().map(show) };
  });
  const [first = []] = partSteps;
  const main: readonly PlanStep[] =
    partSteps.length === 1
      ? first
      : [
          {
            operator: unionAll ? 'UnionAll' : 'Union',
            detail: '',
            steps: partSteps.map((steps, index): PlanStep => ({ operator: 'Part', detail: `${index + 1}`, steps })),
          },
        ];
  return { operator: 'Query', detail: columns.join(', '), steps: [...main, ...inner] };
}

function showStep(step: Step, tallies: Tallies | undefined): PlanStep {
  const tally = tallies?.get(step);
  return {
    operator: step.name,
    detail: step.detail,
    ...(step.expected !== undefined && { expectedRows: Math.round(step.expected) }),
    ...(tallies !== undefined && { rows: tally?.rows ?? 0, reads: tally?.reads ?? 0 }),
    steps: (step.inner ?? []).flat().map((each) => showStep(each, tallies)),
  };
}
