/** Work as spans, below the one that is under way. */
import { context, type Attributes, type Span, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { isInternalError } from '../graphql/errors.js';

/** Whether anything is recorded now: work in the background begins no trace of its own. */
export function isTraced(): boolean {
  return trace.getActiveSpan()?.isRecording() === true;
}

/** Does work as a span, if it belongs to a request that is traced. */
export async function inSpan<Done>(
  tracer: Tracer,
  name: string,
  attributes: Attributes,
  work: (span: Span | undefined) => Promise<Done>,
): Promise<Done> {
  if (!isTraced()) return work(undefined);
  const span = tracer.startSpan(name, { attributes });
  try {
    return await context.with(trace.setSpan(context.active(), span), () => work(span));
  } catch (error) {
    markFailed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Says which kind of error there was, and never its message: it may quote what somebody has written. */
export function markFailed(span: Span, error: unknown): void {
  span.setAttribute('error.type', errorType(error));
  if (isInternalError(error)) span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The code of an error of the API, else the name of its class. */
function errorType(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
