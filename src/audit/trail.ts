/**
 * Audit events of an organization as a whole, in a chain like that of a node: what concerns no single entry, adapter or
 * training batch. They are in the audit log, and not in the change feed, which all members follow.
 */
import { type AuditChain, EMPTY_CHAIN, ORGANIZATION_NODE } from '../model/node.js';
import type { Transaction } from '../store/contract.js';
import { trailKey } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import { type Actor, type AuditEvent, recordEvent } from './events.js';

/** An event of an organization; its `reason` and `details` stay when a person is erased, so they must name nobody. */
export type OrganizationEvent = Pick<AuditEvent, 'at' | 'action' | 'reason' | 'details'>;

/** Writes an event of the actor's organization; not together with others of the same transaction. */
export function recordOrganizationEvent(
  transaction: Transaction,
  actor: Actor,
  event: OrganizationEvent,
): Promise<void> {
  return recordOrganizationEvents(transaction, actor.org, [{ actor, event }]);
}

/** Writes events of an organization, in their order: all those of a transaction. */
export async function recordOrganizationEvents(
  transaction: Transaction,
  org: string,
  events: readonly { readonly actor: Actor; readonly event: OrganizationEvent }[],
): Promise<void> {
  const key = trailKey(org);
  const stored = await transaction.get(key);
  let chain = stored === undefined ? EMPTY_CHAIN : (decodeRecord(stored) as AuditChain);
  for (const { actor, event } of events) {
    chain = recordEvent(transaction, actor, chain, {
      ...event,
      node: ORGANIZATION_NODE,
      versionBefore: chain.length,
      versionAfter: chain.length + 1,
    });
  }
  transaction.put(key, encodeRecord(chain));
}
