/** A span for each HTTP request, by `@fastify/otel`. */
import { FastifyOtelInstrumentation } from '@fastify/otel';
import { context, type Span, SpanKind, SpanStatusCode, type TracerProvider } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { FastifyRequest } from 'fastify';
import type { Application } from '../http/application.js';

const HTTP_STATUS = 'http.response.status_code';

/** Makes a span of each request. To be called before the application has its hooks and routes. */
export async function traceRequests(application: Application, provider: TracerProvider): Promise<void> {
  const instrumentation = new FastifyOtelInstrumentation({
    // Of the hooks and handlers nobody asks how long they take; the operation and what is below it tell more.
    instrumentHooks: false,
    instrumentHandler: false,
    // Their messages may quote what somebody has written. What is our fault is in the log.
    recordExceptions: false,
    // Probes come all the time, and tell nothing.
    ignorePaths: ({ url }) => url.startsWith('/health/'),
    requestHook: describeRequest,
  });
  instrumentation.setTracerProvider(provider);
  await application.register(instrumentation.plugin());
  // A body is read in events of its socket, which know nothing of the request.
  application.addHook('preHandler', (request, _reply, done) => withinRequest(request, done));
}

/** Does something in the context of a request, wherever it is called. */
export function withinRequest(request: FastifyRequest, work: () => void): void {
  const within = request.opentelemetry().context;
  if (within === null) work();
  else context.with(within, work);
}

function describeRequest(span: Span, request: FastifyRequest): void {
  const route = request.routeOptions.url;
  span.updateName(route === undefined ? request.method : `${request.method} ${route}`);
  // The path names entries, adapters and people, and the query what is searched for.
  span.setAttribute('url.path', route ?? '');
  span.setAttribute('feedback_graph.request.id', request.id);
}

/**
 * Leaves of the status of a request's span what concerns us: an error is what we could not answer, and never has a message.
 */
export function requestStatus(): SpanProcessor {
  return {
    onStart: () => undefined,
    onEnding: (span) => {
      if (span.kind !== SpanKind.SERVER) return;
      const status = span.attributes[HTTP_STATUS];
      if (typeof status !== 'number') return;
      // An error cannot be taken back, and overwritten only by OK.
      span.status.code = status >= 500 ? SpanStatusCode.ERROR : SpanStatusCode.UNSET;
      delete span.status.message;
      if (status >= 500) span.setAttribute('error.type', String(status));
    },
    onEnd: () => undefined,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
