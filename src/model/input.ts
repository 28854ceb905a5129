/** What is allowed in the fields that users send, for every room that takes them. */
import { InvalidInputError, type Issue } from '../errors.js';
import { ORGANIZATION_NODE } from './node.js';

/** How long one entry may be (docs/api.md, "Submit feedback"); the settings of the server say. */
export interface EntryLimits {
  /** Unicode characters of one text. */
  readonly textCharacters: number;
  /** UTF-8 bytes of a whole submission as JSON. */
  readonly entryBytes: number;
}

export const DEFAULT_ENTRY_LIMITS: EntryLimits = { textCharacters: 100_000, entryBytes: 256 * 1024 };

/** UTF-8 bytes of one id or version. */
export const MAX_ID_BYTES = 256;

const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/u;
const NOT_WELL_FORMED = 'must be well-formed Unicode, without lone surrogates';

/** Unicode characters (code points), not UTF-16 units. */
export function countCharacters(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++, count++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) index++;
  }
  return count;
}

/** What is wrong with an id, a version or a name, if anything. */
export function idProblem(value: string): string | undefined {
  if (!value.isWellFormed()) return NOT_WELL_FORMED;
  const bytes = Buffer.byteLength(value);
  if (bytes < 1 || bytes > MAX_ID_BYTES) return `must be 1 to ${MAX_ID_BYTES} bytes of UTF-8`;
  if (CONTROL_CHARACTER.test(value)) return 'must not contain control characters';
  return undefined;
}

/** As {@link idProblem}; also refuses the prefixes of other nodes' ids (docs/api.md, "Submit feedback"). */
export function adapterIdProblem(value: string): string | undefined {
  if (value.startsWith('feedback-') || value.startsWith('batch-')) {
    return "must not start with 'feedback-' or 'batch-', which name other kinds of nodes";
  }
  if (value === ORGANIZATION_NODE) return `must not be '${ORGANIZATION_NODE}', which audit events name`;
  return idProblem(value);
}

/** What is wrong with a text, if anything. */
export function textProblem(value: string, { textCharacters }: EntryLimits = DEFAULT_ENTRY_LIMITS): string | undefined {
  if (!value.isWellFormed()) return NOT_WELL_FORMED;
  if (value.length > textCharacters && countCharacters(value.trim()) > textCharacters) {
    return `must be at most ${textCharacters} characters long`;
  }
  return undefined;
}

/** What is wrong with a text that must be there, if anything. */
export function requiredTextProblem(value: string, limits?: EntryLimits): string | undefined {
  return value.trim() === '' ? 'must not be empty or blank' : textProblem(value, limits);
}

/** @throws {InvalidInputError} if `value` is given and not allowed. */
export function checkField<Value>(
  field: string,
  value: Value | null | undefined,
  problemOf: (value: Value) => string | undefined,
): void {
  const problem = value === null || value === undefined ? undefined : problemOf(value);
  if (problem !== undefined) throw new InvalidInputError([{ field, problem }]);
}

/** @throws {InvalidInputError} if there are any. */
export function throwIssues(issues: readonly Issue[]): void {
  const [first, ...rest] = issues;
  if (first !== undefined) throw new InvalidInputError([first, ...rest]);
}
