/**
 * Every error that a user of the API may meet, each with its code. A code decides the HTTP status, the heading of the
 * REST body and `extensions.code` in GraphQL, so there is no second table.
 */
export const ERRORS = {
  BAD_USER_INPUT: { status: 400, title: 'Invalid request' },
  UNAUTHENTICATED: { status: 401, title: 'Unauthorized' },
  OPERATION_LIMIT_EXCEEDED: { status: 400, title: 'Operation limit exceeded' },
  INTROSPECTION_DISABLED: { status: 403, title: 'Introspection disabled' },
  PERSISTED_OPERATIONS_ONLY: { status: 403, title: 'Persisted operations only' },
  FORBIDDEN: { status: 403, title: 'Forbidden' },
  NOT_FOUND: { status: 404, title: 'Not Found' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method Not Allowed' },
  CONFLICT: { status: 409, title: 'Conflict' },
  GONE: { status: 410, title: 'Gone' },
  PRECONDITION_FAILED: { status: 412, title: 'Precondition Failed' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'Payload Too Large' },
  URI_TOO_LONG: { status: 414, title: 'URI Too Long' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'Unsupported Media Type' },
  RANGE_NOT_SATISFIABLE: { status: 416, title: 'Range Not Satisfiable' },
  UNPROCESSABLE: { status: 422, title: 'Unprocessable Content' },
  RATE_LIMITED: { status: 429, title: 'Too Many Requests' },
  INTERNAL_SERVER_ERROR: { status: 500, title: 'Internal server error' },
  UNAVAILABLE: { status: 503, title: 'Service Unavailable' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/**
 * One thing that is wrong with an input. `field` is the camelCase name (REST turns it into snake_case, but for names inside it
 * that are the client's), with the places in lists counted from 0 (`candidates[0].adapterId`), `problem` the rest of the sentence: `'userId' must be a string of 1 to
 * 256 bytes`. Of a field that is missing, `problem` says what is allowed there: `Missing 'type' field (positive or negative)`.
 */
export interface Issue {
  readonly field: string;
  readonly problem: string;
  readonly missing?: boolean;
}

/** An error whose message is meant for the user: one sentence, without secrets, paths or keys. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  /** The `extensions` of the GraphQL error; graphql-js copies them from the error of a resolver. */
  get extensions(): Record<string, unknown> {
    return { code: this.code };
  }
}

/**
 * An input that the API refuses, naming every field that is wrong.
 * @example throw new InvalidInputError([{ field: 'limit', problem: 'must be an integer from 1 to 1000' }]);
 */
export class InvalidInputError extends ApiError {
  override readonly name = 'InvalidInputError';

  constructor(readonly issues: readonly [Issue, ...Issue[]]) {
    super('BAD_USER_INPUT', issues.map(issueSentence).join('; '));
  }

  override get extensions(): Record<string, unknown> {
    return { ...super.extensions, issues: this.issues };
  }
}

export function issueSentence({ field, problem, missing }: Issue): string {
  return missing === true ? `Missing '${field}' field (${problem})` : `'${field}' ${problem}`;
}

/** The server cannot do this now; whether a write took place is unknown. Retry after `retryAfterSeconds`. */
export class UnavailableError extends ApiError {
  override readonly name = 'UnavailableError';

  constructor(
    message: string,
    readonly retryAfterSeconds: number,
    options?: ErrorOptions,
  ) {
    super('UNAVAILABLE', message, options);
  }

  /** Apollo Server takes the status and headers of the whole response from `http`. */
  override get extensions(): Record<string, unknown> {
    const headers = new Map([['retry-after', String(this.retryAfterSeconds)]]);
    return { ...super.extensions, http: { status: this.status, headers } };
  }
}

/** Too many requests. Retry after `retryAfterSeconds`. */
export class RateLimitedError extends ApiError {
  override readonly name = 'RateLimitedError';

  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super('RATE_LIMITED', message);
  }
}

/** The current version is not the one that the change expected; nothing was changed. */
export class StaleVersionError extends ApiError {
  override readonly name = 'StaleVersionError';

  constructor(message: string) {
    super('CONFLICT', message);
  }
}
