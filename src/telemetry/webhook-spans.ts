import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import type { AroundAttempt } from '../webhooks/attempt.js';

/**
 * Each attempt of a webhook as a span, in a trace of its own: what it tells of may have happened long before. Receivers go on
 * with that trace. The URL is no attribute, as it may hold a secret of the receiver.
 */
export function webhookSpans(tracer: Tracer): AroundAttempt {
  return async ({ id, event, webhook }, work) => {
    const span = tracer.startSpan(
      'POST',
      {
        kind: SpanKind.CLIENT,
        attributes: {
          'http.request.method': 'POST',
          'feedback_graph.webhook.id': webhook,
          'feedback_graph.webhook.delivery.id': id,
          'feedback_graph.webhook.event': event,
        },
      },
      ROOT_CONTEXT,
    );
    const within = trace.setSpan(ROOT_CONTEXT, span);
    const headers: Record<string, string> = {};
    propagation.inject(within, headers);
    try {
      const outcome = await context.with(within, () => work(headers));
      if (outcome.status !== undefined) span.setAttribute('http.response.status_code', outcome.status);
      if (outcome.problem !== undefined) {
        span.setAttribute('error.type', outcome.problem === 'status' ? String(outcome.status) : outcome.problem);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      return outcome;
    } finally {
      span.end();
    }
  };
}
