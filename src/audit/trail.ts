/**
 * Audit events of an organization as a whole, in a chain like that of a node: what concerns no single entry, adapter or
 * training batch. They are in the audit log, and not in the change feed, which all members follow.
 */
import { type AuditChain, EMPTY_CHAIN, ORGANIZATION_NODE } from '../model/node.js';
import { omitNullish } from '../omit-nullish.js';
import type { Reader, Transaction } from '../store/contract.js';
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

/** A person whose name was taken out of what is stored. */
export interface ErasedPerson {
  /** The keyed hash of the name. */
  readonly nameHash: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Stored under {@link trailKey}. */
interface Trail extends AuditChain {
  /** Those of the last minutes, oldest first. */
  readonly erasedPersons?: readonly ErasedPerson[];
}

/** How long other servers may still be about to record what a person did, ms: they record each minute what they counted. */
const ERASED_KEPT_FOR = 10 * 60_000;
/** The record is written with each event. */
const MAX_ERASED_KEPT = 1_000;

/** Notes that a person's name is to be recorded no more by those who have counted what the person did. */
export async function noteErasedPerson(transaction: Transaction, org: string, person: ErasedPerson): Promise<void> {
  const { erasedPersons = [], ...trail } = await readTrail(transaction, org);
  const kept = erasedPersons.filter(({ at }) => at > person.at - ERASED_KEPT_FOR).slice(1 - MAX_ERASED_KEPT);
  writeTrail(transaction, org, { ...trail, erasedPersons: [...kept, person] });
}

/** The keyed hashes of the names of persons who were erased within the last minutes. @param now epoch ms */
export async function lastErasedNames(reader: Reader, org: string, now: number): Promise<ReadonlySet<string>> {
  const { erasedPersons = [] } = await readTrail(reader, org);
  return new Set(erasedPersons.filter(({ at }) => at > now - ERASED_KEPT_FOR).map(({ nameHash }) => nameHash));
}

/** Writes events of an organization, in their order: all those of a transaction. */
export async function recordOrganizationEvents(
  transaction: Transaction,
  org: string,
  events: readonly { readonly actor: Actor; readonly event: OrganizationEvent }[],
): Promise<void> {
  const { erasedPersons, ...stored } = await readTrail(transaction, org);
  let chain: AuditChain = stored;
  for (const { actor, event } of events) {
    chain = recordEvent(transaction, actor, chain, {
      ...event,
      node: ORGANIZATION_NODE,
      versionBefore: chain.length,
      versionAfter: chain.length + 1,
    });
  }
  writeTrail(transaction, org, { ...chain, ...omitNullish({ erasedPersons }) });
}

async function readTrail(reader: Reader, org: string): Promise<Trail> {
  const stored = await reader.get(trailKey(org));
  return stored === undefined ? EMPTY_CHAIN : (decodeRecord(stored) as Trail);
}

function writeTrail(transaction: Transaction, org: string, trail: Trail): void {
  transaction.put(trailKey(org), encodeRecord(trail));
}
