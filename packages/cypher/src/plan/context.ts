import { childExpressions } from '../ast-walk.js';
import type { Expression } from '../ast.js';
import { compile, type Compiler, type SubqueryExpression } from '../evaluate/compile.js';
import { type Evaluate, LongLoop, type Runtime } from '../evaluate/runtime.js';
import type { Scope, Slots } from '../evaluate/scope.js';
import type { Meter } from '../execute/budget.js';
import type { Subquery } from '../execute/execution.js';
import { isAggregate } from '../projection.js';
import type { PropertyGraph } from '../property-graph.js';
import { QueryFault } from '../query-error.js';
import type { Value } from '../value.js';
import type { Needs } from './needed.js';

/** What all parts of the planner share while they plan one query. */
export interface PlanContext {
  readonly graph: PropertyGraph;
  readonly runtime: Runtime;
  readonly meter: Meter;
  readonly slots: Slots;
  readonly compiler: Compiler;
  readonly needs: Needs;
  /** Subqueries that are not planned yet. */
  readonly pending: PendingSubquery[];
  readonly subqueries: Subquery[];
}

export interface PendingSubquery {
  readonly number: number;
  readonly expression: SubqueryExpression;
  readonly scope: Scope;
}

export function compileIn(expression: Expression, scope: Scope, context: PlanContext): Evaluate {
  return compile(expression, scope, context.compiler);
}

/** Functions whose answer is not the same for the same arguments. */
const VOLATILE: ReadonlySet<string> = new Set(['rand', 'startnode', 'endnode']);

function isConstant(expression: Expression): boolean {
  switch (expression.kind) {
    case 'variable':
    case 'slot':
    case 'exists':
    case 'patternPredicate':
    case 'patternComprehension':
      return false;
    case 'call':
      if (VOLATILE.has(expression.name.toLowerCase())) return false;
      break;
    default:
      break;
  }
  return !isAggregate(expression) && childExpressions(expression).every(isConstant);
}

/**
 * The value of what depends on no row, before the query runs. `undefined` for all else, for what takes long, and for what
 * fails: the row for which it fails may never come.
 */
export function evaluateConstant(expression: Expression, context: PlanContext): Value | undefined {
  if (expression.kind === 'literal') return expression.value;
  if (!isConstant(expression)) return undefined;
  try {
    return compileIn(expression, new Map(), context)([], context.runtime);
  } catch (error) {
    if (error instanceof QueryFault || error instanceof LongLoop) return undefined;
    throw error;
  }
}
