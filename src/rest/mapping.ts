/** Between the documented names of REST and those of the schema. */
import type { Static } from 'typebox';
import type { FeedbackType, ValidationStatus } from '../model/facets.js';
import { type WireEntry, toWire } from '../model/wire-entry.js';
import { omitNullish } from '../omit-nullish.js';
import type {
  FeedbackEntryFragment,
  FeedbackFilterInput,
  GetFeedbackStatsQuery,
  Order,
  SubmitFeedbackInput,
  SubmittedEntryFragment,
} from './operations.generated.js';
import type { ByAdapterQuery, EntryAnswer, ListQuery, StatsAnswer, SubmitAnswer, SubmitBody } from './schemas.js';

/** The enums of the schema are the REST values in capitals. */
export function fromEnum<Name extends string>(name: Name): Lowercase<Name> {
  return name.toLowerCase() as Lowercase<Name>;
}

export function toEnum<Value extends string>(value: Value): Uppercase<Value> {
  return value.toUpperCase() as Uppercase<Value>;
}

/** A submission as the schema takes it. */
export function toSubmission(body: Static<typeof SubmitBody>): SubmitFeedbackInput {
  return {
    type: toEnum(body.type),
    question: body.question,
    answer: body.answer,
    ...omitNullish({
      userId: body.user_id,
      interactionId: body.interaction_id,
      correction: body.correction,
      comment: body.comment,
      modelVersion: body.model_version,
      adapterId: body.adapter_id,
      adapterVersion: body.adapter_version,
      externalId: body.external_id,
    }),
  };
}

/** The documented answer to a submission. */
export function toSubmitted(stored: SubmittedEntryFragment): Static<typeof SubmitAnswer> {
  return {
    id: stored.id,
    type: fromEnum(stored.type),
    question: stored.question,
    answer: stored.answer,
    validation_status: fromEnum(stored.validationStatus),
    validation_reasons: stored.validationReasons,
    version: stored.version,
    created_at: stored.createdAt.getTime(),
    message: 'Feedback recorded successfully',
  };
}

export function toEntry(feedback: FeedbackEntryFragment): Static<typeof EntryAnswer> {
  return toWire(feedback, {
    type: fromEnum(feedback.type),
    validationStatus: fromEnum(feedback.validationStatus),
    used: feedback.usedForTraining,
    createdAt: feedback.createdAt.getTime(),
  });
}

/** What the parameters of a list are called in the schema. */
export const LIST_FIELD_NAMES = new Map([
  ['first', 'limit'],
  ['after', 'cursor'],
  ['validationStatus', 'status'],
  ['modelVersion', 'model'],
  ['adapterId', 'adapter'],
  ['userId', 'user'],
  ['interactionId', 'interaction'],
]);

/** The variables that every list takes, from its query parameters. */
export function listVariables(query: Static<typeof ListQuery> | Static<typeof ByAdapterQuery>): {
  filter: FeedbackFilterInput;
  first: number;
  after: string | null;
  order: Order;
} {
  const { type, status, since, until } = query;
  return {
    first: query.limit,
    after: query.cursor ?? null,
    order: toEnum(query.order),
    filter: {
      type: type === undefined ? null : toEnum<FeedbackType>(type),
      validationStatus: status === undefined ? null : toEnum<ValidationStatus>(status),
      unused: query.unused ?? null,
      modelVersion: query.model ?? null,
      adapterId: 'adapter' in query ? (query.adapter ?? null) : null,
      userId: query.user ?? null,
      interactionId: query.interaction ?? null,
      since: since === undefined ? null : new Date(since),
      until: until === undefined ? null : new Date(until),
    },
  };
}

interface Connection {
  readonly edges: readonly { readonly node: { readonly document: WireEntry } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** What every list answers. */
export function toList({ edges, pageInfo }: Connection): {
  feedback: WireEntry[];
  count: number;
  next_cursor?: string;
} {
  const next = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  return {
    feedback: edges.map((edge) => edge.node.document),
    count: edges.length,
    ...omitNullish({ next_cursor: next }),
  };
}

/** The documented names of statistics. */
export function toStats(stats: GetFeedbackStatsQuery['feedbackStats']): Static<typeof StatsAnswer> {
  return {
    total_feedback: stats.totalFeedback,
    positive_count: stats.positiveCount,
    negative_count: stats.negativeCount,
    pending_validation: stats.pendingValidation,
    approved_count: stats.approvedCount,
    rejected_count: stats.rejectedCount,
    flagged_count: stats.flaggedCount,
    unused_for_training: stats.unusedForTraining,
    used_for_training: stats.usedForTraining,
    positive_ratio: stats.positiveRatio,
  };
}
