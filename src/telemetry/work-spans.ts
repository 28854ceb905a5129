import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import type { WatchWork, WorkFacts } from '../watch-work.js';
import { markFailed, withoutDetails } from './spans.js';

/** Characters of an attribute: some are chosen by clients. */
const MAX_TEXT = 128;

/**
 * Makes a span of each piece of work, in a trace of its own, or in that which the headers of a request name. It is linked to
 * the request that has asked for it. What it reads and writes are no spans: that may go on for hours.
 */
export function workSpans(tracer: Tracer): WatchWork {
  return ({ name, kind, facts, headers, isAsked = false }) => {
    const parent = headers === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, headers);
    const asking = isAsked ? trace.getSpanContext(context.active()) : undefined;
    const options = {
      kind: kind === 'server' ? SpanKind.SERVER : SpanKind.INTERNAL,
      attributes: attributesOf(facts),
      links: asking === undefined ? [] : [{ context: asking }],
    };
    const span = tracer.startSpan(name, options, parent);
    const within = withoutDetails(trace.setSpan(parent, span));
    return {
      within: (part) => context.with(within, part),
      end: (found = {}, failure) => {
        span.setAttributes(attributesOf(found));
        if (typeof failure === 'string') {
          span.setAttribute('error.type', failure);
          span.setStatus({ code: SpanStatusCode.ERROR });
        } else if (failure !== undefined) markFailed(span, failure);
        span.end();
      },
    };
  };
}

function attributesOf(facts: WorkFacts): Attributes {
  const bounded = ([name, value]: [string, WorkFacts[string]]) =>
    [name, typeof value === 'string' ? value.slice(0, MAX_TEXT) : value] as const;
  return Object.fromEntries(Object.entries(facts).map(bounded));
}
