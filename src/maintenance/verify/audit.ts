/** Audit events and the pointers to them, and the nodes other than feedback with their chains. */
import { verifyNote } from '../../audit/actor-note.js';
import type { StoredEvent } from '../../audit/events.js';
import { type AuditChain, ORGANIZATION_NODE } from '../../model/node.js';
import type { Key } from '../../store/contract.js';
import { keyPrefix, lastComponent, prefixRange } from '../../store/keys.js';
import { adapterKey, auditKey, auditOfKey, auditOfPrefix, trailKey } from '../../store/layout.js';
import { CorruptRecordError } from '../../store/record.js';
import { putEmpty } from '../repair.js';
import { otherPointers } from './bundles.js';
import { gatherChain } from './chain.js';
import { type Check, components, reportInconsistency, eachChunk, malformed, MAX_REMEMBERED } from './check.js';
import { Lookups } from './cursor.js';
import { isAdapter, isAuditEvent, isChange, isTrail, readRecord } from './shapes.js';

/** Every audit event whole and named by its pointer. Comes before the chains are checked. */
export async function checkEvents(check: Check): Promise<void> {
  const { org, store } = check;
  check.progress.phase('audit events');
  await eachChunk(check, 'audit', prefixRange(keyPrefix('audit', org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key, value } of entries) {
      const id = lastComponent(key);
      if (key !== auditKey(org, id)) {
        malformed(check, 'audit', key);
        continue;
      }
      const { record: event, problem } = readRecord(value, isAuditEvent);
      if (event === undefined) reportInconsistency(check, 'audit', id, problem);
      else if (event.id !== id) reportInconsistency(check, 'audit', id, `holds the audit event ${event.id}`);
      else {
        const pointer = auditOfKey(org, event.node, id);
        lookups.find(pointer, (stored) => {
          if (stored !== undefined) {
            if (!matchesNote(stored, event)) {
              reportInconsistency(check, 'audit_of', event.node, `does not name the actor of its audit event ${id}`);
            }
            return;
          }
          reportInconsistency(check, 'audit_of', event.node, `has no pointer to its audit event ${id}`, [
            putEmpty(pointer),
          ]);
          if (check.repairs === undefined) remember(check, event.node, id);
        });
      }
    }
    await lookups.resolve(store);
  });
}

/** Whether what stands in a pointer is nothing, or the name that the event was made with. */
function matchesNote(note: Buffer, { actorHash }: StoredEvent): boolean {
  try {
    return verifyNote(note, actorHash);
  } catch (error) {
    if (!(error instanceof CorruptRecordError)) throw error;
    return false;
  }
}

function remember({ unpointed }: Check, node: string, eventId: string): void {
  if (unpointed.size < MAX_REMEMBERED || unpointed.has(node)) {
    unpointed.set(node, [...(unpointed.get(node) ?? []), eventId]);
  }
}

/** The change feed: every entry whole, and none from a commit that is still to come. */
export async function checkChanges(check: Check): Promise<void> {
  const { org, store } = check;
  check.progress.phase('changes');
  await eachChunk(check, 'change', prefixRange(keyPrefix('change', org)), (entries) => {
    for (const { key, value } of entries) {
      const place = lastComponent(key);
      const [, sequence] = /^(\d{16})(?:\.\d{4})?$/.exec(place) ?? [];
      if (sequence === undefined || components(key, 3) === undefined) {
        malformed(check, 'change', key);
        continue;
      }
      const { problem } = readRecord(value, isChange);
      if (problem !== undefined) reportInconsistency(check, 'change', place, problem);
      if (Number(sequence) > store.sequence)
        reportInconsistency(check, 'change', place, 'belongs to a commit that never took place');
    }
  });
}

export interface Node {
  readonly id: string;
  readonly audit: AuditChain;
}

/** Adapters and their chains. Answers how many there are. */
export async function checkAdapters(check: Check): Promise<{ readonly adapters: number; readonly pointers: number }> {
  const { org } = check;
  check.progress.phase('adapters');
  let adapters = 0;
  let pointers = 0;
  await eachChunk(check, 'adapter', prefixRange(keyPrefix('adapter', org)), async (entries) => {
    const nodes = entries.flatMap(({ key, value }): Node[] => {
      const id = lastComponent(key);
      if (key !== adapterKey(org, id)) {
        malformed(check, 'adapter', key);
        return [];
      }
      adapters += 1;
      const { record, problem } = readRecord(value, isAdapter);
      if (record === undefined) reportInconsistency(check, 'adapter', id, problem);
      else if (record.id !== id) reportInconsistency(check, 'adapter', id, `holds the record of ${record.id}`);
      else return [record];
      return [];
    });
    pointers += await checkChains(check, nodes);
  });
  return { adapters, pointers };
}

/** The chain of the organization's own events. Answers how many pointers it has. */
export async function checkTrail(check: Check): Promise<number> {
  const { org } = check;
  let pointers = 0;
  await eachChunk(check, 'trail', prefixRange(keyPrefix('trail', org)), async (entries) => {
    for (const { key, value } of entries) {
      if (key !== trailKey(org)) {
        malformed(check, 'trail', key);
        continue;
      }
      const { record: audit, problem } = readRecord(value, isTrail);
      if (audit === undefined) reportInconsistency(check, 'trail', ORGANIZATION_NODE, problem);
      else pointers += await checkChains(check, [{ id: ORGANIZATION_NODE, audit }]);
    }
  });
  return pointers;
}

/** Answers how many pointers the nodes have. */
export async function checkChains(check: Check, nodes: readonly Node[]): Promise<number> {
  const { org, store } = check;
  let pointers = 0;
  for (const { id, audit } of nodes) {
    const prefix = auditOfPrefix(org, id);
    const found = await store.read((reader) => reader.scanKeys({ ...prefixRange(prefix), limit: Infinity }));
    pointers += found.length;
    const named = found.filter((key) => components(key, 4) !== undefined);
    const lookups = new Lookups();
    const chain = gatherChain(check, lookups, id, named.map(lastComponent));
    await lookups.resolve(store);
    chain.finish(audit);
  }
  return pointers;
}

/** Pointers of nodes that are not there, looked for one by one only where there are more than those of the nodes. */
export async function checkOtherPointers(check: Check, expected: number): Promise<void> {
  const { org, store } = check;
  check.progress.phase('pointers to audit events');
  let count = 0;
  const pass = async (visit: (keys: readonly Key[]) => Promise<void>): Promise<void> => {
    for (const range of otherPointers(org)) {
      for await (const chunk of store.snapshot(range)) await visit(chunk.map(({ key }) => key));
    }
  };
  await pass((keys) => {
    count += keys.length;
    check.findings.countRead('audit_of', keys.length);
    return Promise.resolve();
  });
  // More where a pointer was removed after it was counted; then this reads them once more for nothing.
  if (count === expected) return;
  const told = new Set<string>();
  await pass(async (keys) => {
    const named = keys.flatMap((key) => {
      const node = components(key, 4)?.[2];
      if (node === undefined) malformed(check, 'audit_of', key);
      return node ?? [];
    });
    for (const node of await check.nodes.missing(named)) {
      if (told.has(node)) continue;
      if (told.size < MAX_REMEMBERED) told.add(node);
      reportInconsistency(check, 'audit_of', node, 'has audit events but does not exist');
    }
  });
}
