/** The error responses of the API in its OpenAPI description: their components, and the routes that may return them. */
import type { FastifySchema } from 'fastify';
import { type ErrorCode, ERRORS } from '../errors.js';
import { TAKES_KEY } from '../http/request-context.js';
import { REFUSAL_DETAILS } from './examples.js';

/** An error that a route of the API may return. */
export type Refusal = keyof typeof REFUSAL_DETAILS & ErrorCode;

const MEANINGS: Readonly<Record<Refusal, string>> = {
  BAD_USER_INPUT: 'The body, a parameter or a header is invalid; `issues` lists every problem.',
  UNAUTHENTICATED: 'The token is missing, malformed, expired or incorrectly signed.',
  FORBIDDEN: 'The token lacks the required permission.',
  NOT_FOUND: 'The requested resource does not exist.',
  CONFLICT: 'The request conflicts with the current state; nothing was changed.',
  GONE: 'The entry was erased.',
  PRECONDITION_FAILED: 'The entry or adapter is not at the version that `If-Match` expects; nothing was changed.',
  PAYLOAD_TOO_LARGE: 'The body is larger than the server accepts.',
  URI_TOO_LONG: 'A path segment is too long.',
  UNSUPPORTED_MEDIA_TYPE: 'The `Content-Type` of the body is not application/json.',
  RANGE_NOT_SATISFIABLE: "The range lies outside the file; `Content-Range` gives the file's length.",
  UNPROCESSABLE: 'The `Idempotency-Key` was already used for a different request.',
  RATE_LIMITED: 'A rate limit of the user or the organization is exhausted.',
  INTERNAL_SERVER_ERROR:
    "An error in the server. The server log records its cause under the response's `X-Request-Id`.",
  UNAVAILABLE:
    'The server cannot process the request at the moment. Whether a write took effect may be unknown: repeat ' +
    'it with the same `Idempotency-Key`.',
};

const integer = (description: string) => ({ description, schema: { type: 'integer' } });

/** Response headers, each a component named after the header. */
export const RESPONSE_HEADERS = {
  'X-Request-Id': {
    description: "Id of the request in the server log: the request's own `X-Request-Id`, or a new one.",
    schema: { type: 'string' },
  },
  'X-RateLimit-Limit': integer('The limit closest to exhaustion, in requests. Omitted if the server has no limits.'),
  'X-RateLimit-Remaining': integer('Number of requests left until the limit is reset.'),
  'X-RateLimit-Reset': integer('Seconds until the limit is fully reset.'),
  'Retry-After': integer('Seconds to wait before retrying.'),
  'WWW-Authenticate': {
    description: 'The required authentication scheme.',
    schema: { type: 'string', const: 'Bearer' },
  },
  ETag: {
    description: 'Version of the entry or revision of the adapter, for use in `If-Match`.',
    schema: { type: 'string', examples: ['"1"'] },
  },
} as const;

const LIMIT_HEADERS = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'] as const;

/** `$ref`s to response headers. */
export function headerReferences(names: readonly (keyof typeof RESPONSE_HEADERS)[]): Readonly<Record<string, object>> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** Headers of every successful response. */
export function answerHeaders(schema: Pick<FastifySchema, 'entityTag'>, isPublic: boolean): object {
  return headerReferences([
    'X-Request-Id',
    ...(isPublic ? [] : LIMIT_HEADERS),
    ...(schema.entityTag === undefined ? [] : (['ETag'] as const)),
  ]);
}

/** The name of an error's response component: its title without spaces, each word capitalized. */
function componentName(code: Refusal): string {
  return ERRORS[code].title.replaceAll(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** All errors as response components. */
export function refusalComponents(): Readonly<Record<string, object>> {
  const codes = Object.keys(REFUSAL_DETAILS) as Refusal[];
  return Object.fromEntries(codes.map((code) => [componentName(code), refusalComponent(code)]));
}

function refusalComponent(code: Refusal): object {
  const issues = [{ field: 'type', problem: 'positive or negative', missing: true }];
  return {
    description: MEANINGS[code],
    headers: headerReferences([
      'X-Request-Id',
      ...(code === 'RATE_LIMITED' ? LIMIT_HEADERS : []),
      ...(code === 'RATE_LIMITED' || code === 'UNAVAILABLE' ? (['Retry-After'] as const) : []),
      ...(code === 'UNAUTHENTICATED' ? (['WWW-Authenticate'] as const) : []),
    ]),
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Error' },
        example: {
          error: ERRORS[code].title,
          details: REFUSAL_DETAILS[code],
          code,
          ...(code === 'BAD_USER_INPUT' ? { issues } : {}),
        },
      },
    },
  };
}

/** Whether a route accepts an `Idempotency-Key`. */
export function takesKey({ readOnly }: FastifySchema, method: string): boolean {
  return TAKES_KEY.has(method) && readOnly !== true;
}

/** The errors of a route, derived from its inputs and from the `refusals` of its schema. */
function listRefusals(schema: FastifySchema, isPublic: boolean, method: string): Refusal[] {
  const takesInput = [schema.body, schema.querystring, schema.params].some((part) => part !== undefined);
  const refusals: [Refusal, boolean][] = [
    ['BAD_USER_INPUT', takesInput],
    ['UNAUTHENTICATED', !isPublic],
    ['FORBIDDEN', !isPublic],
    ['PRECONDITION_FAILED', schema.entityTag === 'expected'],
    ['PAYLOAD_TOO_LARGE', schema.body !== undefined],
    ['URI_TOO_LONG', schema.params !== undefined],
    ['UNSUPPORTED_MEDIA_TYPE', schema.body !== undefined],
    ['UNPROCESSABLE', takesKey(schema, method)],
    ['RATE_LIMITED', !isPublic],
    ['INTERNAL_SERVER_ERROR', true],
    ['UNAVAILABLE', !isPublic],
  ];
  return [...(schema.refusals ?? []), ...refusals.flatMap(([code, may]) => (may ? [code] : []))];
}

/** The error `responses` of a route, by status. */
export function refusalResponses(
  schema: FastifySchema,
  isPublic: boolean,
  method: string,
): Readonly<Record<string, object>> {
  return Object.fromEntries(
    listRefusals(schema, isPublic, method).map((code) => [
      String(ERRORS[code].status),
      { $ref: `#/components/responses/${componentName(code)}` },
    ]),
  );
}
