import type { Issue } from '../errors.js';
import {
  type FEEDBACK_FIELDS,
  type Field,
  type FieldName,
  FIELDS,
  type FieldsOfKind,
  type FieldsWith,
  type FieldValue,
} from './feedback-fields.js';
import type { TextKind } from './field-kinds.js';
import { throwIssues } from './input.js';

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

/** @throws {InvalidInputError} naming every field that is not allowed. */
export function checkSubmission(submission: Submission): void {
  const issues: Issue[] = [];
  for (const { name, kind } of FIELDS) {
    const value = submission[name];
    const problem = value === undefined ? undefined : kind.problem(value);
    if (problem !== undefined) issues.push({ field: name, problem });
  }
  throwIssues(issues);
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
