/** Whether the audit events of a node are those that were written: see {@link AuditChain}. */
import { hash } from 'node:crypto';
import type { AuditChain } from '../model/node.js';
import type { Reader } from '../store/contract.js';
import { lastComponent, prefixRange } from '../store/keys.js';
import { auditKey, auditOfPrefix } from '../store/layout.js';
import { decodeStoredEvent, type StoredEvent } from './events.js';

/** An audit event as a link of its chain. */
export interface ChainedEvent {
  readonly position: number;
  /** The hash that the event holds of the one before it. */
  readonly previous: string;
  readonly hash: string;
}

export interface ChainCheck {
  /** The first thing that is wrong, as a clause; undefined if nothing is. */
  readonly problem: string | undefined;
  /** How many of the newest events were checked. */
  readonly checked: number;
}

/** Events of one node that a check reads at most. */
export const MAX_CHECKED_EVENTS = 1_000;
/** Events are found in the order of their ids, which clocks can put a little beside that of their positions. */
const SHARE_CERTAIN = 0.9;

/** Checks the newest events of a node against what the node's record says of them. @param chain what the record says */
export async function checkChain(
  reader: Reader,
  org: string,
  node: string,
  chain: AuditChain,
  limit = MAX_CHECKED_EVENTS,
): Promise<ChainCheck> {
  const pointers = await reader.scan({ ...prefixRange(auditOfPrefix(org, node)), limit: limit + 1, reverse: true });
  const isWhole = pointers.length <= limit;
  const keys = pointers.slice(0, limit).map(({ key }) => auditKey(org, lastComponent(key)));
  const stored = await reader.getMany(keys);
  const events = stored.flatMap((value) => {
    const event = value && readEvent(value);
    return value === undefined || event?.node !== node
      ? []
      : [{ position: event.position, previous: event.previous, hash: hash('sha256', value, 'hex') }];
  });
  const from = isWhole ? 1 : Math.max(1, chain.length - Math.floor(limit * SHARE_CERTAIN) + 1);
  const checked = events.filter(({ position }) => position >= from);
  return { problem: findChainProblem(checked, chain, from), checked: checked.length };
}

/** Undefined for a record that is damaged: to the chain it is missing. */
function readEvent(value: Buffer): StoredEvent | undefined {
  try {
    return decodeStoredEvent(value);
  } catch {
    return undefined;
  }
}

/**
 * The first thing that is wrong with a chain; times of events may repeat or go back, so positions order them.
 * @param from position of the first event that must be there
 */
export function findChainProblem(
  events: readonly ChainedEvent[],
  { head, length }: AuditChain,
  from = 1,
): string | undefined {
  const sorted = events.toSorted((a, b) => a.position - b.position);
  let previous = from === 1 ? '' : sorted[0]?.previous;
  for (const [index, event] of sorted.entries()) {
    const position = from + index;
    if (event.position < position) return `there are two at position ${event.position}`;
    if (event.position > position) return `the one at position ${position} of ${length} is missing or damaged`;
    if (event.previous !== previous) return `the one before position ${position} is not what it was`;
    previous = event.hash;
  }
  const found = from - 1 + sorted.length;
  if (found !== length) return `there are ${found}, and the record says ${length}`;
  return previous === head ? undefined : `the last of ${length} is not what it was`;
}
