import createFetchClient, { type Client } from 'openapi-fetch';
import { openOn } from './body.js';
import { type CallOptions, LONG_TIMEOUT_MS, readJson, type Transport } from './transport.js';
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
    pathSerializer: (path, values) => path.replace(/\{(\w+)\}/g, (_, name: string) => toSegment(values[name])),
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
        ...(READS_MUCH.test(url) && { timeoutMs: LONG_TIMEOUT_MS }),
      };
      const accepted = headers.get('accept') ?? 'application/json';
      return accepted === 'application/json' ? transport(sent, checkJson) : openOn(transport, sent);
    },
  });
}

const PLACEHOLDER = 'http://feedback-graph.invalid';

/** Paths of what may read 100,000 entries before it answers. */
const READS_MUCH = /\/(?:training\/batches|feedback\/batch|users\/)/;

/** An answer that openapi-fetch reads, once it is known to be whole, and the server's. */
async function checkJson(answer: Response): Promise<Response> {
  const copy = answer.clone();
  await readJson(answer);
  return copy;
}

/** An id as a segment of a path. @throws TypeError for what an address cannot have as one */
export function toSegment(id: unknown): string {
  const text = String(id);
  // Addresses lose them, and would name something else.
  if (/^\.{0,2}$/.test(text)) throw new TypeError('An id must not be empty, . or ..');
  return encodeURIComponent(text);
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
