/** Takes changes from the feed into the queue of a webhook. */
import { type Change, isAfter } from '../audit/change-feed.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import type { Store } from '../store/contract.js';
import { enqueue, type QueuedEvent } from './deliveries.js';
import { matchReadable } from './match.js';
import { type DeliveringServer, putState, readHeld } from './state.js';
import { cooledAdapters, countUnusedApproved, movedAdapters, noteReadiness } from './training-ready.js';

export interface FeedingServices {
  readonly store: Store;
  readonly keyedHash: KeyedHash;
  readonly now: () => number;
  readonly server: DeliveringServer;
}

export interface Fed {
  /** How many deliveries were queued. */
  readonly queued: number;
  /** Whether the place in the feed is stored, so that nobody looks at these changes again. */
  readonly isStored: boolean;
}

/**
 * Queues what a webhook is to be told of some changes, in one transaction with its place behind them: each event once, also
 * where it is not known whether the transaction before took place.
 * @param storesPlace whether to store the place although there is nothing to tell
 * @returns undefined if the webhook is disabled, gone or another server's
 */
export async function queueChanges(
  services: FeedingServices,
  org: string,
  id: string,
  changes: readonly Change[],
  storesPlace: boolean,
): Promise<Fed | undefined> {
  const { store, keyedHash, server } = services;
  const looked = await store.read(async (reader) => {
    const held = await readHeld(reader, org, id, server);
    if (held === undefined) return undefined;
    const rule = held.webhook.trainingReady;
    const moved = rule === undefined ? [] : await movedAdapters(reader, org, id, rule, changes);
    return {
      events: await matchReadable(reader, keyedHash, org, held.webhook, changes),
      counts: await countUnusedApproved(reader, org, moved),
    };
  });
  if (looked === undefined) return undefined;
  const { events, counts } = looked;
  const last = changes.at(-1)?.id;
  if (events.length === 0 && counts.size === 0 && !storesPlace) return { queued: 0, isStored: false };
  return queue(services, org, id, { events, counts, ...(last !== undefined && { place: last }) });
}

/**
 * Tells a webhook of adapters that have enough entries, without a change that leads to them: at the start of its deliveries,
 * and when a cooldown is over.
 * @returns undefined if the webhook is disabled, gone or another server's
 */
export async function queueReadiness(services: FeedingServices, org: string, id: string): Promise<Fed | undefined> {
  const { store, now, server } = services;
  const looked = await store.read(async (reader) => {
    const held = await readHeld(reader, org, id, server);
    if (held === undefined) return undefined;
    const rule = held.webhook.trainingReady;
    if (rule === undefined) return new Map<string, number>();
    const cooled = await cooledAdapters(reader, org, id, rule, now());
    const adapters = new Set([...cooled, ...(rule.adapterId === undefined ? [] : [rule.adapterId])]);
    return countUnusedApproved(reader, org, [...adapters]);
  });
  if (looked === undefined) return undefined;
  return looked.size === 0 ? { queued: 0, isStored: false } : queue(services, org, id, { events: [], counts: looked });
}

interface ToQueue {
  readonly events: readonly QueuedEvent[];
  readonly counts: ReadonlyMap<string, number>;
  /** Behind which nothing was looked at. */
  readonly place?: string;
}

function queue(
  { store, server, now }: FeedingServices,
  org: string,
  id: string,
  { events, counts, place }: ToQueue,
): Promise<Fed | undefined> {
  return store.transact(async (transaction) => {
    const held = await readHeld(transaction, org, id, server);
    if (held === undefined) return undefined;
    const { webhook, state } = held;
    const fresh = events.filter(({ change }) => change !== undefined && isAfter(change, state.position));
    const { trainingReady: rule } = webhook;
    const ready = rule === undefined ? [] : await noteReadiness(transaction, org, id, rule, counts, now());
    const all = [...fresh, ...ready];
    if (all.length > 0) await enqueue(transaction, org, id, all);
    if (place !== undefined && isAfter(place, state.position))
      putState(transaction, org, id, { ...state, position: place });
    return { queued: all.length, isStored: place !== undefined };
  });
}
