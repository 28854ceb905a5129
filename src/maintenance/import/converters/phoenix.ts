/**
 * Phoenix: a span with its `annotations`, or an annotation with its `span` in it. What models (LLM) and programs (CODE)
 * annotated becomes scores, and entries of its own only with a rule.
 */
import { idAt, objectAt, objectsAt, type RecordObject, textAt, valueAt } from '../record-object.js';
import { type Annotation, combine, utc } from './annotations.js';
import { type ChatMessage, toMessage } from './chat.js';
import { type ConvertedEntry, type Converter, type ConverterOptions, externalId } from './converted.js';
import { tracedAnswer, tracedPrompt } from './traced.js';

const HINT = 'join each annotation with its span, which has input and output (docs/import.md)';

export const phoenix: Converter = {
  recognizes: (record) => isAnnotation(record) || objectsAt(record, 'annotations').some(isAnnotation),
  convert: (record, options) => {
    const page = objectsAt(record, 'data');
    return (page.length > 0 ? page : [record]).flatMap((each) => convert(each, options));
  },
};

function isAnnotation(record: RecordObject): boolean {
  return typeof record['annotator_kind'] === 'string' && typeof record['name'] === 'string';
}

function convert(record: RecordObject, options: ConverterOptions): readonly ConvertedEntry[] {
  const span = isAnnotation(record) ? objectAt(record, 'span') : record;
  const annotations = isAnnotation(record) ? [record] : objectsAt(record, 'annotations').filter(isAnnotation);
  const spanId = textAt(span, 'context.span_id') ?? textAt(span, 'span_id') ?? textAt(record, 'span_id');
  const attributes = objectAt(span, 'attributes');
  const annotated = {
    prompt:
      tracedPrompt(options.mapped(record, 'question')) ??
      spanMessages(attributes, 'llm.input_messages') ??
      tracedPrompt(attribute(attributes, 'input.value') ?? span['input']),
    answer:
      tracedAnswer(options.mapped(record, 'answer')) ??
      spanMessages(attributes, 'llm.output_messages')?.findLast(({ role }) => role === 'assistant') ??
      tracedAnswer(attribute(attributes, 'output.value') ?? span['output']),
    context: {
      span_id: spanId,
      trace_id: textAt(span, 'context.trace_id') ?? textAt(span, 'trace_id') ?? textAt(record, 'trace_id'),
      conversation_id: textAt(attributes, 'session.id'),
      user_id: textAt(attributes, 'user.id'),
      model_version: textAt(attributes, 'llm.model_name'),
      interaction_id: spanId,
      created_at: utc(span['end_time'] ?? span['start_time']),
    },
    externalId: (author: string | undefined) => externalId('phoenix', spanId, author),
    hint: HINT,
  };
  return combine(annotated, annotations.map(toAnnotation), options);
}

function toAnnotation(annotation: RecordObject): Annotation {
  const result = objectAt(annotation, 'result');
  const kind = textAt(annotation, 'annotator_kind')?.toUpperCase();
  const score = valueAt(result, 'score');
  return {
    name: textAt(annotation, 'name') ?? 'annotation',
    by: kind === 'HUMAN' ? 'user' : kind === 'LLM' ? 'llm' : 'code',
    // The interface leaves it empty.
    author: textAt(annotation, 'identifier') ?? idAt(annotation, 'user_id'),
    value: textAt(result, 'label') ?? (typeof score === 'number' ? score : undefined),
    comment: textAt(result, 'explanation'),
    at: utc(annotation['updated_at'] ?? annotation['created_at']),
  };
}

/** An attribute by its name, or along it, as exports have both. */
function attribute(attributes: RecordObject, name: string): unknown {
  return valueAt(attributes, name);
}

/** OpenInference has each message in an object, and its fields under names that begin with `message.`. */
function spanMessages(attributes: RecordObject, name: string): readonly ChatMessage[] | undefined {
  const list = objectsAt(attributes, name).map((each) => ({
    role: valueAt(each, 'message.role'),
    content: valueAt(each, 'message.content'),
  }));
  return list.length === 0 || list.some(({ role }) => typeof role !== 'string')
    ? undefined
    : list.map((each) => toMessage(each));
}
