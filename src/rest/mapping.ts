/** Between the documented names of REST and those of the schema. */
import type { Static } from 'typebox';
import type { SubmitEffect } from '../feedback/submit.js';
import type { FeedbackType, ValidationStatus } from '../model/facets.js';
import { type Field, FIELDS, type FieldsOfKind, type FieldsWith, FILTER_FIELDS } from '../model/feedback-fields.js';
import type { Feedback } from '../model/feedback.js';
import type { EnumerationKind } from '../model/field-kinds.js';
import { collectFields, type Submission } from '../model/submission.js';
import type { WireSubmission } from '../model/wire-entry.js';
import { omitNullish } from '../omit-nullish.js';
import type {
  FeedbackFilterInput,
  FeedbackCountsFragment,
  ListFeedbackVersionsQuery,
  Order,
  ReviseFeedbackInput,
  ScoreFilterInput,
  SubmitFeedbackInput,
} from './operations.generated.js';
import type { ReviseBody } from './review-schemas.js';
import type { ByAdapterQuery, ListQuery, StatsAnswer, SubmitAnswer, SubmitBody, VersionAnswer } from './schemas.js';
import { parseScores } from './score-parameter.js';

/** The enums of the schema are the REST values in capitals. */
export function fromEnum<Name extends string>(name: Name): Lowercase<Name> {
  return name.toLowerCase() as Lowercase<Name>;
}

export function toEnum<Value extends string>(value: Value): Uppercase<Value> {
  return value.toUpperCase() as Uppercase<Value>;
}

type VersionNode = NonNullable<ListFeedbackVersionsQuery['feedback']>['versions']['edges'][number]['node'];

type EnumerationField = FieldsOfKind<EnumerationKind<string>>;

/** Fields as the schema takes them, whose enums are in capitals. */
type GraphqlFields<Fields> = {
  [Name in keyof Fields]: Name extends EnumerationField
    ? Uppercase<Fields[Name] & string>
    : Fields[Name] extends readonly (infer Item)[] | undefined
      ? Item[]
      : Fields[Name];
};

function toGraphqlValue({ kind }: Field, value: unknown): unknown {
  if (kind.wire !== undefined) return kind.wire.read(value);
  return 'words' in kind && typeof value === 'string' ? toEnum(value) : value;
}

type Nullable<Fields> = { readonly [Name in keyof Fields]: Fields[Name] | null };

/** Fields of a body as the schema takes them. */
function toGraphqlFields(body: Nullable<Partial<WireSubmission>>): GraphqlFields<Partial<Submission>> {
  // No longer values of the domain: the capitals are the schema's.
  const fields: object = collectFields(FIELDS, (field) => toGraphqlValue(field, body[field.rest]));
  return fields;
}

/** A submission as the schema takes it. */
export function toSubmitInput(body: Static<typeof SubmitBody>): SubmitFeedbackInput {
  const fields = toGraphqlFields(body);
  const { created_at: at } = body;
  return at === undefined || at === null ? fields : Object.assign(fields, { createdAt: new Date(at) });
}

/** What a body changes of an entry, as the schema takes it; null clears a field in both. */
export function toRevision({ withdrawn, ...body }: Static<typeof ReviseBody>): ReviseFeedbackInput {
  const given: Nullable<Partial<WireSubmission>> = body;
  const cleared = FIELDS.filter(({ rest }) => given[rest] === null).map(({ name }) => [name, null] as const);
  return { ...toGraphqlFields(body), ...Object.fromEntries(cleared), ...omitNullish({ withdrawn }) };
}

const MESSAGES: Readonly<Record<SubmitEffect, string>> = {
  created: 'Feedback recorded successfully',
  updated: 'Feedback updated successfully',
  unchanged: 'Feedback was recorded already',
};

/** The documented answer to a submission. @param reasons those of its validation, as they are shown */
export function toSubmitted(
  stored: Feedback,
  effect: SubmitEffect,
  reasons: readonly string[],
): Static<typeof SubmitAnswer> {
  const { id, type, question, answer, version } = stored;
  const shown = {
    id,
    type,
    question,
    answer,
    validation_status: stored.validationStatus,
    validation_reasons: [...reasons],
    version,
    created_at: stored.createdAt,
  };
  const message = MESSAGES[effect];
  return effect === 'created'
    ? Object.assign(shown, { message })
    : Object.assign(shown, { updated: effect === 'updated', message });
}

/** A version of an entry by its documented names. */
export function toVersion({ document, updatedAt }: VersionNode): Static<typeof VersionAnswer> {
  return { ...document, updated_at: updatedAt.getTime() };
}

/** The filters that parameters name, as the schema takes them. */
function toGraphqlFilters(
  parameters: Readonly<Record<string, unknown>>,
): GraphqlFields<Partial<Pick<Submission, FieldsWith<'filter'>>>> {
  const fields: object = collectFields(FILTER_FIELDS, (field) =>
    toGraphqlValue(field, parameters[field.filter.parameter]),
  );
  return fields;
}

/** What the parameters of a list are called in the schema. */
export const LIST_FIELD_NAMES = new Map([
  ['first', 'limit'],
  ['after', 'cursor'],
  ['validationStatus', 'status'],
  ['adapterId', 'adapter'],
  ['scores', 'score'],
  ...FILTER_FIELDS.map(({ name, filter }) => [name, filter.parameter] as const),
]);

function toScoreInputs(text: string | undefined): ScoreFilterInput[] | null {
  return parseScores(text)?.map(({ name, min = null, max = null, is = null }) => ({ name, min, max, is })) ?? null;
}

/** The variables that every list takes, from its query parameters. */
export function listVariables(query: Static<typeof ListQuery> | Static<typeof ByAdapterQuery>): {
  filter: FeedbackFilterInput;
  first: number;
  after: string | null;
  order: Order | null;
} {
  return {
    first: query.limit,
    after: query.cursor ?? null,
    order: query.order === undefined ? null : toEnum(query.order),
    filter: filterVariable(query),
  };
}

/** The filter that query parameters name. */
export function filterVariable(
  query: Omit<Static<typeof ListQuery>, 'limit' | 'cursor' | 'order'>,
): FeedbackFilterInput {
  const { type, status, since, until } = query;
  return {
    type: type === undefined ? null : toEnum<FeedbackType>(type),
    validationStatus: status === undefined ? null : toEnum<ValidationStatus>(status),
    unused: query.unused ?? null,
    adapterId: query.adapter ?? null,
    ...toGraphqlFilters(query),
    tag: query.tag ?? null,
    scores: toScoreInputs(query.score),
    search: query.search ?? null,
    since: since === undefined ? null : new Date(since),
    until: until === undefined ? null : new Date(until),
  };
}

/** The documented names of statistics. */
export function toStats(stats: FeedbackCountsFragment): Static<typeof StatsAnswer> {
  return {
    total_feedback: stats.totalFeedback,
    positive_count: stats.positiveCount,
    negative_count: stats.negativeCount,
    // The documented body has none.
    ...(stats.preferenceCount > 0 && { preference_count: stats.preferenceCount }),
    pending_validation: stats.pendingValidation,
    approved_count: stats.approvedCount,
    rejected_count: stats.rejectedCount,
    flagged_count: stats.flaggedCount,
    unused_for_training: stats.unusedForTraining,
    used_for_training: stats.usedForTraining,
    positive_ratio: stats.positiveRatio,
  };
}
