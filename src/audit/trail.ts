/**
 * Audit events of an organization as a whole, in a chain like that of a node: what concerns no single entry, adapter or
 * training batch. They are in the audit log, and not in the change feed, which all members follow.
 */
import { type AuditChain, EMPTY_CHAIN, ORGANIZATION_NODE } from '../model/node.js';
import type { Transaction } from '../store/contract.js';
import { trailKey } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import { type Actor, type AuditEvent, recordEvent } from './events.js';

/**
 * Writes an event of the actor's organization.
 * @param event its `reason` stays when a person is erased, so it must name nobody
 */
export async function recordOrganizationEvent(
  transaction: Transaction,
  actor: Actor,
  event: Pick<AuditEvent, 'at' | 'action' | 'reason'>,
): Promise<void> {
  const key = trailKey(actor.org);
  const stored = await transaction.get(key);
  const chain = stored === undefined ? EMPTY_CHAIN : (decodeRecord(stored) as AuditChain);
  const next = recordEvent(transaction, actor, chain, {
    ...event,
    node: ORGANIZATION_NODE,
    versionBefore: chain.length,
    versionAfter: chain.length + 1,
  });
  transaction.put(key, encodeRecord(next));
}
