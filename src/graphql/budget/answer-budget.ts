/** Ends what answers more than a request may: while it runs, and before its answer is written. */
import {
  defaultFieldResolver,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFieldResolver,
  OperationTypeNode,
} from 'graphql';
import { writeAnswerBody, WrittenData } from '../answer-body.js';
import type { RequestContext } from '../context.js';
import type { ExecuteOperation } from '../execution.js';
import { isShortJson, MAX_SHORT_BYTES } from '../scheduling/json-pieces.js';
import { scheduled } from '../scheduling/scheduled-fields.js';
import type { OperationTask } from '../scheduling/scheduler.js';
import { fitsInBytesYielding, jsonBytes } from './json-size.js';
import { BudgetExceededError, MAX_ANSWER_ERRORS, type RequestBudget } from './request-budget.js';

/**
 * What graphql-js reads the properties of an object with, which all texts are: here, and at no other place, a field costs
 * nothing to count.
 */
export const countingFieldResolver: GraphQLFieldResolver<unknown, Partial<RequestContext>> = scheduled(
  (source, args, context: Partial<RequestContext>, info) => {
    const value: unknown = defaultFieldResolver(source, args, context, info);
    context.budget?.countField(value);
    return value;
  },
);

/** The same execution, with what is over the request's budget answered by the limit that it has passed. */
export function withAnswerBudget(execute: ExecuteOperation): ExecuteOperation {
  return async (operation, variables, context) =>
    withinBudget(await execute(operation, variables, context), context, operation.operation.operation);
}

/** A result that fits in a budget, or else the error that says which limit was passed, without data. */
export async function withinBudget(
  result: ExecutionResult,
  { budget, task }: Pick<RequestContext, 'budget' | 'task'>,
  operation: OperationTypeNode,
): Promise<ExecutionResult> {
  if (budget === undefined) return result;
  if ((result.errors?.length ?? 0) > MAX_ANSWER_ERRORS) budget.refuseAnswer('answerErrors');
  if (budget.exceeded === undefined && !(await fits(result, budget, task))) budget.refuseAnswer('answerBytes');
  const { exceeded } = budget;
  if (exceeded === undefined) return result;
  const { limit, maximum } = exceeded;
  const originalError = new BudgetExceededError(limit, maximum, operation === OperationTypeNode.MUTATION);
  return { errors: [new GraphQLError(originalError.message, { originalError })] };
}

/** Whether a result fits in a budget. What is sent as it stands is written to tell, in turns of its operation. */
async function fits(
  result: ExecutionResult,
  { answerBytes }: RequestBudget,
  task: OperationTask | undefined,
): Promise<boolean> {
  const data: unknown = result.data;
  if (data instanceof WrittenData) return data.bytes <= answerBytes;
  if (task === undefined) {
    // Nearly every answer is too short for any limit: its texts need not be looked at.
    return isShortJson(result.data)
      ? answerBytes >= MAX_SHORT_BYTES || jsonBytes(result.data, answerBytes) <= answerBytes
      : fitsInBytesYielding(result.data, answerBytes);
  }
  // One that ended without data is no answer yet.
  return result.data === undefined || result.data === null || writeAnswerBody(result, answerBytes, task.giveWay);
}
