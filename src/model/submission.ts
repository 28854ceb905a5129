import { InvalidInputError, type Issue } from '../errors.js';
import { judgedTexts, normalizeConversation } from './conversation.js';
import {
  FEEDBACK_FIELDS,
  type Field,
  type FieldName,
  FIELDS,
  type FieldsOfKind,
  type FieldsWith,
  type FieldValue,
} from './feedback-fields.js';
import type { TextKind } from './field-kinds.js';
import { DEFAULT_ENTRY_LIMITS, type EntryLimits, throwIssues } from './input.js';
import { type CandidateAnswers, completePreference, type GivenCandidate, isPreference } from './preference.js';

type Fields = typeof FEEDBACK_FIELDS;

/** What a user says of one answer, as given: a value for each field of the table. */
export type Submission = {
  readonly [Name in FieldsWith<'required'>]: FieldValue<Fields[Name]>;
} & {
  readonly [Name in Exclude<FieldName, FieldsWith<'required'>>]?: FieldValue<Fields[Name]>;
};

export type TextField = FieldsOfKind<TextKind>;

/** The texts of a submission, in the order in which reasons name them. */
export const TEXT_FIELDS = FIELDS.filter(({ kind }) => 'isProse' in kind).map(({ name }) => name as TextField);

/** A submission as it came: what every entry has may be left out where it follows from something else. */
export type GivenSubmission = Partial<Omit<Submission, 'candidates'>> & {
  readonly candidates?: readonly GivenCandidate[];
};

/**
 * A submission with everything that an entry has. The question and the answer follow from `messages`, or of a preference from its
 * candidates. One that is complete already is returned as the object that it is.
 * @param answers whether the candidates of a preference need different answers
 * @throws {InvalidInputError} naming every field that is missing or not allowed.
 */
export function completeSubmission(
  given: GivenSubmission,
  limits?: EntryLimits,
  answers: CandidateAnswers = 'different',
): Submission {
  checkSubmission(given, limits);
  return isPreference(given) ? completedPreference(given, answers, limits) : completedVerdict(given);
}

function completedPreference(
  given: GivenSubmission,
  answers: CandidateAnswers,
  limits: EntryLimits | undefined,
): Submission {
  const issues: Issue[] = [];
  const derived = completePreference(given, answers, issues);
  throwIssues(issues);
  const complete = { ...given, ...derived };
  if (complete.question === undefined) throw new InvalidInputError([missingField('question')]);
  const isComplete = FIELDS.every(({ name }) => JSON.stringify(given[name]) === JSON.stringify(complete[name]));
  if (isComplete) return given as Submission;
  // So that what is stored is within the limit whenever it is checked again.
  checkSize(complete, limits);
  // Each required field was looked for, and each candidate has its answer.
  return complete as Submission;
}

function missingField(name: 'question' | 'answer' | 'type'): Issue {
  return { field: name, problem: FEEDBACK_FIELDS[name].kind.missing, missing: true };
}

function completedVerdict(given: GivenSubmission): Submission {
  const { messages } = given;
  const derived = messages === undefined ? undefined : judgedTexts(messages);
  const issues: Issue[] = [];
  for (const field of ['question', 'answer'] as const) {
    const text = given[field];
    if (derived !== undefined && text !== undefined && text !== derived[field]) {
      issues.push({ field, problem: `must be left out beside 'messages', whose ${DERIVED_FROM[field]} it is` });
    }
  }
  const normalized = messages === undefined ? undefined : normalizeConversation(messages);
  const complete = normalized === undefined ? given : { ...given, ...derived, messages: normalized };
  for (const name of REQUIRED) if (complete[name] === undefined) issues.push(missingField(name));
  throwIssues(issues);
  const isComplete = given.question === complete.question && JSON.stringify(messages) === JSON.stringify(normalized);
  // Each required field was looked for.
  return (isComplete && given.answer === complete.answer ? given : complete) as Submission;
}

const DERIVED_FROM = { question: 'last message of the user', answer: 'last message' };

const REQUIRED = ['type', 'question', 'answer'] as const satisfies readonly FieldsWith<'required'>[];
const FIELD_NAMES = FIELDS.map(({ name }) => name);
const OPTIONAL = FIELDS.filter(({ required }) => required !== true).map(({ name }) => name);

/** The submission without the optional fields that say nothing: an empty or blank text counts as absent. */
export function omitBlank<Given extends GivenSubmission>(submission: Given): Given {
  const isBlank = (name: FieldName): boolean => {
    const value = submission[name];
    return typeof value === 'string' && value.trim() === '';
  };
  if (!OPTIONAL.some(isBlank)) return submission;
  const blank = new Set<string>(OPTIONAL.filter(isBlank));
  return Object.fromEntries(Object.entries(submission).filter(([name]) => !blank.has(name))) as unknown as Given;
}

/** @throws {InvalidInputError} naming every field that is not allowed. */
export function checkSubmission(submission: GivenSubmission, limits: EntryLimits = DEFAULT_ENTRY_LIMITS): void {
  const issues: Issue[] = [];
  for (const { name, kind } of FIELDS) {
    const value = submission[name];
    if (value === undefined) continue;
    const problem = kind.problem(value, limits);
    const inside = problem === undefined ? kind.problemInside?.(value, limits) : undefined;
    if (problem !== undefined) issues.push({ field: name, problem });
    else if (inside !== undefined) issues.push({ field: `${name}${inside.at}`, problem: inside.problem });
  }
  throwIssues(issues);
  checkSize(submission, limits);
}

/** Each text counts once: a conversation holds its question and its answer, and candidates hold the answer, too. */
function checkSize(submission: GivenSubmission, limits: EntryLimits = DEFAULT_ENTRY_LIMITS): void {
  if (isSurelyWithin(submission, limits.entryBytes)) return;
  const { messages, question, answer, ...rest } = submission;
  const isCompared = rest.candidates !== undefined;
  const sized = {
    ...rest,
    ...(messages === undefined ? { question } : { messages: isCompared ? messages.slice(0, -1) : messages }),
    ...(messages === undefined && !isCompared && { answer }),
  };
  if (Buffer.byteLength(JSON.stringify(sized)) > limits.entryBytes) {
    const problem = `must be at most ${limits.entryBytes} bytes of JSON (FEEDBACK_LIMIT_ENTRY_BYTES)`;
    throwIssues([{ field: 'entry', problem }]);
  }
}

/** Bytes of JSON that a UTF-16 unit of a text takes at most (`\u0000`), and a field beside its name and value. */
const UNIT_BYTES = 6;
const FIELD_BYTES = 6;

/** Whether an entry is so short that its JSON need not be written to know that it is within a limit: nearly every one is. */
function isSurelyWithin(submission: GivenSubmission, bytes: number): boolean {
  let most = 2;
  for (const name of FIELD_NAMES) {
    const value = submission[name];
    if (value === undefined) continue;
    if (typeof value !== 'string') return false;
    most += UNIT_BYTES * value.length + name.length + FIELD_BYTES;
  }
  return most <= bytes;
}

/** What an entry says, without what the server knows of it. */
export function pickSubmission(entry: Submission): Submission {
  return collectFields(FIELDS, ({ name }) => entry[name]) as Submission;
}

/**
 * The values of fields by their names; null and undefined are left out.
 * @param valueOf has to give a value of the field's kind: what was checked by its schema, or what the kind has parsed
 */
export function collectFields<Each extends Field>(
  fields: readonly Each[],
  valueOf: (field: Each) => unknown,
): Partial<Pick<Submission, Each['name']>> {
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const value = valueOf(field);
    if (value !== null && value !== undefined) values[field.name] = value;
  }
  return values as Partial<Pick<Submission, Each['name']>>;
}
