/** A span for each HTTP request, by `@fastify/otel`. */
import { FastifyOtelInstrumentation } from '@fastify/otel';
import {
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Application } from '../http/application.js';
import { markFailed } from './spans.js';

const HTTP_STATUS = 'http.response.status_code';

/**
 * Makes a span of each request, up to where its answer is there, and one of each answer that is streamed, up to its end. To
 * be called before the application has its hooks and routes.
 */
export async function traceRequests(application: Application, provider: TracerProvider, tracer: Tracer): Promise<void> {
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
  application.addHook('onSend', (request, reply, payload, done) => {
    // What has a length is a file of the console.
    if (isStream(payload) && !reply.hasHeader('content-length')) traceStream(tracer, request, reply, payload);
    done(null, payload);
  });
}

/** What an export, a backup or a stream of changes is sent from. */
interface SentStream {
  once(event: 'error', listener: (error: Error) => void): unknown;
}

function isStream(payload: unknown): payload is SentStream {
  return typeof payload === 'object' && payload !== null && 'pipe' in payload && 'once' in payload;
}

function traceStream(tracer: Tracer, request: FastifyRequest, reply: FastifyReply, sent: SentStream): void {
  const within = request.opentelemetry().context;
  if (within === null || trace.getSpan(within)?.isRecording() !== true) return;
  const attributes = { 'http.route': request.routeOptions.url ?? '', 'feedback_graph.request.id': request.id };
  const span = tracer.startSpan('response.stream', { attributes }, within);
  sent.once('error', (error) => {
    // One that comes after the client has gone says just that.
    if (!reply.raw.destroyed) markFailed(span, error);
  });
  reply.raw.once('close', () => {
    span.setAttribute('feedback_graph.response.complete', reply.raw.writableFinished);
    span.end();
  });
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
  span.setAttribute('url.scheme', request.protocol);
  span.setAttribute('network.protocol.version', request.raw.httpVersion);
  span.setAttribute('feedback_graph.request.id', request.id);
}

/**
 * Leaves of the status of a request's span what concerns us: an error is what we could not answer, and never has a message.
 */
export function requestStatus(): SpanProcessor {
  return {
    onStart: () => undefined,
    onEnding: (span) => {
      const status = span.attributes[HTTP_STATUS];
      if (span.kind !== SpanKind.SERVER || typeof status !== 'number') return;
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
