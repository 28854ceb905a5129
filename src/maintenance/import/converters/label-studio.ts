/** Label Studio: tasks with their annotations, as its JSON export has them. An entry for each annotation. */
import { BadRowError } from '../bad-row.js';
import { firstOf, idAt, objectAt, objectsAt, type RecordObject, textAt, textsAt, valueAt } from '../record-object.js';
import { assistant, contentText, splitAnswer } from './chat.js';
import {
  type ConvertedEntry,
  type Converter,
  type ConverterOptions,
  externalId,
  type Judged,
  parseVerdict,
} from './converted.js';
import { promptTurns } from './rows.js';

const QUESTIONS = [
  'prompt',
  'question',
  'instruction',
  'query',
  'input',
  'messages',
  'dialogue',
  'conversation',
  'chat',
];
const ANSWERS = ['answer', 'response', 'completion', 'output', 'generation'];
/** The answers of a comparison, left and right. */
const PAIRS = [
  ['answer1', 'answer2'],
  ['answer_1', 'answer_2'],
  ['answer_a', 'answer_b'],
  ['response1', 'response2'],
  ['response_1', 'response_2'],
  ['response_a', 'response_b'],
  ['text1', 'text2'],
  ['left', 'right'],
] as const;
const COMMENT = /comment|feedback|rationale|reason|expla|note/i;

export const labelStudio: Converter = {
  recognizes: (record) =>
    Object.keys(objectAt(record, 'data')).length > 0 &&
    objectsAt(record, 'annotations').some((each) => Array.isArray(each['result'])),
  convert: (record, options) =>
    objectsAt(record, 'annotations')
      .filter(
        ({ was_cancelled: cancelled, result }) => cancelled !== true && Array.isArray(result) && result.length > 0,
      )
      .map((annotation) => convert(record, annotation, options)),
};

function convert(task: RecordObject, annotation: RecordObject, { mapped }: ConverterOptions): ConvertedEntry {
  const data = objectAt(task, 'data');
  const asked = promptTurns(mapped(task, 'question') ?? firstOf(data, QUESTIONS));
  if (asked.length === 0) {
    throw new BadRowError(
      `The data of the task have none of ${QUESTIONS.join(', ')}; name it, such as --map data.NAME=question`,
    );
  }
  const results = objectsAt(annotation, 'result');
  const scores: Record<string, unknown> = {};
  const tags: string[] = [];
  const comments: string[] = [];
  let correction: string | undefined;
  let pair: Judged | undefined;
  for (const result of results) {
    const name = textAt(result, 'from_name') ?? 'rating';
    const value = objectAt(result, 'value');
    tags.push(...textsAt(value, 'choices'));
    if (typeof value['rating'] === 'number') scores[name] = value['rating'];
    if (typeof value['number'] === 'number') scores[name] = value['number'];
    const text = contentText(valueAt(value, 'text'));
    if (result['type'] === 'textarea' && text !== undefined && text.trim() !== '') {
      if (COMMENT.test(name)) comments.push(text);
      else correction = text;
    }
    const selected = value['selected'];
    if (selected === 'left' || selected === 'right') pair = comparedPair(data, selected);
  }
  const verdicts = [...new Set(tags.map(parseVerdict).filter((type) => type !== undefined))];
  if (verdicts.length > 1) throw new BadRowError('The choices are positive and negative at once');
  const own = contentText(mapped(task, 'answer') ?? firstOf(data, ANSWERS));
  const { prompt, answer } =
    pair !== undefined || own !== undefined ? { prompt: asked, answer: assistant(own ?? '') } : splitAnswer(asked);
  const by =
    idAt(annotation, 'completed_by') ?? idAt(annotation, 'completed_by.email') ?? idAt(annotation, 'completed_by.id');
  return {
    prompt,
    judged: pair ?? { kind: 'verdict', answer, type: verdicts[0], correction },
    context: {
      external_id: externalId('label-studio', idAt(task, 'id'), idAt(annotation, 'id')),
      user_id: by,
      interaction_id: idAt(task, 'id'),
      comment: comments.length === 0 ? undefined : comments.join('\n'),
      tags: tags.length === 0 ? undefined : [...new Set(tags)],
      scores: Object.keys(scores).length === 0 ? undefined : scores,
      source: 'reviewer',
      created_at: annotation['updated_at'] ?? annotation['created_at'],
    },
  };
}

function comparedPair(data: RecordObject, selected: 'left' | 'right'): Judged {
  const names = PAIRS.find((pair) => pair.every((name) => textAt(data, name) !== undefined));
  if (names === undefined) {
    throw new BadRowError(
      `The data of the task have no two answers; they are found as ${PAIRS.map((pair) => pair.join(' and ')).join(', ')}`,
    );
  }
  const [left, right] = names.map((name) => assistant(textAt(data, name) ?? ''));
  if (left === undefined || right === undefined) throw new Error('A pair has two names');
  return selected === 'left'
    ? { kind: 'pair', chosen: left, rejected: right }
    : { kind: 'pair', chosen: right, rejected: left };
}
