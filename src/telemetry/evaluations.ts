/** What users judge, as events that stand in the trace of the answer which they judge. */
import { type Context, isValidSpanId, isValidTraceId, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { type AnyValueMap, type Logger, SeverityNumber } from '@opentelemetry/api-logs';
import type { Feedback } from '../model/feedback.js';
import type { Score } from '../model/field-kinds.js';

/** Of the semantic conventions for generative AI. */
const EVENT_NAME = 'gen_ai.evaluation.result';
/** The name of the judgement that every entry has; its scores have their own. */
const USER_FEEDBACK = 'user_feedback';
/** Characters of a comment. */
const MAX_EXPLANATION = 4_096;

/**
 * Emits an event for the judgement of each entry, and one for each of its scores.
 * @param comments whether they contain the comment
 */
export function emitEvaluations(logger: Logger, comments: boolean, org: string, entries: readonly Feedback[]): void {
  for (const entry of entries) {
    const context = answerContext(entry);
    const shared = sharedAttributes(entry, org, comments);
    for (const result of resultsOf(entry)) {
      logger.emit({
        eventName: EVENT_NAME,
        timestamp: entry.saidAt ?? entry.createdAt,
        severityNumber: SeverityNumber.INFO,
        attributes: { ...result, ...shared },
        context,
      });
    }
  }
}

/** The span that generated the answer, if the entry names it as OpenTelemetry does; never that of our own request. */
function answerContext({ traceId = '', spanId = '' }: Feedback): Context {
  const span = { traceId: traceId.toLowerCase(), spanId: spanId.toLowerCase() };
  if (!isValidTraceId(span.traceId) || !isValidSpanId(span.spanId)) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { ...span, traceFlags: TraceFlags.SAMPLED, isRemote: true });
}

function* resultsOf({ type, scores = {} }: Feedback): Generator<AnyValueMap> {
  yield { 'gen_ai.evaluation.name': USER_FEEDBACK, 'gen_ai.evaluation.score.label': type, ...valueOf(type) };
  for (const [name, score] of Object.entries(scores)) yield { 'gen_ai.evaluation.name': name, ...scoreOf(score) };
}

/** A preference judges several answers: it has no value. */
function valueOf(type: Feedback['type']): AnyValueMap {
  if (type === 'preference') return {};
  return { 'gen_ai.evaluation.score.value': type === 'positive' ? 1 : 0 };
}

function scoreOf(score: Score): AnyValueMap {
  if (typeof score === 'number') return { 'gen_ai.evaluation.score.value': score };
  const label = { 'gen_ai.evaluation.score.label': String(score) };
  return typeof score === 'boolean' ? { ...label, 'gen_ai.evaluation.score.value': score ? 1 : 0 } : label;
}

function sharedAttributes(entry: Feedback, org: string, comments: boolean): AnyValueMap {
  const { id, validationStatus, responseId, conversationId, modelVersion, adapterId, comment } = entry;
  // Plugins may still have to remove from it what nobody is to read.
  const isShown =
    comments && comment !== undefined && validationStatus !== 'pending' && validationStatus !== 'rejected';
  return {
    'feedback_graph.feedback.id': id,
    'feedback_graph.organization': org,
    'feedback_graph.validation.status': validationStatus,
    ...(responseId !== undefined && { 'gen_ai.response.id': responseId }),
    ...(conversationId !== undefined && { 'gen_ai.conversation.id': conversationId }),
    ...(modelVersion !== undefined && { 'gen_ai.response.model': modelVersion }),
    ...(adapterId !== undefined && { 'feedback_graph.adapter.id': adapterId }),
    ...(isShown && { 'gen_ai.evaluation.explanation': comment.slice(0, MAX_EXPLANATION) }),
  };
}
