import createFetchClient, { type Client } from 'openapi-fetch';
import type { ApiAnswer, CallOptions, Transport } from './transport.js';
import type { paths } from './types.js';

/**
 * Every route of the API with its types. It throws FeedbackGraphError where openapi-fetch alone returns `error`. What is no
 * JSON needs its media type as the header `accept`, and `parseAs`.
 */
export type Api = Client<paths, 'application/json'>;

/** openapi-fetch over a transport, which reads the tokens, repeats and reports errors. */
export function apiOn(transport: Transport): Api {
  return createFetchClient<paths, 'application/json'>({
    // openapi-fetch makes a Request of it, which outside of pages needs an absolute address.
    baseUrl: PLACEHOLDER,
    fetch: async (request) => {
      const { method, headers, signal } = request;
      const body = await request.text();
      const url = request.url.slice(PLACEHOLDER.length);
      const idempotencyKey = headers.get('idempotency-key');
      const sent = {
        method,
        url,
        headers,
        signal,
        ...(body !== '' && { body }),
        ...(idempotencyKey !== null && { idempotencyKey }),
      };
      const accepted = headers.get('accept') ?? 'application/json';
      return accepted === 'application/json' ? toResponse(await transport.send(sent)) : transport.open(sent);
    },
  });
}

const PLACEHOLDER = 'http://feedback-graph.invalid';

function toResponse({ status, headers, text }: ApiAnswer): Response {
  return new Response(text, { status, headers });
}

/** The data of an answer: the transport has thrown if there is none. */
export async function dataOf<Data>(answer: Promise<{ readonly data?: Data }>): Promise<Data> {
  const { data } = await answer;
  if (data === undefined) throw new TypeError('An answer of the API has no data');
  return data;
}

/** The options of a call as openapi-fetch takes them. */
export function initOf({ signal, idempotencyKey }: CallOptions): {
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
} {
  return {
    ...(signal !== undefined && { signal }),
    ...(idempotencyKey !== undefined && { headers: { 'idempotency-key': idempotencyKey } }),
  };
}
