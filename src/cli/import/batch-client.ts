/** Sends requests of an import to a server: waits for its limits, and repeats what failed for a reason that passes. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject } from '../../is-json-object.js';
import { toOneLine } from '../screen.js';
import { CommandError, EXIT } from '../terminal.js';

export interface BatchClientSettings {
  /** Where the server is, without a slash at the end. */
  readonly url: string;
  readonly token: string | undefined;
  readonly fetch?: typeof fetch;
  /** Resolves after so many ms. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

export interface ServerAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the server says of its limits, where it has any. */
  readonly limit: LimitState | undefined;
}

export interface LimitState {
  /** Requests of a whole period. */
  readonly limit: number;
  readonly remaining: number;
  readonly resetMilliseconds: number;
}

/** @throws {CommandError} if the server cannot be reached, or keeps failing */
export type Send = (path: string, body: string) => Promise<ServerAnswer>;

/** Times that a request is repeated after an error that passes. Waiting for a limit is none. */
const RETRIES = 6;
const FIRST_WAIT_MILLISECONDS = 500;
const LONGEST_WAIT_MILLISECONDS = 30_000;
const ANSWERED_WITHIN_MILLISECONDS = 120_000;
const PASSING = new Set([408, 500, 502, 503, 504]);

export function createBatchClient(settings: BatchClientSettings): Send {
  const { url, token, wait = sleep } = settings;
  const request = settings.fetch ?? fetch;

  async function attempt(path: string, body: string, key: string): Promise<Response> {
    return request(url + path, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'idempotency-key': key,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body,
      // A redirect could lead the token elsewhere.
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWERED_WITHIN_MILLISECONDS),
    });
  }

  return async (path, body) => {
    // One for all attempts, so that the server knows one that arrived after all.
    const key = randomUUID();
    for (let retry = 0; ; retry += 1) {
      const pause =
        Math.min(FIRST_WAIT_MILLISECONDS * 2 ** retry, LONGEST_WAIT_MILLISECONDS) * (0.5 + Math.random() / 2);
      let response: Response;
      let content: unknown;
      try {
        response = await attempt(path, body, key);
        content = await response.json().catch(() => undefined);
      } catch (error) {
        if (retry >= RETRIES)
          throw new CommandError(`Cannot reach the server at ${url}${describeCode(error)}`, EXIT.failure, {
            cause: error,
          });
        await wait(pause);
        continue;
      }
      if (PASSING.has(response.status) && retry < RETRIES) {
        await wait(retryAfter(response) ?? pause);
        continue;
      }
      const answer = {
        status: response.status,
        body: isJsonObject(content) ? content : {},
        limit: readLimit(response),
      };
      if (
        response.status === 401 ||
        response.status === 403 ||
        response.status === 404 ||
        PASSING.has(response.status)
      ) {
        throw new CommandError(`The server at ${url} refused: ${describeRefusal(answer)}`, EXIT.failure);
      }
      return answer;
    }
  };
}

/** Why a request was refused, in one line. */
export function describeRefusal({ status, body }: Pick<ServerAnswer, 'status' | 'body'>): string {
  return typeof body['details'] === 'string' ? toOneLine(body['details']) : `HTTP ${status}`;
}

function describeCode(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return ': it does not answer';
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
}

/** Milliseconds; servers may give a date instead of seconds. */
function retryAfter(response: Response): number | undefined {
  const value = response.headers.get('retry-after');
  if (value === null) return undefined;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

function readLimit(response: Response): LimitState | undefined {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => {
    const value = response.headers.get(`x-ratelimit-${name}`);
    return value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
  });
  if (limit === undefined || remaining === undefined) return undefined;
  return { limit, remaining, resetMilliseconds: retryAfter(response) ?? (reset ?? 60) * 1000 };
}
