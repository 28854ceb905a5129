import type { components } from './api-types.generated.js';

/** What the server says is wrong with one field of a request. */
export type Issue = components['schemas']['Issue'];

/** The codes of the server's error bodies, which docs/api.md lists. */
export type ServerErrorCode = components['schemas']['Error']['code'];

/** What this client itself finds wrong. */
export type ClientErrorCode =
  /** No connection, or one that broke off. */
  | 'CONNECTION_FAILED'
  /** No answer in time. */
  | 'TIMEOUT'
  /** An answer that the API does not give, such as the page of a proxy. */
  | 'UNEXPECTED_RESPONSE'
  /** The application's own `token` function failed. */
  | 'TOKEN_UNAVAILABLE'
  /** A download whose SHA-256 is not the one of its manifest. */
  | 'CHECKSUM_MISMATCH'
  /** A file that became another one during its download. */
  | 'EXPORT_CHANGED';

export interface ErrorFields {
  readonly code: ServerErrorCode | ClientErrorCode;
  /** HTTP status; absent if there was no answer. */
  readonly status?: number;
  /** `X-Request-Id` of the answer, by which the server's log can be searched. */
  readonly requestId?: string;
  readonly issues?: readonly Issue[];
  /** How long the server asks clients to wait, ms. */
  readonly retryAfterMs?: number;
  /** `X-RateLimit-Limit`: of how many requests the limit is that has the least left. */
  readonly rateLimit?: number;
  readonly cause?: unknown;
}

/** Why a call failed. Neither the message nor a field contains a token or a text of an entry. */
export class FeedbackGraphError extends Error {
  override readonly name = 'FeedbackGraphError';
  readonly code: ServerErrorCode | ClientErrorCode;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly issues: readonly Issue[];
  readonly retryAfterMs: number | undefined;
  readonly rateLimit: number | undefined;

  constructor(message: string, { code, status, requestId, issues = [], retryAfterMs, rateLimit, cause }: ErrorFields) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.issues = issues;
    this.retryAfterMs = retryAfterMs;
    this.rateLimit = rateLimit;
  }
}

const BY_STATUS: Readonly<Record<number, ServerErrorCode>> = { 429: 'RATE_LIMITED', 503: 'UNAVAILABLE' };

/** The error that an answer stands for; of one that is not the server's own, as of a proxy, it says what is known. */
export function errorOfAnswer(status: number, headers: Headers, text: string): FeedbackGraphError {
  const requestId = headers.get('x-request-id') ?? undefined;
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'));
  const limit = headers.get('x-ratelimit-limit');
  const known = {
    status,
    ...(limit !== null && { rateLimit: Number(limit) }),
    ...(requestId !== undefined && { requestId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  const body = parseErrorBody(text);
  if (body !== undefined) {
    return new FeedbackGraphError(`${body.details} (${status})`, {
      ...known,
      code: body.code,
      ...(body.issues !== undefined && { issues: body.issues }),
    });
  }
  const code = BY_STATUS[status] ?? 'UNEXPECTED_RESPONSE';
  return new FeedbackGraphError(`The server answered ${status} without saying why`, { ...known, code });
}

/** Whether an error is the server's decision about this request, so that sending it again changes nothing. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof FeedbackGraphError) || error.status === undefined) return false;
  if (error.code === 'UNEXPECTED_RESPONSE' || error.code === 'UNAUTHENTICATED') return false;
  return error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
}

function parseErrorBody(text: string): components['schemas']['Error'] | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isErrorBody(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isErrorBody(body: unknown): body is components['schemas']['Error'] {
  if (typeof body !== 'object' || body === null) return false;
  return 'details' in body && typeof body.details === 'string' && 'code' in body && typeof body.code === 'string';
}

/** `Retry-After` in ms, of its seconds or its date (RFC 9110, 10.2.3). */
export function parseRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
