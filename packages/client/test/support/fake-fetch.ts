import type { Clock } from '../../src/retry.js';
import type { ConnectionOptions } from '../../src/transport.js';

export interface SentRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
  readonly keepalive: boolean;
}

/** More than any test sends: a client that never gives up would never let its test end. */
const MAX_REQUESTS = 500;

export type Responder = Response | Error | ((request: SentRequest) => Response | Promise<Response>);

/** A `fetch` that answers with one after the other; the last one holds for all that follow. */
export function fakeFetch(...responders: Responder[]) {
  const sent: SentRequest[] = [];
  const fetch: NonNullable<ConnectionOptions['fetch']> = async (url, init) => {
    const request = {
      url,
      method: init.method ?? 'GET',
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? init.body : '',
      keepalive: init.keepalive ?? false,
    };
    const responder = responders[Math.min(sent.length, responders.length - 1)];
    sent.push(request);
    if (sent.length > MAX_REQUESTS) throw new Error('Requests without an end');
    init.signal?.throwIfAborted();
    if (responder instanceof Error) throw responder;
    if (responder === undefined) throw new Error('Nothing to answer with');
    return responder instanceof Response ? responder.clone() : responder(request);
  };
  return { sent, fetch };
}

/** A clock on which no time passes, and which tells what was waited for. */
export function fakeClock(): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    waits,
    random: () => 0,
    wait: (milliseconds, signal) => {
      waits.push(milliseconds);
      return Promise.resolve(signal?.throwIfAborted());
    },
  };
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

/** An error as the server answers with it. */
export function refusal(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Response {
  const body = { error: 'An error', details: 'What is wrong', code, issues: [{ field: 'type', problem: 'missing' }] };
  return json(body, status, { 'x-request-id': 'request-1', ...headers });
}

export const HTML = new Response('<!doctype html><title>Sign in</title>', {
  status: 200,
  headers: { 'content-type': 'text/html' },
});

/** What fetch rejects with if there is no connection. */
export const NO_CONNECTION = new TypeError('fetch failed');

/** An answer whose body breaks off after these pieces, or ends if `whole`. */
export function streamed(
  pieces: readonly (string | Uint8Array)[],
  { whole = false, status = 200, headers = {} } = {},
): () => Response {
  const encoder = new TextEncoder();
  return () => {
    const rest = [...pieces];
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          const piece = rest.shift();
          if (piece !== undefined) controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece);
          else if (whole) controller.close();
          else controller.error(new TypeError('terminated'));
        },
      },
      // An error discards what waits to be read.
      { highWaterMark: 0 },
    );
    return new Response(body, { status, headers });
  };
}
