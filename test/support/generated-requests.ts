/** GraphQL requests over HTTP as generated documents make them, right ones and others that are damaged on their way. */
import fc from 'fast-check';
import { type GraphQLSchema, OperationTypeNode } from 'graphql';
import { type GeneratedDocument, generatedDocuments, type Values } from './generated-documents.js';

export interface GeneratedRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether its token has a role; else it has none. */
  readonly isAdmin: boolean;
}

export interface RequestsOptions {
  readonly schema: GraphQLSchema;
  readonly values: Values;
  /** Levels of composite fields. */
  readonly depth: number;
}

const ACCEPTED = [
  'application/json',
  'application/graphql-response+json',
  '*/*',
  'text/event-stream, */*;q=0.1',
  'multipart/mixed;deferSpec=20220824, application/json;q=0.5',
  'image/png',
];

/** What may stand anywhere in a damaged document. */
const ODD_TOKENS = [
  ...['{', '}', '(', ')', '[', ']', '...', '!', '$', '@', ':', '=', '|', '&', '"', '"""', '#'],
  ...[
    '@skip(if: $missing)',
    '@include(if: null)',
    '@skip(if: true)',
    '@defer',
    '@stream(initialCount: -1)',
    '@unknown',
  ],
  ...['$__proto__', '__proto__', 'constructor', 'toString: __typename', '__schema { types { name } }', 'null', 'true'],
  ...['1e400', '-0', '99999999999999999999', '2147483648', '0.1e-400', '"\\ud800"', '"\\u{110000}"', '"\\u0000"'],
  ...['query', 'mutation', 'subscription', 'fragment F0 on Query { __typename }', '...F0', '...F1 @skip(if: true)'],
  ...['... on Feedback { id }', '... on Node @include(if: false) { id }', '{ __typename }', '\ufeff', '\u0000', 'é'],
];

/** JSON in the place of variables or of one of them. */
const ODD_JSON = [
  ...[
    'null',
    '[]',
    '{}',
    '1e400',
    '-0',
    '9007199254740993',
    '""',
    '"\\ud800"',
    '"\\u0000"',
    'true',
    '[[[]]]',
    '[null]',
  ],
  ...['{"__proto__":{"a":1}}', '{"constructor":{"prototype":1}}', '{"toString":"x"}', '"2026-13-01T00:00:00Z"', 'NaN'],
];

/** Requests of which most run, for users with and without a role. */
export function generatedRequests({ schema, values, depth }: RequestsOptions): fc.Arbitrary<GeneratedRequest> {
  const { QUERY, MUTATION, SUBSCRIPTION } = OperationTypeNode;
  const of = (operation: OperationTypeNode): fc.Arbitrary<GeneratedDocument> =>
    generatedDocuments({ schema, operation, values, depth });
  const documents = fc.oneof(
    { weight: 7, arbitrary: of(QUERY) },
    { weight: 3, arbitrary: of(MUTATION) },
    { weight: 1, arbitrary: of(SUBSCRIPTION) },
  );
  return fc
    .tuple(documents, fc.gen())
    .map(([document, draw]) => writeRequest(document, (max) => draw(fc.nat, { max })));
}

function writeRequest({ text, variables }: GeneratedDocument, nat: (max: number) => number): GeneratedRequest {
  const pick = <T>(from: readonly T[]): T => from[nat(from.length - 1)]!;
  const chance = (percent: number): boolean => nat(99) < percent;

  const query = chance(30) ? damaged(text, nat, pick) : text;
  const given = chance(15)
    ? pick(ODD_JSON)
    : `{${Object.entries(variables)
        .map(([name, value]) => `${JSON.stringify(name)}:${chance(10) ? pick(ODD_JSON) : JSON.stringify(value)}`)
        .join(',')}}`;
  const operationName = chance(10) ? pick(['', 'A', '__proto__', 'é', '#']) : undefined;
  const headers = {
    accept: pick(ACCEPTED),
    ...(chance(10) && { 'idempotency-key': pick(['a', 'b', '__proto__', 'not one', '%']) }),
    ...(chance(5) && { host: pick(['x', '[', '%', 'a b']) }),
  };
  const isAdmin = chance(50);
  if (chance(20)) {
    const search = new URLSearchParams({
      query,
      variables: given,
      ...(operationName !== undefined && { operationName }),
    });
    return {
      method: 'GET',
      path: `/graphql?${search.toString()}${chance(10) ? '#&operationName=A' : ''}`,
      headers,
      isAdmin,
    };
  }
  const name = operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`;
  return {
    method: 'POST',
    path: '/graphql',
    headers: { ...headers, 'content-type': 'application/json' },
    body: `{"query":${JSON.stringify(query)},"variables":${given}${name}}`,
    isAdmin,
  };
}

/** A document with some of its tokens left out, doubled, or put in by chance. */
function damaged(text: string, nat: (max: number) => number, pick: <T>(from: readonly T[]) => T): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|\.\.\.|\w+|\S/gu) ?? [];
  for (let edits = 1 + nat(2); edits > 0; edits -= 1) {
    const at = nat(tokens.length);
    const token = tokens[at] ?? '';
    tokens.splice(at, 1, ...pick([[], [token, token], [pick(ODD_TOKENS)], [token, pick(ODD_TOKENS)]]));
  }
  return tokens.join(' ');
}
