import type { ApiError } from '../errors.js';
import {
  type ErrorCode,
  ERRORS,
  InvalidInputError,
  type Issue,
  issueSentence,
  RateLimitedError,
  UnavailableError,
} from '../errors.js';
import { restPlace } from '../model/rest-place.js';

/** The body of every error (docs/api.md, "Errors"). */
export interface ErrorBody {
  readonly error: string;
  readonly details: string;
  readonly code: ErrorCode;
  readonly issues?: readonly Issue[];
}

/** What a route calls the fields of the schema, where it is not just their name in snake_case. */
export type FieldNames = ReadonlyMap<string, string>;

/** A request that its route's schema refuses: its issues name the fields as REST does. */
export class RequestSchemaError extends InvalidInputError {}

/** What begins with a capital is the name of a header, which is told as it is. */
function restName(field: string, names: FieldNames): string {
  if (/^[A-Z]/.test(field)) return field;
  return names.get(field) ?? restPlace(field);
}

export function errorBody(error: ApiError, names: FieldNames = new Map()): ErrorBody {
  const { title } = ERRORS[error.code];
  if (!(error instanceof InvalidInputError)) return { error: title, details: error.message, code: error.code };
  const issues =
    error instanceof RequestSchemaError
      ? error.issues
      : error.issues.map((issue) => ({ ...issue, field: restName(issue.field, names) }));
  return { error: title, details: issues.map(issueSentence).join('; '), code: error.code, issues };
}

/** The same error as a GraphQL response, for what is refused before it is executed. */
export function graphqlErrorBody(error: ApiError): { readonly errors: readonly object[] } {
  const { http: _http, ...extensions } = error.extensions;
  return { errors: [{ message: error.message, extensions }] };
}

/** The headers that go with an error. */
export function errorHeaders(error: ApiError): Readonly<Record<string, string>> {
  if (error instanceof UnavailableError || error instanceof RateLimitedError) {
    return { 'retry-after': String(error.retryAfterSeconds) };
  }
  return error.code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {};
}
