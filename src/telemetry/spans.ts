/** Work as spans, below the one that is under way. */
import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  type Span,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { isInternalError } from '../graphql/errors.js';

const WITHOUT_DETAILS = createContextKey('without details');

/** The same context, in which work is no span of its own. */
export function withoutDetails(within: Context): Context {
  return within.setValue(WITHOUT_DETAILS, true);
}

/** Whether work is recorded now. */
export function isTraced(): boolean {
  return trace.getActiveSpan()?.isRecording() === true && context.active().getValue(WITHOUT_DETAILS) !== true;
}

/** How many spans of one name another one may have below it: what is done for each of a thousand entries tells no more. */
const MAX_EQUALS = 16;
const equals = new WeakMap<Span, Map<string, number>>();

/** Whether the active span has its fill of spans of a name below it, of which this is one more. */
function isOneTooMany(name: string): boolean {
  const parent = trace.getActiveSpan();
  if (parent === undefined) return false;
  let counts = equals.get(parent);
  if (counts === undefined) equals.set(parent, (counts = new Map<string, number>()));
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return count > MAX_EQUALS;
}

/** Does work as a span, if it belongs to a request that is traced, and all that happens in it is told. */
export async function inSpan<Done>(
  tracer: Tracer,
  name: string,
  attributes: Attributes,
  work: (span: Span | undefined) => Promise<Done>,
): Promise<Done> {
  if (!isTraced() || isOneTooMany(name)) return work(undefined);
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
