/** What clients and the log are told of the result of an operation. */
import { HeaderMap } from '@apollo/server';
import type { FastifyBaseLogger } from 'fastify';
import type { ExecutionResult, FormattedExecutionResult } from 'graphql';
import { UnavailableError } from '../errors.js';
import { BudgetExceededError } from '../graphql/budget/request-budget.js';
import { formatError, isInternalError } from '../graphql/errors.js';
import { jsonInPieces, OVER_LIMIT } from '../graphql/scheduling/json-pieces.js';
import type { OperationTask } from '../graphql/scheduling/scheduler.js';
import { errorHeaders } from './error-body.js';

/** The status and the headers that the errors of a result ask for, as Apollo takes them from `extensions.http`. */
export function headOf({ errors = [] }: ExecutionResult): { readonly status?: number; readonly headers: HeaderMap } {
  const headers = new HeaderMap();
  const ofAll = errors
    .map(({ originalError }) => originalError)
    .find((error) => error instanceof UnavailableError || error instanceof BudgetExceededError);
  if (ofAll === undefined) return { headers };
  for (const [name, value] of Object.entries(errorHeaders(ofAll))) headers.set(name, value);
  return { status: ofAll.status, headers };
}

/** The result with errors that are meant for users as they are, and the others masked. */
export function maskResult({ errors, ...rest }: ExecutionResult): FormattedExecutionResult {
  return errors === undefined ? rest : { errors: errors.map((error) => formatError(error.toJSON(), error)), ...rest };
}

/** A result as it is sent, written in pieces. The budget has bounded its bytes. */
export async function resultText(result: FormattedExecutionResult, { giveWay }: OperationTask): Promise<string> {
  const body = await jsonInPieces(result, Infinity, giveWay);
  if (body === OVER_LIMIT) throw new Error('There is no limit here');
  return `${body.toString()}\n`;
}

/** What is our fault, and masked for users, an operator wants to know in full. */
export function logFaults(log: FastifyBaseLogger, errors: readonly unknown[] = []): void {
  for (const error of errors.filter(isInternalError)) log.error({ err: error }, 'operation failed');
}
