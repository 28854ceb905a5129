/**
 * The keys of everything that is stored. `org` is the organization; `facet` the one character of model/facets.ts,
 * or {@link NO_FACET} for an edge whose far end is not feedback.
 */
import type { Key, KeyRange } from './contract.js';
import { escapeComponent, joinKey, keyPrefix, padNumber } from './keys.js';

export type EdgeType = 'FEEDBACK_FOR' | 'DERIVED_FROM' | 'TRAINED_ON' | 'INCLUDES';

/** The kinds of keys, which is their first component, whose second is an organization. */
export const ORGANIZATION_KINDS = [
  'adapter',
  'adapter_stage',
  'adapter_stage_list',
  'audit',
  'audit_of',
  'bulk_entries',
  'bulk_operation',
  'bulk_running',
  'change',
  'count',
  'edge',
  'erased_feedback',
  'evaluation',
  'evaluation_newest',
  'external_id',
  'feedback_rules',
  'help_feedback',
  'help_feedback_version',
  'idempotency',
  'index',
  'promotion_rules',
  'removed_link',
  'review_skips',
  'revocation',
  'saved_view',
  'saved_view_list',
  'search_documents',
  'search_index',
  'search_words',
  'trail',
  'training_batch',
  'training_number',
  'vote',
  'webhook',
  'webhook_delivery',
  'webhook_queue',
  'webhook_ready',
  'webhook_state',
] as const;

/** The kinds of keys of the whole store, in the order of time, that name a key of an organization in their last component. */
export const TIMED_KINDS = ['expiry', 'lease'] as const;

/** The kinds of keys that belong to the whole store. */
export const STORE_KINDS = [...TIMED_KINDS, 'index_build', 'purge', 'retention', 'revocations', 'secret'] as const;

/** Stands where a facet would, for edges and counters of what has none. */
export const NO_FACET = '-';

/** The current version of an entry, under its documented prefix (docs/storage.md, "Keys"). */
export function feedbackKey(org: string, feedbackId: string): Key {
  return joinKey('help_feedback', org, feedbackId);
}

export function feedbackPrefix(org: string): Key {
  return keyPrefix('help_feedback', org);
}

/** An earlier version, as the fields that differ from the following one. */
export function feedbackVersionKey(org: string, feedbackId: string, version: number): Key {
  return joinKey('help_feedback_version', org, feedbackId, padNumber(version, 10));
}

export function feedbackVersionPrefix(org: string, feedbackId: string): Key {
  return keyPrefix('help_feedback_version', org, feedbackId);
}

/** What remains of an erased entry, kept apart from the records so that lists never read it. */
export function erasedFeedbackKey(org: string, feedbackId: string): Key {
  return joinKey('erased_feedback', org, feedbackId);
}

/** The entry that a client's own id names. The id is hashed with a key, because it may contain personal data. */
export function externalIdKey(org: string, externalIdHash: string): Key {
  return joinKey('external_id', org, externalIdHash);
}

/** The entry in which a user has judged an answer of an interaction; a keyed hash of all of them. */
export function voteKey(org: string, voteHash: string): Key {
  return joinKey('vote', org, voteHash);
}

/** What an `Idempotency-Key` of a user was answered with; `keyHash` names both. */
export function idempotencyKey(org: string, keyHash: string): Key {
  return joinKey('idempotency', org, keyHash);
}

/** What a reviewer has skipped lately; the reviewer is a keyed hash. */
export function reviewSkipsKey(org: string, reviewerHash: string): Key {
  return joinKey('review_skips', org, reviewerHash);
}

/** Of the whole store, not of one organization: what ends when, in the order of time (epoch ms). */
export const EXPIRY_PREFIX: Key = 'expiry:';

export function expiryKey(at: number, expiring: Key): Key {
  return `${EXPIRY_PREFIX}${padNumber(at, 15)}:${escapeComponent(expiring)}`;
}

/** Of the whole store: an erasure whose remains may still stand in the files. */
export const PURGE_PREFIX: Key = 'purge:';

/** Of the whole store: indexes that were built for what a server from before has stored. */
export const INDEX_BUILD_PREFIX: Key = 'index_build:';

/** Of the whole store: which server erases what is past its retention, and when the next one may begin. */
export const RETENTION_TURN_KEY: Key = 'retention:turn';

export function adapterKey(org: string, adapterId: string): Key {
  return joinKey('adapter', org, adapterId);
}

export function adapterPrefix(org: string): Key {
  return keyPrefix('adapter', org);
}

/** A change of the stage of an adapter. Ids are in time order. */
export function adapterStageKey(org: string, adapterId: string, change: string): Key {
  return joinKey('adapter_stage', org, adapterId, change);
}

export function adapterStagePrefix(org: string, adapterId: string): Key {
  return keyPrefix('adapter_stage', org, adapterId);
}

/** Lists an adapter among those at a stage. */
export function stageListKey(org: string, stage: string, adapterId: string): Key {
  return joinKey('adapter_stage_list', org, stage, adapterId);
}

export function stageListPrefix(org: string, stage: string): Key {
  return keyPrefix('adapter_stage_list', org, stage);
}

/** How many adapters are at a stage. */
export function stageCounter(org: string, stage: string): Key {
  return counterKey(org, taggedName('stage', stage), NO_FACET);
}

/** The counters of all stages. */
export function stageCounters(org: string): KeyRange {
  return taggedRange('count', org, 'stage');
}

/** What was measured of an adapter. Ids are in time order. */
export function evaluationKey(org: string, adapterId: string, evaluation: string): Key {
  return joinKey('evaluation', org, adapterId, evaluation);
}

export function evaluationPrefix(org: string, adapterId: string): Key {
  return keyPrefix('evaluation', org, adapterId);
}

/** The newest evaluation of an adapter by a metric on a dataset; '' where none is named. */
export function newestEvaluationKey(org: string, adapterId: string, metric: string, dataset: string): Key {
  return joinKey('evaluation_newest', org, adapterId, metric, dataset);
}

/** The newest evaluations of an adapter, or of those the ones by a metric. */
export function newestEvaluationPrefix(org: string, adapterId: string, ...metric: readonly string[]): Key {
  return keyPrefix('evaluation_newest', org, adapterId, ...metric);
}

/** How many evaluations an adapter has. */
export function evaluationCounter(org: string, adapterId: string): Key {
  return counterKey(org, taggedName('evaluations', adapterId), NO_FACET);
}

/** The counters of all evaluations. */
export function evaluationCounters(org: string): KeyRange {
  return taggedRange('count', org, 'evaluations');
}

/** What an adapter must fulfil before it is promoted. */
export function promotionRulesKey(org: string): Key {
  return joinKey('promotion_rules', org, 'current');
}

export function trainingBatchKey(org: string, batch: number): Key {
  return joinKey('training_batch', org, padNumber(batch, 10));
}

export function trainingBatchPrefix(org: string): Key {
  return keyPrefix('training_batch', org);
}

/** The highest number of a training batch that the server has allocated itself. */
export function trainingNumberKey(org: string): Key {
  return joinKey('training_number', org, 'last');
}

/** Of the whole store: which training batches hold feedback until when (epoch ms), in the order of time. */
export const LEASE_PREFIX: Key = 'lease:';

export function leaseKey(until: number, batch: Key): Key {
  return `${LEASE_PREFIX}${padNumber(until, 15)}:${escapeComponent(batch)}`;
}

/** How many training batches an organization has. */
export function trainingBatchCounter(org: string): Key {
  return counterKey(org, 'batches', NO_FACET);
}

/** How many entries the training batches of an organization have claimed, whatever became of them. */
export function claimedCounter(org: string): Key {
  return counterKey(org, 'claimed', NO_FACET);
}

/** How many of the feedback that a training batch includes were erased since. */
export function erasedCounter(org: string, batchNode: string): Key {
  return counterKey(org, taggedName('erased', batchNode), NO_FACET);
}

export function erasedCounters(org: string): KeyRange {
  return taggedRange('count', org, 'erased');
}

/** Outgoing side of an edge; its value holds the properties. */
export function edgeOutKey(org: string, type: EdgeType, from: string, to: string): Key {
  return joinKey('edge', org, type, 'out', from, to);
}

export function edgeOutPrefix(org: string, type: EdgeType, from: string): Key {
  return keyPrefix('edge', org, type, 'out', from);
}

/** Incoming side of an edge, empty: with the facet in it, it is the index of what points to `to`. */
export function edgeInKey(org: string, type: EdgeType, to: string, facet: string, from: string): Key {
  return joinKey('edge', org, type, 'in', to, facet, from);
}

export function edgeInPrefix(org: string, type: EdgeType, to: string, facet: string): Key {
  return keyPrefix('edge', org, type, 'in', to, facet);
}

/**
 * The name of one of many indexes or counters: a tag, then the values that tell it from the others, each a component of its
 * own. The tag says how many follow, so no value can be taken for another name.
 */
export function taggedName(tag: string, ...values: readonly [string, ...string[]]): string {
  return `${tag}=${values.map(escapeComponent).join(':')}`;
}

/** The index entries, or the counters, of all names with a tag. */
export function taggedRange(table: 'index' | 'count', org: string, tag: string): KeyRange {
  const start = keyPrefix(table, org) + tag;
  // `>` is the next byte after `=`.
  return { gte: `${start}=`, lt: `${start}>` };
}

export function indexPrefix(org: string, name: string, feedbackFacet: string): Key {
  return `index:${escapeComponent(org)}:${name}:${feedbackFacet}:`;
}

export function counterKey(org: string, name: string, feedbackFacet: string): Key {
  return `count:${escapeComponent(org)}:${name}:${feedbackFacet}`;
}

/** In the order of commits; the store adds the number of the commit among those of the organization. */
export function changePrefix(org: string): Key {
  return keyPrefix('change', org);
}

export function auditKey(org: string, eventId: string): Key {
  return joinKey('audit', org, eventId);
}

export function auditPrefix(org: string): Key {
  return keyPrefix('audit', org);
}

/** What an organization takes scores and tags for. */
export function feedbackRulesKey(org: string): Key {
  return joinKey('feedback_rules', org, 'current');
}

/** A change of many entries: how far it is. Ids are in time order. */
export function bulkOperationKey(org: string, operation: string): Key {
  return joinKey('bulk_operation', org, operation);
}

export function bulkOperationPrefix(org: string): Key {
  return keyPrefix('bulk_operation', org);
}

/** Some entries of a bulk operation, and what became of each. */
export function bulkEntriesKey(org: string, operation: string, piece: number): Key {
  return joinKey('bulk_entries', org, operation, padNumber(piece, 4));
}

/** The kind of the keys that name the bulk operations that are under way. */
export const BULK_RUNNING = 'bulk_running';

export function bulkRunningKey(org: string, operation: string): Key {
  return joinKey(BULK_RUNNING, org, operation);
}

export function bulkRunningPrefix(org: string): Key {
  return keyPrefix(BULK_RUNNING, org);
}

/** A link of an entry that a bulk operation has taken away, for its undo. */
export function removedLinkKey(org: string, feedbackId: string, operation: string): Key {
  return joinKey('removed_link', org, feedbackId, operation);
}

export function removedLinkPrefix(org: string, feedbackId: string): Key {
  return keyPrefix('removed_link', org, feedbackId);
}

/** A view of the list of feedback that a user has saved. */
export function savedViewKey(org: string, view: string): Key {
  return joinKey('saved_view', org, view);
}

export function savedViewPrefix(org: string): Key {
  return keyPrefix('saved_view', org);
}

/** Lists a saved view among those of its owner, a keyed hash. */
export function ownViewsPrefix(org: string, ownerHash: string): Key {
  return keyPrefix('saved_view_list', org, 'own', ownerHash);
}

/** Lists a saved view among those that the organization shares. */
export function sharedViewsPrefix(org: string): Key {
  return keyPrefix('saved_view_list', org, 'shared');
}

/** What ends tokens of an organization: one by its id, those of a user by a keyed hash, or all. */
export function revocationKey(org: string, kind: 'all' | 'token' | 'user', name: string): Key {
  return joinKey('revocation', org, kind, name);
}

/** Of the whole store: different after each revocation. */
export const REVOCATION_MARK_KEY: Key = 'revocations:last';

/** Head and length of the chain of an organization's own audit events. */
export function trailKey(org: string): Key {
  return joinKey('trail', org, 'head');
}

export function auditOfKey(org: string, node: string, eventId: string): Key {
  return joinKey('audit_of', org, node, eventId);
}

export function auditOfPrefix(org: string, node: string): Key {
  return keyPrefix('audit_of', org, node);
}

/** The state of an organization's search index: what it has indexed, and in which segments. */
export function searchIndexKey(org: string): Key {
  return joinKey('search_index', org, 'state');
}

/** Digits of the number of a segment. */
const SEGMENT_DIGITS = 10;

/** Which entries a segment of the search index has; `part` names a part of them. */
export function searchDocumentsKey(org: string, segment: number, part: string): Key {
  return joinKey('search_documents', org, padNumber(segment, SEGMENT_DIGITS), part);
}

/** The words of a segment of the search index; a word follows. */
export function searchWordsPrefix(org: string, segment: number): Key {
  return keyPrefix('search_words', org, padNumber(segment, SEGMENT_DIGITS));
}

/** Where events of an organization are sent. */
export function webhookKey(org: string, webhook: string): Key {
  return joinKey('webhook', org, webhook);
}

export function webhookPrefix(org: string): Key {
  return keyPrefix('webhook', org);
}

/** The kind of the keys that say how far the deliveries of a webhook are, and what is left of one that was deleted. */
export const WEBHOOK_STATE = 'webhook_state';

/** How far the deliveries of a webhook are, and which server makes them. */
export function webhookStateKey(org: string, webhook: string): Key {
  return joinKey(WEBHOOK_STATE, org, webhook);
}

export function webhookStatePrefix(org: string): Key {
  return keyPrefix(WEBHOOK_STATE, org);
}

/** One event for one webhook, and what became of it. Ids are in the order in which they were queued. */
export function webhookDeliveryKey(org: string, webhook: string, delivery: string): Key {
  return joinKey('webhook_delivery', org, webhook, delivery);
}

export function webhookDeliveryPrefix(org: string, webhook: string): Key {
  return keyPrefix('webhook_delivery', org, webhook);
}

/** All lists of the deliveries of a webhook. */
export function webhookQueuePrefix(org: string, webhook: string): Key {
  return keyPrefix('webhook_queue', org, webhook);
}

/** The deliveries of a webhook with a status; their ids follow. */
export function webhookStatusPrefix(org: string, webhook: string, status: string): Key {
  return keyPrefix('webhook_queue', org, webhook, 'status', status);
}

/** The deliveries about a node that are still to be made, of which the first has its turn; their ids follow. */
export function webhookNodePrefix(org: string, webhook: string, node: string): Key {
  return keyPrefix('webhook_queue', org, webhook, 'node', node);
}

/** The deliveries that have their turn; when they are to be attempted (epoch ms) and their ids follow. */
export function webhookDuePrefix(org: string, webhook: string): Key {
  return keyPrefix('webhook_queue', org, webhook, 'due');
}

export function webhookDueKey(org: string, webhook: string, due: number, delivery: string): Key {
  return `${webhookDuePrefix(org, webhook)}${padNumber(due, 15)}:${escapeComponent(delivery)}`;
}

/** When a webhook was last told that an adapter has enough entries to train from; adapters follow. */
export function webhookReadyPrefix(org: string, webhook: string): Key {
  return keyPrefix('webhook_ready', org, webhook);
}

export function webhookReadyKey(org: string, webhook: string, adapterId: string): Key {
  return joinKey('webhook_ready', org, webhook, adapterId);
}
