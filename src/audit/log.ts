import { firstUuidAt } from '../model/ids.js';
import { omitNullish } from '../omit-nullish.js';
import type { Entry, Reader } from '../store/contract.js';
import { lastComponent, prefixEnd } from '../store/keys.js';
import { auditKey, auditOfKey, auditOfPrefix, auditPrefix } from '../store/layout.js';
import { mapYielding } from '../yield-to-event-loop.js';
import { type AuditAction, type AuditEvent, decodeAuditEvent, decodeStoredEvent } from './events.js';

export interface AuditFilter {
  readonly node?: string;
  readonly actor?: string;
  readonly action?: AuditAction;
  /** Epoch ms, included. */
  readonly since?: number;
  /** Epoch ms, excluded. */
  readonly until?: number;
}

export interface AuditPage {
  readonly events: readonly AuditEvent[];
  readonly hasNext: boolean;
  /** Where the next page starts: the last event that was looked at, shown or not. */
  readonly last?: string;
}

const READ_AT_ONCE = 500;
/** A page looks at no more events than this, however few of them its filter shows; it then goes on from there. */
const MAX_EVENTS_SCANNED = 10_000;

/**
 * One page of audit events, newest first. Node and time are read by key; actor and action are looked for event by event,
 * so a page of a rare one may be shorter than `limit` and still have a next.
 */
export async function auditPage(
  reader: Reader,
  org: string,
  filter: AuditFilter,
  limit: number,
  after: string | undefined,
): Promise<AuditPage> {
  const prefix = filter.node === undefined ? auditPrefix(org) : auditOfPrefix(org, filter.node);
  const gte = filter.since === undefined ? prefix : prefix + firstUuidAt(filter.since);
  let lt = filter.until === undefined ? prefixEnd(prefix) : prefix + firstUuidAt(filter.until);
  if (after !== undefined && prefix + after < lt) lt = prefix + after;

  const events: AuditEvent[] = [];
  let last = after;
  for (let lookedAt = 0; lookedAt < MAX_EVENTS_SCANNED && gte < lt; lookedAt += READ_AT_ONCE) {
    const entries = await reader.scan({ gte, lt, limit: READ_AT_ONCE, reverse: true });
    for (const event of await loadEvents(reader, org, entries, filter)) {
      const shown = (filter.actor ?? event.actor) === event.actor && (filter.action ?? event.action) === event.action;
      if (shown && events.length === limit) return { events, hasNext: true, ...omitNullish({ last }) };
      if (shown) events.push(event);
      last = event.id;
    }
    if (entries.length < READ_AT_ONCE) return { events, hasNext: false, ...omitNullish({ last }) };
    lt = entries.at(-1)?.key ?? lt;
  }
  return { events, hasNext: gte < lt, ...omitNullish({ last }) };
}

/** The events behind entries of the log itself, or behind the pointers of one node. */
async function loadEvents(
  reader: Reader,
  org: string,
  entries: readonly Entry[],
  filter: AuditFilter,
): Promise<AuditEvent[]> {
  if (filter.node === undefined) {
    const pointers = await mapYielding(entries, ({ value }) => {
      const { node, id } = decodeStoredEvent(value);
      return auditOfKey(org, node, id);
    });
    const notes = await reader.getMany(pointers);
    return mapYielding(entries, ({ value }, nth) => decodeAuditEvent(value, notes[nth]));
  }
  const values = await reader.getMany(entries.map((entry) => auditKey(org, lastComponent(entry.key))));
  const events = await mapYielding(values, (value, nth) => value && decodeAuditEvent(value, entries[nth]?.value));
  return events.filter((event) => event !== undefined);
}
