/**
 * Deliveries: one event for one webhook each. The store is their queue. Those about the same node are made one after the
 * other, in the order of its changes: the first of them alone has a time at which it is due.
 */
import { ApiError } from '../errors.js';
import { firstUuidAt, newUuid } from '../model/ids.js';
import type { Key, Reader, Store, Transaction } from '../store/contract.js';
import { lastComponent, prefixEnd, prefixRange } from '../store/keys.js';
import {
  webhookDeliveryKey,
  webhookDeliveryPrefix,
  webhookDueKey,
  webhookDuePrefix,
  webhookNodePrefix,
  webhookStatusPrefix,
} from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import { RETRIED_FOR } from './backoff.js';
import type { DeliveredEvent } from './event-types.js';
import type { AttemptOutcome, AttemptProblem } from './send.js';
import { isWebhookId } from './webhook.js';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'dead'] as const;

/** Dead: given up, as no attempt of a day was answered as it should be. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** What a delivery tells of; who is named in it is looked up when it is sent, so no text is stored. */
export interface QueuedEvent {
  readonly event: DeliveredEvent;
  /** The entry, adapter or training batch; the webhook itself for a test. */
  readonly node: string;
  /** When it happened, epoch ms. */
  readonly at: number;
  readonly version?: number;
  /** Its place in the change feed. */
  readonly change?: string;
  /** Of `training.ready`. */
  readonly ready?: { readonly count: number; readonly threshold: number };
}

export interface Delivery extends QueuedEvent {
  /** The `webhook-id` of every attempt. Time-ordered. */
  readonly id: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly createdAt: number;
  /** When it is attempted next, epoch ms; only while it has its turn. */
  readonly due?: number;
  /** Since it was queued, or queued again. */
  readonly firstAttemptAt?: number;
  readonly last?: {
    readonly at: number;
    readonly milliseconds: number;
    readonly responseStatus?: number;
    readonly problem?: AttemptProblem;
  };
  /** Epoch ms. */
  readonly finishedAt?: number;
}

/** How many deliveries of a webhook may wait; beyond, the change feed keeps what follows. */
export const MAX_WAITING = 1_000;
/** How many that are over are kept of each status, and for how long, ms. */
export const KEPT: Readonly<Record<Exclude<DeliveryStatus, 'pending'>, number>> = { delivered: 1_000, dead: 10_000 };
export const KEPT_FOR = 7 * 24 * 60 * 60_000;

/** How far ahead the next attempt of a delivery may be, ms; clocks of servers differ a little. */
const MAX_AHEAD = RETRIED_FOR + 60_000;

export function decodeDelivery(value: Buffer): Delivery {
  return decodeRecord(value) as Delivery;
}

/** The lists in which a delivery stands. */
export function listKeys(org: string, webhook: string, { id, status, node, due }: Delivery): readonly Key[] {
  const keys = [webhookStatusPrefix(org, webhook, status) + id];
  if (status === 'pending') keys.push(webhookNodePrefix(org, webhook, node) + id);
  if (due !== undefined) keys.push(webhookDueKey(org, webhook, due, id));
  return keys;
}

export function putDelivery(
  transaction: Transaction,
  org: string,
  webhook: string,
  before: Delivery | undefined,
  after: Delivery,
): void {
  const lists = listKeys(org, webhook, after);
  for (const key of before === undefined ? [] : listKeys(org, webhook, before)) {
    if (!lists.includes(key)) transaction.delete(key);
  }
  for (const key of lists) transaction.put(key, Buffer.alloc(0));
  transaction.put(webhookDeliveryKey(org, webhook, after.id), encodeRecord(after));
}

/** Queues events, in their order. @returns the ids of their deliveries */
export async function enqueue(
  transaction: Transaction,
  org: string,
  webhook: string,
  events: readonly QueuedEvent[],
): Promise<readonly string[]> {
  const nodes = [...new Set(events.map(({ node }) => node))];
  const busy = new Set<string>();
  for (const node of nodes) if ((await firstOfNode(transaction, org, webhook, node)) !== undefined) busy.add(node);
  const at = transaction.stamp(org);
  return events.map((event) => {
    const delivery = { ...event, id: newUuid(org, at), status: 'pending', attempts: 0, createdAt: at } as const;
    // Later ones of the same node get their turn when the one before is over.
    putDelivery(transaction, org, webhook, undefined, busy.has(event.node) ? delivery : { ...delivery, due: at });
    busy.add(event.node);
    return delivery.id;
  });
}

async function firstOfNode(
  reader: Reader,
  org: string,
  webhook: string,
  node: string,
  except?: string,
): Promise<string | undefined> {
  const keys = await reader.scanKeys({ ...prefixRange(webhookNodePrefix(org, webhook, node)), limit: 2 });
  return keys.map(lastComponent).find((id) => id !== except);
}

/** What became of an attempt: `next` is when (epoch ms) there is another one. */
export type Verdict = { readonly status: 'delivered' | 'dead' } | { readonly status: 'pending'; readonly next: number };

/** Writes what became of an attempt; if it was the last one, the next delivery about the node has its turn. */
export async function settle(
  transaction: Transaction,
  org: string,
  webhook: string,
  delivery: Delivery,
  { status: responseStatus, problem, milliseconds }: Omit<AttemptOutcome, 'retryAfter'>,
  startedAt: number,
  verdict: Verdict,
): Promise<void> {
  const { due: _, finishedAt: __, ...rest } = delivery;
  const attempted = {
    ...rest,
    attempts: delivery.attempts + 1,
    firstAttemptAt: delivery.firstAttemptAt ?? startedAt,
    last: {
      at: startedAt,
      milliseconds: Math.round(milliseconds),
      ...(responseStatus !== undefined && { responseStatus }),
      ...(problem !== undefined && { problem }),
    },
  };
  if (verdict.status === 'pending') {
    putDelivery(transaction, org, webhook, delivery, { ...attempted, due: verdict.next });
    return;
  }
  const now = startedAt + Math.round(milliseconds);
  putDelivery(transaction, org, webhook, delivery, { ...attempted, status: verdict.status, finishedAt: now });
  const next = await firstOfNode(transaction, org, webhook, delivery.node, delivery.id);
  const stored = next === undefined ? undefined : await transaction.get(webhookDeliveryKey(org, webhook, next));
  if (stored === undefined) return;
  const following = decodeDelivery(stored);
  putDelivery(transaction, org, webhook, following, { ...following, due: now });
}

/** @throws {ApiError} NOT_FOUND */
export async function getDelivery(reader: Reader, org: string, webhook: string, id: string): Promise<Delivery> {
  const delivery = await findDelivery(reader, org, webhook, id);
  if (delivery === undefined) throw new ApiError('NOT_FOUND', 'Delivery not found');
  return delivery;
}

export async function findDelivery(
  reader: Reader,
  org: string,
  webhook: string,
  id: string,
): Promise<Delivery | undefined> {
  const isId = isWebhookId(webhook) && isWebhookId(id);
  const stored = isId ? await reader.get(webhookDeliveryKey(org, webhook, id)) : undefined;
  return stored === undefined ? undefined : decodeDelivery(stored);
}

/**
 * Queues a delivery that is over again, behind those about the same node that wait.
 * @throws {ApiError} CONFLICT if it is not over
 */
export async function requeue(
  transaction: Transaction,
  org: string,
  webhook: string,
  delivery: Delivery,
): Promise<void> {
  if (delivery.status === 'pending') throw new ApiError('CONFLICT', 'The delivery is still being attempted');
  const isBusy = (await firstOfNode(transaction, org, webhook, delivery.node)) !== undefined;
  const { firstAttemptAt: _, finishedAt: __, ...rest } = delivery;
  const again = { ...rest, status: 'pending' } as const;
  putDelivery(transaction, org, webhook, delivery, isBusy ? again : { ...again, due: transaction.stamp(org) });
}

/** How many deliveries wait, as far as a limit. */
export async function countWaiting(reader: Reader, org: string, webhook: string, limit = MAX_WAITING): Promise<number> {
  const range = prefixRange(webhookStatusPrefix(org, webhook, 'pending'));
  return (await reader.scanKeys({ ...range, limit })).length;
}

/** Whether a delivery is to be attempted. A time further ahead than any delay lasts was written by a clock that was wrong. */
export function isDue({ due }: Pick<Delivery, 'due'>, now: number): boolean {
  return due !== undefined && (due <= now || due > now + MAX_AHEAD);
}

export interface DueDeliveries {
  /** Ids, those that are due longest first. */
  readonly ids: readonly string[];
  /** When the next one is due (epoch ms), if fewer than the limit are. */
  readonly next?: number;
  /** When the oldest that waits was queued, epoch ms. */
  readonly oldest?: number;
}

export async function dueDeliveries(
  reader: Reader,
  org: string,
  webhook: string,
  now: number,
  limit: number,
): Promise<DueDeliveries> {
  const [due, [oldest]] = await Promise.all([
    reader.scanKeys({ ...prefixRange(webhookDuePrefix(org, webhook)), limit }),
    reader.scanKeys({ ...prefixRange(webhookStatusPrefix(org, webhook, 'pending')), limit: 1 }),
  ]);
  const times = due.map((key) => ({ id: lastComponent(key), due: Number(key.split(':').at(-2)) }));
  const next = times.find((each) => !isDue(each, now))?.due;
  return {
    ids: times.filter((each) => isDue(each, now)).map(({ id }) => id),
    ...(next !== undefined && { next }),
    ...(oldest !== undefined && { oldest: Number.parseInt(lastComponent(oldest).slice(0, 13).replace('-', ''), 16) }),
  };
}

export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  readonly hasNext: boolean;
}

/** One page of the deliveries of a webhook, newest first. */
export async function deliveryPage(
  reader: Reader,
  org: string,
  webhook: string,
  { status, limit, before }: { readonly status?: DeliveryStatus; readonly limit: number; readonly before?: string },
): Promise<DeliveryPage> {
  if (!isWebhookId(webhook)) return { deliveries: [], hasNext: false };
  const prefix = status === undefined ? webhookDeliveryPrefix(org, webhook) : webhookStatusPrefix(org, webhook, status);
  const lt = before === undefined ? prefixEnd(prefix) : prefix + before;
  const keys = await reader.scanKeys({ gte: prefix, lt, limit: limit + 1, reverse: true });
  const ids = keys.slice(0, limit).map((key) => webhookDeliveryKey(org, webhook, lastComponent(key)));
  const values = await reader.getMany(ids);
  return {
    deliveries: values.flatMap((value) => (value === undefined ? [] : [decodeDelivery(value)])),
    hasNext: keys.length > limit,
  };
}

/** How many deliveries of a webhook there are: a bounded number. */
export async function countDeliveries(
  reader: Reader,
  org: string,
  webhook: string,
  status?: DeliveryStatus,
): Promise<number> {
  if (!isWebhookId(webhook)) return 0;
  const prefix = status === undefined ? webhookDeliveryPrefix(org, webhook) : webhookStatusPrefix(org, webhook, status);
  return (await reader.scanKeys({ ...prefixRange(prefix), limit: Infinity })).length;
}

const REMOVED_AT_ONCE = 200;

/** Removes deliveries that are over and too old, or too many. @param now epoch ms */
export async function pruneDeliveries(store: Store, org: string, webhook: string, now: number): Promise<void> {
  for (const status of ['delivered', 'dead'] as const) {
    const prefix = webhookStatusPrefix(org, webhook, status);
    const range = prefixRange(prefix);
    const newest = await store.read((reader) => reader.scanKeys({ ...range, limit: KEPT[status] + 1, reverse: true }));
    const tooMany = newest.length > KEPT[status] ? newest.at(-1) : undefined;
    const tooOld = prefix + firstUuidAt(now - KEPT_FOR);
    const end = tooMany !== undefined && tooMany >= tooOld ? `${tooMany}\0` : tooOld;
    for (;;) {
      const removed = await store.transact(async (transaction) => {
        const keys = await transaction.scanKeys({ gte: range.gte, lt: end, limit: REMOVED_AT_ONCE });
        for (const key of keys) {
          transaction.delete(key);
          transaction.delete(webhookDeliveryKey(org, webhook, lastComponent(key)));
        }
        return keys.length;
      });
      if (removed < REMOVED_AT_ONCE) break;
    }
  }
}
