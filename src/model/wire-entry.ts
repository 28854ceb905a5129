import { memoizeByIdentity } from '../memoize-by-identity.js';
import { omitNullish } from '../omit-nullish.js';
import type { FeedbackType, ValidationStatus } from './facets.js';
import type { Feedback } from './feedback.js';

type Given = string | null | undefined;

/** What an entry says, by the names of the schema; what is null is not there. */
export interface EntryFields<Reasons extends readonly string[]> {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly correction?: Given;
  readonly comment?: Given;
  readonly userId?: Given;
  readonly interactionId?: Given;
  readonly modelVersion?: Given;
  readonly adapterId?: Given;
  readonly adapterVersion?: Given;
  readonly externalId?: Given;
  readonly validationReasons: Reasons;
  readonly trainingBatchId: number;
  readonly version: number;
}

/** What the schema and the store write in forms of their own. */
export interface EntryForms {
  readonly type: FeedbackType;
  readonly validationStatus: ValidationStatus;
  readonly used: boolean;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** An entry by its documented names (spec, "One entry"), in the order that exports keep. */
export function toWire<Reasons extends readonly string[]>(
  entry: EntryFields<Reasons>,
  { type, validationStatus, used, createdAt }: EntryForms,
) {
  return {
    id: entry.id,
    type,
    question: entry.question,
    answer: entry.answer,
    ...omitNullish({
      user_id: entry.userId,
      interaction_id: entry.interactionId,
      correction: entry.correction,
      comment: entry.comment,
    }),
    validation_status: validationStatus,
    validation_reasons: entry.validationReasons,
    ...omitNullish({
      model_version: entry.modelVersion,
      adapter_id: entry.adapterId,
      adapter_version: entry.adapterVersion,
      external_id: entry.externalId,
    }),
    used_for_training: used,
    training_batch_id: entry.trainingBatchId,
    created_at: createdAt,
    version: entry.version,
  };
}

/** A stored entry by its documented names. */
export type WireEntry = ReturnType<typeof convertStored>;

/** A stored entry by its documented names; made once for each that is read often. */
export const storedToWire = memoizeByIdentity(convertStored);

function convertStored(feedback: Feedback) {
  const { type, validationStatus, use, createdAt } = feedback;
  const entry = { ...feedback, validationReasons: [...feedback.validationReasons] };
  return toWire(entry, { type, validationStatus, used: use === 'used', createdAt });
}
