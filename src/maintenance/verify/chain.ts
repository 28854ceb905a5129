/** The chain of a node's audit events. */
import { hash } from 'node:crypto';
import { type ChainedEvent, findChainProblem } from '../../audit/chain.js';
import type { AuditChain } from '../../model/node.js';
import { auditKey, auditOfKey } from '../../store/layout.js';
import { remove } from '../repair.js';
import { type Check, reportInconsistency } from './check.js';
import type { Lookups } from './cursor.js';
import { isAuditEvent, readRecord } from './shapes.js';

/**
 * Looks up the events that a node's pointers name, and checks their chain against what the node's record says of it.
 * Call `finish` when the lookups are resolved.
 * @param eventIds what the pointers of the node name
 */
export function gatherChain(
  check: Check,
  lookups: Lookups,
  node: string,
  eventIds: readonly string[],
): { readonly finish: (chain: AuditChain) => void } {
  const { org } = check;
  const events: ChainedEvent[] = [];
  for (const eventId of [...eventIds, ...(check.unpointed.get(node) ?? [])]) {
    const pointer = auditOfKey(org, node, eventId);
    lookups.find(auditKey(org, eventId), (stored) => {
      if (stored === undefined) {
        reportInconsistency(
          check,
          'audit_of',
          node,
          `has a pointer to the audit event ${eventId}, which does not exist`,
          [remove(pointer)],
        );
        return;
      }
      // What is wrong with the event itself was told when the events were read.
      const { record: event } = readRecord(stored, isAuditEvent);
      if (event === undefined) return;
      if (event.node !== node) {
        reportInconsistency(check, 'audit_of', node, `has a pointer to the audit event ${eventId} of another node`, [
          remove(pointer),
        ]);
        return;
      }
      events.push({ position: event.position, previous: event.previous, hash: hash('sha256', stored, 'hex') });
    });
  }
  return {
    finish: (chain) => {
      const broken = findChainProblem(events, chain);
      if (broken !== undefined)
        reportInconsistency(check, 'audit', node, `has a broken chain of audit events: ${broken}`);
    },
  };
}
