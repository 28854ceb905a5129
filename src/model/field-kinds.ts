/** The kinds of values that fields of feedback have. Another kind is another function here. */
import { adapterIdProblem, idProblem, requiredTextProblem, textProblem } from './input.js';

export interface FieldKind<Value> {
  /** What REST checks a value by before anything else; JSON Schema (draft-07). */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Whether a stored value is of this kind, whatever the bounds of today. */
  readonly is: (value: unknown) => value is Value;
  /** What is wrong with a submitted value as the rest of a sentence, if anything. */
  readonly problem: (value: unknown) => string | undefined;
  /** The value that a row of an import or a word of the command line means, if it means one. */
  readonly parse: (given: unknown) => Value | undefined;
  /** What `parse` takes, as the rest of a sentence. */
  readonly parsed: string;
  /** What a required field must be, where it is missing. */
  readonly missing: string;
}

/** One of a few words, which GraphQL writes in capitals. */
export interface EnumerationKind<Word extends string> extends FieldKind<Word> {
  readonly words: readonly Word[];
}

/** Prose, which plugins validate and may replace. */
export interface TextKind extends FieldKind<string> {
  readonly isProse: true;
}

/** A text of up to 10,000 characters. */
export function text(): TextKind {
  return { ...stringKind(textProblem), isProse: true };
}

/** A text of up to 10,000 characters that says something. */
export function requiredText(): TextKind {
  return { ...stringKind(requiredTextProblem), isProse: true };
}

/** An id or a version: 1 to 256 bytes of UTF-8 without control characters. Files may have a number there. */
export function identifier(): FieldKind<string> {
  return integerOrString(idProblem);
}

/** As {@link identifier}, without the prefixes of other nodes' ids. */
export function adapterIdentifier(): FieldKind<string> {
  return integerOrString(adapterIdProblem);
}

/** @param synonyms what files and command lines may say for each word, in lower case */
export function enumeration<const Word extends string>(
  words: readonly Word[],
  synonyms: Readonly<Record<Word, readonly unknown[]>>,
): EnumerationKind<Word> {
  const alternatives = words.join(' or ');
  const is = (value: unknown): value is Word => words.some((word) => word === value);
  return {
    words,
    schema: { enum: words, type: 'string' },
    is,
    problem: (value) => (is(value) ? undefined : `must be ${alternatives}`),
    parse: (given) => {
      const meant = typeof given === 'string' ? given.trim().toLowerCase() : given;
      return words.find((word) => word === meant || synonyms[word].includes(meant));
    },
    parsed: `must be ${alternatives}, or another pair that the documentation names`,
    missing: alternatives,
  };
}

function stringKind(problemOf: (value: string) => string | undefined): FieldKind<string> {
  return {
    schema: { type: 'string' },
    is: isString,
    problem: (value) => (isString(value) ? problemOf(value) : 'must be a string'),
    parse: (given) => (isString(given) ? given : undefined),
    parsed: 'must be a string',
    missing: 'a text',
  };
}

function integerOrString(problemOf: (value: string) => string | undefined): FieldKind<string> {
  const kind = stringKind(problemOf);
  return {
    ...kind,
    parse: (given) => (Number.isSafeInteger(given) ? String(given) : kind.parse(given)),
    parsed: 'must be a string or an integer',
  };
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
