/** Whether stored records are what their keys say: decoded, and with the fields that the check goes by. */
import { type Adapter, ADAPTER_STAGES } from '../../adapters/adapters.js';
import type { Evaluation } from '../../adapters/evaluations.js';
import { GATED_STAGES, type PromotionRules, RULE_KINDS } from '../../adapters/promotion-rules.js';
import type { StageChange } from '../../adapters/stages.js';
import { isChangeId } from '../../audit/change-feed.js';
import type { ChangeEvent, StoredEvent } from '../../audit/events.js';
import { BULK_ACTIONS, BULK_STATES, type BulkOperation, type BulkPiece } from '../../feedback/bulk/operation.js';
import { REFUSAL_REASONS } from '../../feedback/refusal.js';
import type { RemovedLink } from '../../feedback/removed-links.js';
import type { FeedbackRules } from '../../feedback/rules.js';
import type { SavedView } from '../../feedback/saved-views.js';
import type { SearchIndex, Segment } from '../../feedback/search/state.js';
import { isJsonObject } from '../../is-json-object.js';
import { USES, VALIDATION_STATUSES } from '../../model/facets.js';
import { FIELDS } from '../../model/feedback-fields.js';
import type { ErasedFeedback, Feedback } from '../../model/feedback.js';
import type { AuditChain } from '../../model/node.js';
import { CorruptRecordError, decodeRecord } from '../../store/record.js';
import { BATCH_STATES, type TrainingBatch } from '../../training/batch.js';
import type { RetentionTurn } from '../retention/turn.js';

type Shape<T> = (value: unknown) => value is T;

/** The record, or what is wrong with it as the rest of a sentence. */
export function readRecord<T>(
  stored: Buffer,
  shape: Shape<T>,
): { readonly record: T; readonly problem?: undefined } | { readonly record?: undefined; readonly problem: string } {
  let value: unknown;
  try {
    value = decodeRecord(stored);
  } catch (error) {
    if (!(error instanceof CorruptRecordError)) throw error;
    return { problem: `is damaged: ${error.message.replace(/^.*: /, '')}` };
  }
  return shape(value) ? { record: value } : { problem: 'is damaged: its fields do not match its kind' };
}

function isCount(value: unknown, least = 0): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

function isOneOf(words: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && words.includes(value);
}

export function isChain(value: unknown): value is AuditChain {
  return isJsonObject(value) && typeof value.head === 'string' && isCount(value.length, 1);
}

/** The chain of an organization's own events, and who was erased lately, which comes before the first event. */
export function isTrail(value: unknown): value is AuditChain {
  if (!isJsonObject(value) || value.erasedPersons === undefined) return isChain(value);
  return (
    typeof value.head === 'string' &&
    isCount(value.length) &&
    Array.isArray(value.erasedPersons) &&
    value.erasedPersons.every((each) => isJsonObject(each) && typeof each.nameHash === 'string' && isCount(each.at))
  );
}

export function isFeedback(value: unknown): value is Feedback {
  return (
    isJsonObject(value) &&
    typeof value.id === 'string' &&
    isCount(value.version, 1) &&
    isOneOf(VALIDATION_STATUSES, value.validationStatus) &&
    isOneOf(USES, value.use) &&
    FIELDS.every(({ name, kind, required }) => (value[name] === undefined ? !required : kind.is(value[name]))) &&
    (value.withdrawn === undefined || value.withdrawn === true || value.withdrawn === 'uncounted') &&
    (value.said === undefined || typeof value.said === 'string') &&
    (value.saidAt === undefined || isCount(value.saidAt)) &&
    (value.votedOn === undefined || typeof value.votedOn === 'string') &&
    (value.fingerprint === undefined || typeof value.fingerprint === 'string') &&
    (value.reviewClaim === undefined || isReviewClaim(value.reviewClaim)) &&
    (value.judging === undefined || (isJsonObject(value.judging) && isCount(value.judging.due))) &&
    isCount(value.trainingBatchId) &&
    typeof value.createdAt === 'number' &&
    typeof value.updatedAt === 'number' &&
    typeof value.submittedBy === 'string' &&
    isChain(value.audit)
  );
}

function isReviewClaim(value: unknown): boolean {
  return (
    isJsonObject(value) &&
    typeof value.reviewer === 'string' &&
    isCount(value.until) &&
    (value.since === undefined || isCount(value.since))
  );
}

export function isErased(value: unknown): value is ErasedFeedback {
  return isJsonObject(value) && typeof value.id === 'string' && isCount(value.version, 1) && isChain(value.audit);
}

export function isAdapter(value: unknown): value is Adapter {
  return (
    isJsonObject(value) &&
    typeof value.id === 'string' &&
    isCount(value.revision, 1) &&
    (value.stage === undefined || isOneOf(ADAPTER_STAGES, value.stage)) &&
    (value.stageVersion === undefined || typeof value.stageVersion === 'string') &&
    isChain(value.audit)
  );
}

export function isStageChange(value: unknown): value is StageChange {
  return (
    isJsonObject(value) &&
    typeof value.id === 'string' &&
    isOneOf(ADAPTER_STAGES, value.stage) &&
    isCount(value.createdAt) &&
    typeof value.createdBy === 'string' &&
    typeof value.forced === 'boolean' &&
    isCount(value.revision, 1) &&
    Array.isArray(value.results) &&
    value.results.every((each) => isJsonObject(each) && typeof each.passed === 'boolean' && isPromotionRule(each.rule))
  );
}

export function isEvaluation(value: unknown): value is Evaluation {
  return (
    isJsonObject(value) &&
    typeof value.id === 'string' &&
    typeof value.name === 'string' &&
    typeof value.value === 'number' &&
    (value.dataset === undefined || typeof value.dataset === 'string') &&
    isCount(value.measuredAt) &&
    isCount(value.createdAt) &&
    typeof value.createdBy === 'string'
  );
}

export function isPromotionRules(value: unknown): value is PromotionRules {
  return (
    isJsonObject(value) &&
    isCount(value.revision, 1) &&
    Array.isArray(value.rules) &&
    value.rules.every((rule) => isPromotionRule(rule))
  );
}

function isPromotionRule(value: unknown): boolean {
  return isJsonObject(value) && isOneOf(RULE_KINDS, value.kind) && isOneOf(GATED_STAGES, value.stage);
}

export function isTrainingBatch(value: unknown): value is TrainingBatch {
  return (
    isJsonObject(value) &&
    isCount(value.number, 1) &&
    isOneOf(BATCH_STATES, value.state) &&
    (value.state === 'external' ||
      (isCount(value.leaseUntil) && isJsonObject(value.claimed) && isCount(value.claimed.total))) &&
    isCount(value.feedbackCount) &&
    isChain(value.audit)
  );
}

export function isAuditEvent(value: unknown): value is StoredEvent {
  return (
    isJsonObject(value) &&
    typeof value.id === 'string' &&
    typeof value.node === 'string' &&
    typeof value.action === 'string' &&
    typeof value.previous === 'string' &&
    isCount(value.position, 1)
  );
}

export function isChange(value: unknown): value is ChangeEvent {
  return isJsonObject(value) && typeof value.node === 'string' && typeof value.action === 'string';
}

export function isExternalId(value: unknown): value is { readonly feedbackId: string } {
  return isJsonObject(value) && typeof value.feedbackId === 'string';
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isNumber(value: unknown): value is number {
  return isCount(value, 1);
}

export function isFeedbackRules(value: unknown): value is FeedbackRules {
  return (
    isJsonObject(value) &&
    isCount(value.revision, 1) &&
    Array.isArray(value.scoreDefinitions) &&
    value.scoreDefinitions.every((each) => isJsonObject(each) && typeof each.name === 'string') &&
    Array.isArray(value.allowedTags) &&
    value.allowedTags.every((tag) => typeof tag === 'string')
  );
}

export function isBulkOperation(value: unknown): value is BulkOperation {
  return (
    isJsonObject(value) &&
    typeof value.id === 'string' &&
    isJsonObject(value.change) &&
    isOneOf(BULK_ACTIONS, value.change.action) &&
    isOneOf(BULK_STATES, value.state) &&
    [value.total, value.done, value.changed, value.createdAt, value.updatedAt].every((each) => isCount(each)) &&
    isSkipped(value.skipped) &&
    typeof value.createdBy === 'string' &&
    (value.undo === undefined || isBulkUndo(value.undo))
  );
}

function isBulkUndo(value: unknown): boolean {
  return (
    isJsonObject(value) &&
    typeof value.createdBy === 'string' &&
    isCount(value.done) &&
    isCount(value.restored) &&
    isSkipped(value.skipped)
  );
}

function isSkipped(value: unknown): boolean {
  return isJsonObject(value) && Object.values(value).every((count) => isCount(count));
}

export function isBulkPiece(value: unknown): value is BulkPiece {
  return (
    isJsonObject(value) &&
    Array.isArray(value.ids) &&
    value.ids.every((id) => typeof id === 'string') &&
    Array.isArray(value.outcomes) &&
    value.outcomes.length <= value.ids.length &&
    value.outcomes.every((outcome) => isCount(outcome, 1) || isOneOf(REFUSAL_REASONS, outcome))
  );
}

export function isRemovedLink(value: unknown): value is RemovedLink {
  return (
    isJsonObject(value) && isCount(value.createdAt) && typeof value.createdBy === 'string' && isCount(value.expiresAt)
  );
}

export function isSavedView(value: unknown): value is SavedView {
  return (
    isJsonObject(value) &&
    typeof value.id === 'string' &&
    typeof value.name === 'string' &&
    isJsonObject(value.filter) &&
    Array.isArray(value.columns) &&
    value.columns.every((column) => typeof column === 'string') &&
    typeof value.isShared === 'boolean' &&
    isCount(value.revision, 1) &&
    typeof value.createdBy === 'string' &&
    isCount(value.createdAt) &&
    isCount(value.updatedAt)
  );
}

export function isSearchIndex(value: unknown): value is SearchIndex {
  return (
    isJsonObject(value) &&
    typeof value.rules === 'string' &&
    typeof value.position === 'string' &&
    isChangeId(value.position) &&
    isCount(value.nextSegment, 1) &&
    Array.isArray(value.segments) &&
    value.segments.every(isSegment) &&
    Array.isArray(value.garbage) &&
    value.garbage.every(isSegment) &&
    (value.merge === undefined || isMerge(value.merge)) &&
    (value.emptied === undefined || (Array.isArray(value.emptied) && value.emptied.every(isEmptiedSegments))) &&
    (value.discardedBelow === undefined || isCount(value.discardedBelow, 1)) &&
    (value.indexer === undefined || isIndexer(value.indexer))
  );
}

function isIndexer(value: unknown): boolean {
  return isJsonObject(value) && typeof value.server === 'string' && typeof value.at === 'number';
}

function isEmptiedSegments(value: unknown): boolean {
  return (
    isJsonObject(value) &&
    isCount(value.from) &&
    isCount(value.to) &&
    isCount(value.count, 1) &&
    typeof value.first === 'string' &&
    typeof value.last === 'string'
  );
}

function isSegment(value: unknown): value is Segment {
  return (
    isJsonObject(value) &&
    isCount(value.number, 1) &&
    isCount(value.documents, 1) &&
    isCount(value.live) &&
    typeof value.first === 'string' &&
    typeof value.last === 'string' &&
    (value.rules === undefined || typeof value.rules === 'string')
  );
}

function isMerge(value: unknown): boolean {
  return (
    isJsonObject(value) &&
    isSegment(value.target) &&
    Array.isArray(value.sources) &&
    value.sources.every((source) => isCount(source, 1)) &&
    (value.through === undefined || typeof value.through === 'string')
  );
}

export function isRevocation(value: unknown): value is { readonly before: number; readonly at: number } {
  return isJsonObject(value) && isCount(value.before) && isCount(value.at);
}

/** What is remembered under an idempotency key, as far as its expiry goes by it. */
export function isRemembered(value: unknown): value is { readonly at: number } {
  return isJsonObject(value) && isCount(value.at);
}

export function isRetentionTurn(value: unknown): value is RetentionTurn {
  return isJsonObject(value) && typeof value.holder === 'string' && isCount(value.until);
}

/** The feedback under an id, if its record can be read and is its own. */
export function readFeedback(stored: Buffer, id: string): Feedback | undefined {
  const { record } = readRecord(stored, isFeedback);
  return record?.id === id ? record : undefined;
}
