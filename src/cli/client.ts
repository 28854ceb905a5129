/** The HTTP client of the commands that talk to a running server. */
import { isJsonObject } from '../is-json-object.js';
import { toOneLine } from './screen.js';
import { CommandError, EXIT } from './terminal.js';

/** The body of a response. Its fields are checked where they are shown. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface Client {
  /**
   * One request to the REST API; `path` follows `/api/v1/llm/feedback`.
   * @throws {CommandError} with the server's error message, or the reason why there is no response.
   */
  readonly rest: (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<JsonObject>;
  /** The data of a GraphQL request. @throws {CommandError} as `rest`, and for the first error of the response. */
  readonly graphql: (query: string, variables: JsonObject) => Promise<JsonObject>;
}

/** Timeout of a request, ms. */
const ANSWERED_WITHIN = 30_000;

export interface ClientSettings {
  /** Where the server is, without a slash at the end. */
  readonly url: string;
  readonly token: string | undefined;
}

export function createClient({ url, token }: ClientSettings): Client {
  const request = async (method: string, path: string, body: unknown): Promise<JsonObject> => {
    const response = await send(url, path, {
      method,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect could lead the token elsewhere.
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWERED_WITHIN),
    });
    if (response.status === 401) {
      const hint =
        token === undefined ? 'pass a token with --token or FEEDBACK_TOKEN' : 'the token is invalid or has expired';
      throw new CommandError(`${refusal(response)}; ${hint}`, EXIT.failure);
    }
    if (response.content === undefined) {
      throw new CommandError(
        `The server at ${url} is not a feedback-graph server (HTTP ${response.status})`,
        EXIT.failure,
      );
    }
    if (response.status >= 400) throw new CommandError(refusal(response), EXIT.failure);
    return response.content;
  };
  return {
    rest: (method, path, body) => request(method, `/api/v1/llm/feedback${path}`, body),
    graphql: async (query, variables) => {
      const content = await request('POST', '/graphql', { query, variables });
      const message = firstError(content);
      if (message !== undefined) throw new CommandError(message, EXIT.failure);
      return objectIn(content, 'data');
    },
  };
}

interface Answer {
  readonly status: number;
  /** The JSON object of the body, if it is one. */
  readonly content: JsonObject | undefined;
}

async function send(url: string, path: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url + path, init);
    return { status: response.status, content: parseObject(await response.text()) };
  } catch (error) {
    throw new CommandError(connectionProblem(url, error), EXIT.failure, { cause: error });
  }
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const content: unknown = JSON.parse(text);
    return isJsonObject(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

function connectionProblem(url: string, error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `The server at ${url} did not respond within ${ANSWERED_WITHIN / 1000} s`;
  }
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `Cannot reach a server at ${url}${code}; start one with 'feedback-graph serve', or name another with --url or FEEDBACK_URL`;
}

/** The `details` of an error response, in one line. */
function refusal({ status, content = {} }: Answer): string {
  const { details } = content;
  if (typeof details === 'string') return toOneLine(details);
  return firstError(content) ?? `The server refused the request (HTTP ${status})`;
}

function firstError({ errors }: JsonObject): string | undefined {
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return isJsonObject(first) && typeof first['message'] === 'string' ? toOneLine(first['message']) : undefined;
}

/** A field that is an object; empty if the field is missing. */
export function objectIn(object: JsonObject, field: string): JsonObject {
  const value = object[field];
  return isJsonObject(value) ? value : {};
}

/** The objects in a field that is a list; none if the field is missing. */
export function objectsIn(object: JsonObject, field: string): readonly JsonObject[] {
  const value = object[field];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** A field as text for people; empty if the field is missing. */
export function textIn(object: JsonObject, field: string): string {
  const value = object[field];
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A field that is a time in epoch ms or ISO 8601, to the minute, in UTC. */
export function timeIn(object: JsonObject, field: string): string {
  const value = object[field];
  const time = typeof value === 'number' || typeof value === 'string' ? new Date(value) : undefined;
  if (time === undefined || Number.isNaN(time.getTime())) return '';
  return `${time.toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
