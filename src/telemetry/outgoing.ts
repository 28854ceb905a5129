/** The trace context in the requests that the server itself makes, with `fetch`. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { context, propagation } from '@opentelemetry/api';

/** Node.js tells of each request that `fetch` makes, before it is sent. */
const CHANNEL = 'undici:request:create';

interface OutgoingRequest {
  addHeader(name: string, value: string): unknown;
}

function isOutgoingRequest(value: unknown): value is OutgoingRequest {
  return typeof value === 'object' && value !== null && 'addHeader' in value && typeof value.addHeader === 'function';
}

/**
 * Adds the headers of the trace context to requests that are made on behalf of one that is traced.
 * @returns what ends that
 */
export function propagateTraces(): () => void {
  const onRequest = (message: unknown): void => {
    const request =
      typeof message === 'object' && message !== null && 'request' in message ? message.request : undefined;
    if (!isOutgoingRequest(request)) return;
    const headers: Record<string, string> = {};
    propagation.inject(context.active(), headers);
    for (const [name, value] of Object.entries(headers)) request.addHeader(name, value);
  };
  subscribe(CHANNEL, onRequest);
  return () => void unsubscribe(CHANNEL, onRequest);
}
