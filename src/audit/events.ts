import { hash } from 'node:crypto';
import { newUuid } from '../model/ids.js';
import { type AuditChain } from '../model/node.js';
import { omitNullish } from '../omit-nullish.js';
import type { Transaction } from '../store/contract.js';
import { auditKey, auditOfKey, changePrefix } from '../store/layout.js';
import { RECORD_SHAPES } from '../store/record-shapes.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import { createActorNote, ERASED_NAME, NO_NOTE, readActor } from './actor-note.js';

/** On whose behalf something happens. */
export interface Actor {
  readonly sub: string;
  readonly org: string;
  readonly requestId: string;
}

/** The server itself, for what it does on nobody's behalf; `requestId` says which part of it. */
export function systemActor(org: string, requestId: string): Actor {
  return { sub: 'feedback-graph', org, requestId };
}

export type AuditAction =
  | 'feedback.submit'
  | 'feedback.link'
  | 'feedback.unlink'
  | 'feedback.use'
  | 'feedback.review'
  | 'feedback.erase'
  | 'feedback.judge'
  | 'feedback.reopen'
  | 'feedback.revise'
  | 'feedback.tag'
  | 'bulk_operation.start'
  | 'bulk_operation.cancel'
  | 'bulk_operation.undo'
  | 'token.issue'
  | 'token.revoke'
  | 'feedback_rules.set'
  | 'saved_view.share'
  | 'saved_view.change'
  | 'saved_view.delete'
  | 'adapter.create'
  | 'adapter.register'
  | 'adapter.stage'
  | 'adapter.stage_forced'
  | 'adapter.evaluate'
  | 'promotion_rules.set'
  | 'feedback.claim'
  | 'feedback.release'
  | 'training_batch.record'
  | 'training_batch.claim'
  | 'training_batch.export'
  | 'training_batch.renew'
  | 'training_batch.commit'
  | 'training_batch.release'
  | 'training_batch.expire'
  | 'webhook.create'
  | 'webhook.change'
  | 'webhook.enable'
  | 'webhook.disable'
  | 'webhook.rotate_secret'
  | 'webhook.test'
  | 'webhook.redeliver'
  | 'webhook.delete'
  | AccessAction;

/** What somebody has read much of, or may not do; see access-trail.ts. None of these is in the change feed. */
export const ACCESS_ACTIONS = [
  'organization.backup',
  'store.backup',
  'person.export',
  'person.erase',
  'training_batch.download',
  'graph.query',
  'access.refuse',
] as const;

export type AccessAction = (typeof ACCESS_ACTIONS)[number];

/** What else is to be said of an event: never a text, or the name of a person, which could not be erased. */
export type EventDetails = Readonly<Record<string, string | number>>;

/** The actions that live clients are notified of as submissions, reviews and erasures. */
export const SUBMIT_ACTION = 'feedback.submit' satisfies AuditAction;
export const REVIEW_ACTION = 'feedback.review' satisfies AuditAction;
export const ERASE_ACTION = 'feedback.erase' satisfies AuditAction;

/** An audit event as it is stored, and as the chain covers it. */
export interface StoredEvent {
  /** Time-ordered (UUIDv7). */
  readonly id: string;
  /** 1-based place in the node's chain. */
  readonly position: number;
  /** SHA-256 (hex) of the stored bytes of the event before, empty for the first. */
  readonly previous: string;
  /** Epoch ms. */
  readonly at: number;
  /** In the events of stores before 0.2.0. Others have {@link StoredEvent.actorHash}, and a note beside them. */
  readonly actor?: string;
  readonly actorHash?: string;
  readonly action: AuditAction;
  readonly node: string;
  /** 0 where the node was made. */
  readonly versionBefore: number;
  readonly versionAfter: number;
  readonly requestId: string;
  readonly reason?: string;
  readonly details?: EventDetails;
}

/** Who did what to which node when, from which version to which. */
export interface AuditEvent extends Omit<StoredEvent, 'actorHash'> {
  /** {@link ERASED_NAME} where the person was erased. */
  readonly actor: string;
}

/** The changes of a commit that live clients receive, in commit order. */
export interface ChangeEvent {
  readonly at: number;
  readonly action: AuditAction;
  readonly node: string;
  readonly version: number;
}

export type ChangeOfNode = Pick<
  AuditEvent,
  'at' | 'action' | 'node' | 'versionBefore' | 'versionAfter' | 'reason' | 'details'
>;

/**
 * Writes one change of one node into the audit trail and the change feed of the actor's organization.
 * @returns the node's chain with the new event, to be kept in the node's record by the same transaction.
 */
export function recordChange(
  transaction: Transaction,
  actor: Actor,
  chain: AuditChain,
  change: ChangeOfNode,
): AuditChain {
  const fed: ChangeEvent = {
    at: change.at,
    action: change.action,
    node: change.node,
    version: change.versionAfter,
  };
  transaction.append(changePrefix(actor.org), encodeRecord(fed, RECORD_SHAPES.change));
  return recordEvent(transaction, actor, chain, change);
}

/** As {@link recordChange}, in the audit trail alone. */
export function recordEvent(
  transaction: Transaction,
  actor: Actor,
  chain: AuditChain,
  change: ChangeOfNode,
): AuditChain {
  const { note, actorHash } = createActorNote(actor.sub);
  const { at, action, node, versionBefore, versionAfter, reason, details } = change;
  const position = chain.length + 1;
  const event: StoredEvent = Object.assign(
    {
      at,
      action,
      node,
      versionBefore,
      versionAfter,
      id: newUuid(actor.org, transaction.stamp(actor.org)),
      position,
      previous: chain.head,
      requestId: actor.requestId,
      actorHash,
    },
    omitNullish({ reason, details }),
  );
  const bytes = encodeAuditEvent(event);
  transaction.put(auditKey(actor.org, event.id), bytes);
  transaction.put(auditOfKey(actor.org, change.node, event.id), note);
  return { head: hash('sha256', bytes, 'hex'), length: position };
}

export function encodeAuditEvent(event: StoredEvent): Buffer {
  return encodeRecord(event, RECORD_SHAPES.auditEvent);
}

export function decodeStoredEvent(value: Buffer): StoredEvent {
  return decodeRecord(value) as StoredEvent;
}

/**
 * An audit event with the name that stands beside it.
 * @param note the value of the pointer to it, if there is one
 */
export function decodeAuditEvent(value: Buffer, note: Buffer | undefined): AuditEvent {
  const { actorHash: _, ...event } = decodeStoredEvent(value);
  return { ...event, actor: readActor(note ?? NO_NOTE) ?? event.actor ?? ERASED_NAME };
}
