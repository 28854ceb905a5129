/** Ends what answers more than a request may: while it runs, and before its answer is written. */
import {
  defaultFieldResolver,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFieldResolver,
  OperationTypeNode,
} from 'graphql';
import type { RequestContext } from '../context.js';
import type { ExecuteOperation } from '../execution.js';
import { fitsInBytes } from './json-size.js';
import { BudgetExceededError, type RequestBudget } from './request-budget.js';

/**
 * What graphql-js reads the properties of an object with, which all texts are: here, and at no other place, a field costs
 * nothing to count.
 */
export const countingFieldResolver: GraphQLFieldResolver<unknown, Partial<RequestContext>> = (
  source,
  args,
  context,
  info,
) => {
  const value: unknown = defaultFieldResolver(source, args, context, info);
  context.budget?.countField(value);
  return value;
};

/** The same execution, with what is over the request's budget answered by the limit that it has passed. */
export function withAnswerBudget(execute: ExecuteOperation): ExecuteOperation {
  return async (operation, variables, context) =>
    withinBudget(await execute(operation, variables, context), context.budget, operation.operation.operation);
}

/** A result that fits in a budget, or else the error that says which limit was passed, without data. */
export function withinBudget(
  result: ExecutionResult,
  budget: RequestBudget | undefined,
  operation: OperationTypeNode,
): ExecutionResult {
  if (budget === undefined) return result;
  if (budget.exceeded === undefined && !fitsInBytes(result.data, budget.answerBytes)) budget.refuseAnswer();
  const { exceeded } = budget;
  if (exceeded === undefined) return result;
  const { limit, maximum } = exceeded;
  const originalError = new BudgetExceededError(limit, maximum, operation === OperationTypeNode.MUTATION);
  return { errors: [new GraphQLError(originalError.message, { originalError })] };
}
