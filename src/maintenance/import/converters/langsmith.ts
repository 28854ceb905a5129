/** LangSmith: a run with its `feedback`, or a feedback record with its `run` in it. Times are in UTC. */
import { idAt, objectAt, objectsAt, type RecordObject, textAt, valueAt } from '../record-object.js';
import { type Annotation, combine, utc } from './annotations.js';
import { type ConvertedEntry, type Converter, type ConverterOptions, externalId } from './converted.js';
import { tracedAnswer, tracedPrompt } from './traced.js';

const HINT = 'join each feedback record with its run, which has inputs and outputs (docs/import.md)';

export const langsmith: Converter = {
  recognizes: (record) => isFeedback(record) || objectsAt(record, 'feedback').some(isFeedback),
  convert,
};

function isFeedback(record: RecordObject): boolean {
  return typeof record['key'] === 'string' && 'score' in record && ('run_id' in record || 'feedback_source' in record);
}

function convert(record: RecordObject, options: ConverterOptions): readonly ConvertedEntry[] {
  const run = isFeedback(record) ? objectAt(record, 'run') : record;
  const feedback = isFeedback(record) ? [record] : objectsAt(record, 'feedback').filter(isFeedback);
  const runId = textAt(run, 'id') ?? textAt(record, 'run_id');
  const annotated = {
    prompt: tracedPrompt(options.mapped(record, 'question') ?? run['inputs']),
    answer: tracedAnswer(options.mapped(record, 'answer') ?? run['outputs']),
    context: {
      trace_id: textAt(run, 'trace_id') ?? textAt(record, 'trace_id') ?? runId,
      span_id: runId,
      interaction_id: runId,
      conversation_id: textAt(run, 'extra.metadata.session_id') ?? textAt(run, 'extra.metadata.thread_id'),
      model_version: textAt(run, 'extra.metadata.ls_model_name'),
      created_at: utc(run['start_time']),
    },
    externalId: (author: string | undefined) => externalId('langsmith', runId, author),
    hint: HINT,
  };
  return combine(annotated, feedback.map(toAnnotation), options);
}

function toAnnotation(feedback: RecordObject): Annotation {
  const source = textAt(feedback, 'feedback_source.type');
  const score = valueAt(feedback, 'score');
  return {
    name: textAt(feedback, 'key') ?? 'score',
    by: source === 'model' || source === 'auto_eval' ? 'llm' : source === 'app' ? 'reviewer' : 'user',
    author: idAt(feedback, 'feedback_source.user_id'),
    value: typeof score === 'number' || typeof score === 'boolean' ? score : textAt(feedback, 'value'),
    comment: textAt(feedback, 'comment'),
    correction: readCorrection(feedback['correction']),
    at: utc(feedback['modified_at'] ?? feedback['created_at']),
  };
}

/** A text, or an object that has it like an output. */
function readCorrection(correction: unknown): string | undefined {
  const content = tracedAnswer(correction)?.content;
  return typeof content === 'string' ? content : undefined;
}
