import type { components } from './api-types.generated.js';
import { isTransient } from './retry.js';

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

type Schemas = components['schemas'];

export interface ErrorFields {
  readonly code: ServerErrorCode | ClientErrorCode;
  /** HTTP status; absent if there was no answer. */
  readonly status?: number | undefined;
  /** `X-Request-Id` of the answer, by which the server's log can be searched. */
  readonly requestId?: string | undefined;
  readonly issues?: readonly Issue[] | undefined;
  /** How long the server asks clients to wait, ms. */
  readonly retryAfterMs?: number | undefined;
  /** `X-RateLimit-Limit`: of how many requests the limit is that has the least left. */
  readonly rateLimit?: number | undefined;
  /** Of a refused promotion: the rules and what they measured. */
  readonly check?: Schemas['PromotionCheck'] | undefined;
  readonly cause?: unknown;
}

/** Why a call failed. Neither the message nor a field contains a token or a text of an entry. */
export class FeedbackGraphError extends Error implements ErrorFields {
  override readonly name = 'FeedbackGraphError';
  declare readonly code: ServerErrorCode | ClientErrorCode;
  declare readonly status: number | undefined;
  declare readonly requestId: string | undefined;
  declare readonly issues: readonly Issue[];
  declare readonly retryAfterMs: number | undefined;
  declare readonly rateLimit: number | undefined;
  declare readonly check: Schemas['PromotionCheck'] | undefined;

  constructor(message: string, { cause, issues = [], ...fields }: ErrorFields) {
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, { issues, ...fields });
  }
}

const BY_STATUS: Readonly<Record<number, ServerErrorCode>> = { 429: 'RATE_LIMITED', 503: 'UNAVAILABLE' };

/** The error that an answer stands for; of one that is not the server's own, as of a proxy, it says what is known. */
export function errorOfAnswer(status: number, headers: Headers, text: string): FeedbackGraphError {
  const header = (name: string): string | undefined => headers.get(name) ?? undefined;
  const body = parseErrorBody(text);
  return new FeedbackGraphError(
    body === undefined ? `The server answered ${status} without saying why` : `${body.details} (${status})`,
    {
      status,
      code: body?.code ?? BY_STATUS[status] ?? 'UNEXPECTED_RESPONSE',
      issues: body?.issues,
      check: body?.check,
      requestId: header('x-request-id'),
      retryAfterMs: parseRetryAfter(header('retry-after'), header('date')),
      rateLimit: Number(header('x-ratelimit-limit')) || undefined,
    },
  );
}

/** Whether an error is the server's decision about this request, so that sending it again changes nothing. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof FeedbackGraphError) || error.status === undefined || isTransient(error)) return false;
  return error.code !== 'UNEXPECTED_RESPONSE' && error.code !== 'UNAUTHENTICATED';
}

type ErrorBody = Schemas['Error'] & Partial<Pick<Schemas['Promotion'], 'check'>>;

function parseErrorBody(text: string): ErrorBody | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isErrorBody(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isErrorBody(body: unknown): body is ErrorBody {
  return isObject(body) && typeof body['details'] === 'string' && typeof body['code'] === 'string';
}

/** Whether a value is a JSON object. @typeParam Value what is to be assumed of its values */
export function isObject<Value = unknown>(value: unknown): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * `Retry-After` in ms, of its seconds or its date (RFC 9110, 10.2.3).
 * @param sentAt the header `Date`: the clock of the server, from which this one may differ
 */
export function parseRetryAfter(value: string | undefined, sentAt = ''): number | undefined {
  if (/^\d+$/.test(value ?? '')) return Number(value) * 1000;
  const wait = Date.parse(value ?? '') - (Date.parse(sentAt) || Date.now());
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
