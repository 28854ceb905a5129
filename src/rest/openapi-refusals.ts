/** The errors of the API as OpenAPI describes them: which route may answer with which, and what they look like. */
import type { FastifySchema } from 'fastify';
import { type ErrorCode, ERRORS } from '../errors.js';
import { TAKES_KEY } from '../http/request-context.js';
import { REFUSAL_DETAILS } from './examples.js';

/** An error that a route of the API may answer with. */
export type Refusal = keyof typeof REFUSAL_DETAILS & ErrorCode;

const MEANINGS: Readonly<Record<Refusal, string>> = {
  BAD_USER_INPUT: 'The body, a parameter or a header is not allowed; `issues` names everything that is wrong.',
  UNAUTHENTICATED: 'There is no token, or it is malformed, expired or wrongly signed.',
  FORBIDDEN: "The token does not have the role that this needs; 'admin' has all roles.",
  NOT_FOUND: 'There is no such entry, or no such adapter.',
  CONFLICT: 'It does not fit the present state; nothing was changed.',
  GONE: 'The entry was erased.',
  PRECONDITION_FAILED: 'The entry or the adapter is at another version than `If-Match` expects; nothing was changed.',
  PAYLOAD_TOO_LARGE: 'The body is larger than this server takes.',
  URI_TOO_LONG: 'A part of the path is too long.',
  UNSUPPORTED_MEDIA_TYPE: 'The body is not sent as application/json.',
  RANGE_NOT_SATISFIABLE: 'Nothing of the file is in the range; `Content-Range` says how long it is.',
  UNPROCESSABLE: 'The `Idempotency-Key` was used for another request.',
  RATE_LIMITED: 'The limit of the user or of the organization is used up.',
  INTERNAL_SERVER_ERROR: "It is the server's fault; its log says why, under the `X-Request-Id` of the answer.",
  UNAVAILABLE:
    'The server cannot do this now. Whether a write took place may be unknown: send it again with the same ' +
    '`Idempotency-Key`.',
};

const integer = (description: string) => ({ description, schema: { type: 'integer' } });

/** The headers of answers, each a component that is named like the header. */
export const RESPONSE_HEADERS = {
  'X-Request-Id': {
    description: 'The id of the request in the log: its own `X-Request-Id`, else a new one.',
    schema: { type: 'string' },
  },
  'X-RateLimit-Limit': integer('The limit with the least left. Left out where the server has no limits.'),
  'X-RateLimit-Remaining': integer('How many requests are left until it is reset.'),
  'X-RateLimit-Reset': integer('Seconds until the whole limit is there again.'),
  'Retry-After': integer('After so many seconds it is worth another try.'),
  'WWW-Authenticate': { description: 'How to authenticate.', schema: { type: 'string', const: 'Bearer' } },
  ETag: {
    description: 'The version of the entry, or the revision of the adapter, for `If-Match`.',
    schema: { type: 'string', examples: ['"1"'] },
  },
} as const;

const LIMIT_HEADERS = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'] as const;

/** `$ref`s to headers of answers. */
export function headerReferences(names: readonly (keyof typeof RESPONSE_HEADERS)[]): Readonly<Record<string, object>> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** The headers of every answer that is not an error. */
export function answerHeaders(schema: Pick<FastifySchema, 'entityTag'>, isPublic: boolean): object {
  return headerReferences([
    'X-Request-Id',
    ...(isPublic ? [] : LIMIT_HEADERS),
    ...(schema.entityTag === undefined ? [] : (['ETag'] as const)),
  ]);
}

/** The name of an error's response among the components: its heading without spaces. */
function componentOf(code: Refusal): string {
  return ERRORS[code].title.replaceAll(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** All errors as response components. */
export function refusalComponents(): Readonly<Record<string, object>> {
  const codes = Object.keys(REFUSAL_DETAILS) as Refusal[];
  return Object.fromEntries(codes.map((code) => [componentOf(code), refusalComponent(code)]));
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

/** Whether a request may be told from others by a key of its client's. */
export function takesKey({ readOnly }: FastifySchema, method: string): boolean {
  return TAKES_KEY.has(method) && readOnly !== true;
}

/** What can go wrong on a route, from what it takes and what its schema names beside. */
function refusalsOf(schema: FastifySchema, isPublic: boolean, method: string): Refusal[] {
  const takesInput = [schema.body, schema.querystring, schema.params].some((part) => part !== undefined);
  const refusals: [Refusal, boolean][] = [
    ['BAD_USER_INPUT', takesInput],
    ['UNAUTHENTICATED', !isPublic],
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

/** The `responses` of a route for its errors, by status. */
export function refusalResponses(
  schema: FastifySchema,
  isPublic: boolean,
  method: string,
): Readonly<Record<string, object>> {
  return Object.fromEntries(
    refusalsOf(schema, isPublic, method).map((code) => [
      String(ERRORS[code].status),
      { $ref: `#/components/responses/${componentOf(code)}` },
    ]),
  );
}
