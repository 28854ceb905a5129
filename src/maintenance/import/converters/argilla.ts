/**
 * Argilla: records as `dataset.records.to_json` writes them, with a list of responses for each question, or as its API has
 * them, with the values of each annotator's response. An entry for each annotator.
 */
import { isJsonObject } from '../../../is-json-object.js';
import { BadRowError } from '../bad-row.js';
import { firstOf, idAt, objectAt, objectsAt, type RecordObject, valueAt } from '../record-object.js';
import { assistant, contentText } from './chat.js';
import {
  type Context,
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
  'conversation',
  'chat',
  'messages',
  'context',
];
const ANSWERS = ['response', 'answer', 'completion', 'output', 'generation', 'response-1', 'response1', 'response_1'];
const CORRECTION = /correction|corrected|improved|rewrit|edited|fixed/i;
const COMMENT = /comment|feedback|rationale|reason|explain|explanation|note/i;

export const argilla: Converter = {
  recognizes: (record) =>
    isJsonObject(record['fields']) &&
    'responses' in record &&
    ('suggestions' in record || 'vectors' in record || 'external_id' in record || '_server_id' in record),
  convert: (record, options) =>
    [...byAnnotator(record)].map(([author, answers]) => convert(record, author, answers, options)),
};

type Answers = ReadonlyMap<string, unknown>;

function convert(
  record: RecordObject,
  author: string,
  answers: Answers,
  { mapped, hasRules }: ConverterOptions,
): ConvertedEntry {
  const fields = objectAt(record, 'fields');
  const prompt = promptTurns(mapped(record, 'question') ?? firstOf(fields, QUESTIONS));
  if (prompt.length === 0)
    throw new BadRowError(
      `None of the fields is called ${QUESTIONS.join(', ')}; name it, such as --map fields.NAME=question`,
    );
  const verdicts = new Set<Exclude<ReturnType<typeof parseVerdict>, undefined>>();
  const labels: Record<string, unknown> = {};
  const scores: Record<string, unknown> = {};
  const comments: string[] = [];
  const tags: string[] = [];
  let correction: string | undefined;
  let pair: Judged | undefined;
  for (const [name, value] of answers) {
    const isVerdict = typeof value !== 'number' && !CORRECTION.test(name);
    const verdict = isVerdict ? parseVerdict(value) : undefined;
    if (verdict !== undefined) {
      verdicts.add(verdict);
      labels[name] = value;
    } else if (typeof value === 'number') scores[name] = value;
    else if (Array.isArray(value)) {
      const ranking = value.filter(isRank);
      if (ranking.length > 1) pair = rankedPair(ranking, fields);
      else tags.push(...value.filter((each): each is string => typeof each === 'string'));
    } else if (typeof value === 'string' && value.trim() !== '') {
      if (CORRECTION.test(name)) correction = value;
      else if (COMMENT.test(name)) comments.push(value);
      else scores[name] = value;
    }
  }
  const [type, ...others] = verdicts;
  const isContradiction = others.length > 0;
  if (isContradiction && !hasRules) {
    const names = Object.keys(labels).map((name) => `'${name}'`);
    throw new BadRowError(`${names.join(' and ')} disagree: say which counts with --positive-when and --negative-when`);
  }
  // The rules say which of them counts.
  if (isContradiction) Object.assign(scores, labels);
  const answer = contentText(mapped(record, 'answer') ?? firstOf(fields, ANSWERS));
  if (pair === undefined && answer === undefined) {
    throw new BadRowError(
      `None of the fields is called ${ANSWERS.slice(0, 5).join(', ')}; name it, such as --map fields.NAME=answer`,
    );
  }
  const id = idAt(record, 'external_id') ?? idAt(record, 'id');
  const metadata = objectAt(record, 'metadata');
  const context: Context = {
    external_id: externalId('argilla', id, author),
    user_id: author === '' ? undefined : author,
    interaction_id: id,
    comment: comments.length === 0 ? undefined : comments.join('\n'),
    tags: tags.length === 0 ? undefined : tags,
    scores: Object.keys(scores).length === 0 ? undefined : scores,
    metadata: Object.keys(metadata).length === 0 ? undefined : metadata,
    source: 'reviewer',
  };
  const verdict: Judged = {
    kind: 'verdict',
    answer: assistant(answer ?? ''),
    type: isContradiction ? undefined : type,
    correction,
  };
  return { prompt, judged: pair ?? verdict, context };
}

/** What each annotator answered, by question; drafts and discarded responses are none. */
function byAnnotator(record: RecordObject): ReadonlyMap<string, Answers> {
  const found = new Map<string, Map<string, unknown>>();
  const put = (author: string, question: string, value: unknown): void => {
    const own = found.get(author) ?? new Map<string, unknown>();
    found.set(author, own.set(question, value));
  };
  const byQuestion = record['responses'];
  if (isJsonObject(byQuestion)) {
    for (const [question, responses] of Object.entries(byQuestion)) {
      for (const response of objectsAt({ responses }, 'responses')) {
        if (isSubmitted(response)) put(idAt(response, 'user_id') ?? '', question, response['value']);
      }
    }
  }
  for (const response of objectsAt(record, 'responses')) {
    if (!isSubmitted(response)) continue;
    const author = idAt(response, 'user_id') ?? '';
    for (const [question, value] of Object.entries(objectAt(response, 'values')))
      put(author, question, isJsonObject(value) ? value['value'] : value);
    const question = valueAt(response, 'question_name');
    if (typeof question === 'string') put(author, question, response['value']);
  }
  return found;
}

function isSubmitted(response: RecordObject): boolean {
  return response['status'] === undefined || response['status'] === 'submitted';
}

function isRank(value: unknown): value is { readonly value: string; readonly rank: number } {
  return isJsonObject(value) && typeof value['value'] === 'string' && typeof value['rank'] === 'number';
}

/** The best and the worst of a ranking, whose values are the names of fields. */
function rankedPair(
  ranking: readonly { readonly value: string; readonly rank: number }[],
  fields: RecordObject,
): Judged {
  const sorted = ranking.toSorted((one, other) => one.rank - other.rank);
  const [best, worst] = [sorted[0], sorted.at(-1)];
  const [chosen, rejected] = [best, worst].map((each) => contentText(fields[each?.value ?? '']));
  if (best?.rank === worst?.rank) throw new BadRowError('The ranking is a tie');
  if (chosen === undefined || rejected === undefined)
    throw new BadRowError('The ranking names answers that are no fields of the record');
  return { kind: 'pair', chosen: assistant(chosen), rejected: assistant(rejected) };
}
