import type { CombinedError } from '@urql/core';

/** Why a request failed, as far as the console acts on it. */
export type ProblemKind =
  'offline' | 'forbidden' | 'not-found' | 'conflict' | 'limited' | 'unavailable' | 'invalid' | 'failed';

export interface Problem {
  readonly kind: ProblemKind;
  /** The server's own sentence, in English. */
  readonly details?: string;
}

const KINDS: Readonly<Record<string, ProblemKind>> = {
  FORBIDDEN: 'forbidden',
  NOT_FOUND: 'not-found',
  GONE: 'not-found',
  CONFLICT: 'conflict',
  PRECONDITION_FAILED: 'conflict',
  RATE_LIMITED: 'limited',
  UNAVAILABLE: 'unavailable',
  BAD_USER_INPUT: 'invalid',
  OPERATION_LIMIT_EXCEEDED: 'invalid',
  PAYLOAD_TOO_LARGE: 'invalid',
};

export function toProblem(error: CombinedError): Problem {
  const [first] = error.graphQLErrors;
  if (first !== undefined) {
    const { code } = first.extensions;
    return { kind: (typeof code === 'string' ? KINDS[code] : undefined) ?? 'failed', details: first.message };
  }
  const response: unknown = error.response;
  if (!(response instanceof Response)) return { kind: 'offline' };
  if (response.status === 429) return { kind: 'limited' };
  return { kind: response.status === 503 ? 'unavailable' : 'failed' };
}

/** What became of a request that never throws. */
export type Outcome<Data> =
  { readonly ok: true; readonly data: Data } | { readonly ok: false; readonly problem: Problem };
