/** What a request over HTTP asks the graph, taken out of its body or its query string. */
import type { FastifyRequest } from 'fastify';
import { InvalidInputError } from '../errors.js';
import { isJsonObject } from '../is-json-object.js';
import { jsonProblem } from '../json-bounds.js';

/** The parts of a GraphQL request, as far as they have the right types; what they lack, the protocol's handler names. */
export interface GraphqlRequest {
  readonly query?: string;
  readonly operationName?: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The hash of a persisted document (Apollo's `extensions.persistedQuery`), or its id (`documentId`). */
  readonly persisted?: string;
}

type Parts = Readonly<Record<string, unknown>>;

/** The request, or undefined if it has not even the shape of one. */
export function parseGraphqlRequest({ method, body, query }: FastifyRequest): GraphqlRequest | undefined {
  const parts = method === 'GET' ? fromQueryString(query) : body;
  if (!isJsonObject(parts)) return undefined;
  const { query: text, operationName, variables, extensions, documentId } = parts;
  if (![variables, extensions].every((part) => part === undefined || part === null || isJsonObject(part)))
    return undefined;
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return undefined;
  const persisted = readPersisted(extensions) ?? (typeof documentId === 'string' ? documentId : undefined);
  return {
    variables: isJsonObject(variables) ? variables : {},
    ...(typeof text === 'string' && { query: text }),
    ...(typeof operationName === 'string' && operationName !== '' && { operationName }),
    ...(persisted !== undefined && { persisted }),
  };
}

function readPersisted(extensions: unknown): string | undefined {
  const persisted = isJsonObject(extensions) ? extensions['persistedQuery'] : undefined;
  if (!isJsonObject(persisted)) return undefined;
  const { version, sha256Hash } = persisted;
  if (version !== 1 || typeof sha256Hash !== 'string') {
    throw new InvalidInputError([
      { field: 'extensions.persistedQuery', problem: "must have 'version' 1 and a 'sha256Hash' that is a string" },
    ]);
  }
  return sha256Hash;
}

/** GraphQL over HTTP writes variables and extensions of a GET as JSON. */
function fromQueryString(query: unknown): Parts | undefined {
  if (!isJsonObject(query)) return undefined;
  const { variables, extensions, ...others } = query;
  try {
    return {
      ...others,
      ...(typeof variables === 'string' && { variables: parseBounded('variables', variables) }),
      ...(typeof extensions === 'string' && { extensions: parseBounded('extensions', extensions) }),
    };
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    return undefined;
  }
}

/** @throws {InvalidInputError} for more JSON than is parsed. */
function parseBounded(field: string, text: string): unknown {
  const problem = jsonProblem(text);
  if (problem !== undefined) throw new InvalidInputError([{ field, problem }]);
  return JSON.parse(text) as unknown;
}
