import { memoizeByIdentity } from '../memoize-by-identity.js';
import type { ValidationStatus } from './facets.js';
import {
  type FEEDBACK_FIELDS,
  type Field,
  type FieldsWith,
  type FieldTable,
  JUDGEMENT_FIELDS,
  listFields,
  ORIGIN_FIELDS,
  type WireValue,
} from './feedback-fields.js';
import type { Feedback } from './feedback.js';
import type { Submission } from './submission.js';

/** The values of a table's fields by their documented names. */
type WireFields<Table extends FieldTable> = {
  readonly [Name in FieldsWith<'required', Table> as Table[Name]['rest']]: WireValue<Table[Name]>;
} & {
  readonly [Name in Exclude<keyof Table, FieldsWith<'required', Table>> as Table[Name]['rest']]?: WireValue<
    Table[Name]
  >;
};

/** A submission by its documented names. */
export type WireSubmission = WireFields<typeof FEEDBACK_FIELDS>;

/** What the server knows of an entry, beside what its user says. */
export interface EntryState {
  readonly id: string;
  readonly validationStatus: ValidationStatus;
  readonly validationReasons: readonly string[];
  readonly used: boolean;
  readonly trainingBatchId: number;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly version: number;
}

/** An entry by its documented names (docs/api.md, "Read an entry"). */
export type WireEntry = ReturnType<typeof toWire>;

const JUDGEMENT = listFields(JUDGEMENT_FIELDS);
const ORIGIN = listFields(ORIGIN_FIELDS);

/** An entry by its documented names, in the order that exports keep. */
export function toWire(submission: Submission, state: EntryState) {
  // Not one literal: with a spread in it, V8 of Node.js 20 takes four times as long.
  const judged = Object.assign({ id: state.id }, wireFields<typeof JUDGEMENT_FIELDS>(JUDGEMENT, submission), {
    validation_status: state.validationStatus,
    validation_reasons: [...state.validationReasons],
  });
  return Object.assign(judged, wireFields<typeof ORIGIN_FIELDS>(ORIGIN, submission), {
    used_for_training: state.used,
    training_batch_id: state.trainingBatchId,
    created_at: state.createdAt,
    version: state.version,
  });
}

function wireFields<Table extends FieldTable>(fields: readonly Field[], submission: Submission): WireFields<Table> {
  const wire: Record<string, unknown> = {};
  for (const { name, rest, kind } of fields) {
    const value = submission[name];
    if (value !== undefined) wire[rest] = kind.wire === undefined ? value : kind.wire.write(value);
  }
  return wire as WireFields<Table>;
}

/** A stored entry by its documented names. */
export function feedbackToWire(feedback: Feedback): WireEntry {
  const { id, validationStatus, validationReasons, use, trainingBatchId, createdAt, version } = feedback;
  const used = use === 'used';
  return toWire(feedback, { id, validationStatus, validationReasons, used, trainingBatchId, createdAt, version });
}

/** As {@link feedbackToWire}, made once for each that is read often. */
export const storedToWire = memoizeByIdentity(feedbackToWire);
