/**
 * Langfuse: a trace with its scores, as `GET /api/public/traces/{id}` and the download in its console have it, or a score
 * with its `trace` in it. Names in exports to blob storage are in snake case, with times in UTC.
 */
import { isJsonObject } from '../../../is-json-object.js';
import { idAt, objectAt, objectsAt, type RecordObject, textAt, textsAt, valueAt } from '../record-object.js';
import { type Annotation, combine, utc } from './annotations.js';
import { type ConvertedEntry, type Converter, type ConverterOptions, externalId } from './converted.js';
import { tracedAnswer, tracedPrompt } from './traced.js';

const HINT = 'get the trace of each score, which has its input and output (docs/import.md)';

export const langfuse: Converter = {
  recognizes: (record) =>
    isScore(record) || listScores(record).some(isScore) || objectsAt(record, 'data').some(isScore),
  convert: (record, options) => {
    const page = objectsAt(record, 'data');
    return (page.length > 0 ? page : [record]).flatMap((each) => convert(each, options));
  },
};

function convert(record: RecordObject, options: ConverterOptions): readonly ConvertedEntry[] {
  const isAlone = isScore(record);
  const trace = isAlone ? objectAt(record, 'trace') : record;
  const traceId = textAt(trace, 'id') ?? either(record, 'traceId', 'trace_id');
  const byObservation = new Map<string | undefined, RecordObject[]>();
  for (const score of isAlone ? [record] : listScores(record)) {
    const id = either(score, 'observationId', 'observation_id');
    byObservation.set(id, [...(byObservation.get(id) ?? []), score]);
  }
  return [...byObservation].flatMap(([id, scores]) => {
    const observations = objectsAt(trace, 'observations');
    const observation = observations.find((each) => each['id'] === id && id !== undefined) ?? {};
    // What a trace itself lacks, as tracers may leave it out, is what its outermost observation has.
    const outermost = observations.find(
      (each) => either(each, 'parentObservationId', 'parent_observation_id') === undefined,
    );
    const annotated = {
      prompt:
        tracedPrompt(options.mapped(record, 'question')) ??
        tracedPrompt(observation['input']) ??
        tracedPrompt(trace['input'] ?? outermost?.['input']),
      answer:
        tracedAnswer(options.mapped(record, 'answer')) ??
        tracedAnswer(observation['output']) ??
        tracedAnswer(trace['output'] ?? outermost?.['output']),
      context: {
        trace_id: traceId,
        span_id: id,
        user_id: either(trace, 'userId', 'user_id'),
        conversation_id: either(trace, 'sessionId', 'session_id') ?? either(record, 'sessionId', 'session_id'),
        // What one person says of several observations of a trace is said of several answers.
        interaction_id: id ?? traceId,
        model_version: textAt(observation, 'model') ?? findModel(trace),
        tags: textsAt(trace, 'tags'),
        created_at: utc(trace['timestamp']),
      },
      externalId: (author: string | undefined) => externalId('langfuse', traceId, id, author),
      hint: HINT,
    };
    return combine(annotated, scores.map(toAnnotation), options);
  });
}

function listScores(record: RecordObject): readonly RecordObject[] {
  return objectsAt(record, 'scores');
}

function isScore(record: RecordObject): boolean {
  return (
    typeof record['name'] === 'string' &&
    either(record, 'dataType', 'data_type') !== undefined &&
    (either(record, 'traceId', 'trace_id') ?? either(record, 'sessionId', 'session_id')) !== undefined
  );
}

/** Scores of the kind EVAL are a model's or a program's; those of an API are what an application says of its users. */
function toAnnotation(score: RecordObject): Annotation {
  const name = textAt(score, 'name') ?? 'score';
  const text = either(score, 'stringValue', 'string_value') ?? textAt(score, 'value');
  const value = valueAt(score, 'value');
  const source = textAt(score, 'source');
  const common = {
    name,
    by: source === 'EVAL' ? ('llm' as const) : source === 'ANNOTATION' ? ('reviewer' as const) : ('user' as const),
    author: either(score, 'authorUserId', 'author_user_id'),
    at: utc(valueAt(score, 'timestamp') ?? valueAt(score, 'createdAt') ?? valueAt(score, 'created_at')),
  };
  const comment = textAt(score, 'comment');
  switch (either(score, 'dataType', 'data_type')) {
    case 'BOOLEAN':
      return { ...common, comment, value: value === true || value === 1 || /^(?:true|1)$/i.test(text ?? '') };
    case 'CATEGORICAL':
      return { ...common, comment, value: text };
    case 'CORRECTION':
      return { ...common, comment, correction: text };
    case 'TEXT':
      return { ...common, comment: text ?? comment };
    default:
      return { ...common, comment, value: typeof value === 'number' ? value : text };
  }
}

function findModel(trace: RecordObject): string | undefined {
  const generation = objectsAt(trace, 'observations').findLast((each) => each['type'] === 'GENERATION');
  return generation === undefined ? undefined : textAt(generation, 'model');
}

function either(record: RecordObject, one: string, other: string): string | undefined {
  return isJsonObject(record) ? (idAt(record, one) ?? idAt(record, other)) : undefined;
}
