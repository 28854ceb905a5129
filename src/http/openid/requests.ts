/** How requests to an issuer are made: within a time, with an answer of bounded size, without redirects. */
import * as oauth from 'oauth4webapi';
import { boundedFetch } from '../bounded-fetch.js';

/** Bytes of an answer. Metadata has a few thousand, and so have tokens. */
const MAX_ANSWER_BYTES = 256 * 1024;

const fetchBounded = boundedFetch(MAX_ANSWER_BYTES);

/** What oauth4webapi sends. */
interface RequestParts {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: URLSearchParams | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @param timeout of one request, ms */
export function requestOptions(issuer: string, timeout: number) {
  return {
    signal: () => AbortSignal.timeout(timeout),
    [oauth.customFetch]: (url: string, { method, headers, body, signal }: RequestParts) =>
      fetchBounded(url, { method, headers, body: body ?? null, signal: signal ?? null }),
    // On this machine alone: the setting allows nothing else.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to make one think twice
    [oauth.allowInsecureRequests]: issuer.startsWith('http:'),
  };
}
