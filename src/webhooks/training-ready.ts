/**
 * When an adapter has enough approved entries to train from. A webhook is told once when their number passes its threshold,
 * and again only after it was seen below, as after a training batch has taken them.
 */
import type { Change } from '../audit/change-feed.js';
import { indexCounterKey } from '../feedback/index/index-keys.js';
import { findLinkedAdapters } from '../feedback/links.js';
import { facetsMatching } from '../model/facets.js';
import type { Reader, Transaction } from '../store/contract.js';
import { lastComponent, prefixRange } from '../store/keys.js';
import { webhookReadyKey, webhookReadyPrefix } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import type { QueuedEvent } from './deliveries.js';
import { TRAINING_READY } from './event-types.js';
import type { TrainingReadyRule } from './webhook.js';

/** What a webhook was told of an adapter; absent where it was told nothing, or is to be told again. */
export interface Readiness {
  /** Epoch ms. */
  readonly toldAt: number;
  readonly threshold: number;
  /** Whether the number of entries was seen below the threshold since. */
  readonly fellBelow: boolean;
}

export function decodeReadiness(value: Buffer): Readiness {
  return decodeRecord(value) as Readiness;
}

/** Adapters of one webhook that are looked at again at a time: those that it was told of. */
const MAX_LOOKED_AT = 1_000;

/** Changes after which it cannot be told any more which adapters an entry was linked to. */
const LINK_ENDING: ReadonlySet<string> = new Set(['feedback.unlink', 'feedback.erase']);

/** The adapters whose number of entries changes may have moved. */
export async function movedAdapters(
  reader: Reader,
  org: string,
  webhook: string,
  { adapterId }: TrainingReadyRule,
  changes: readonly Change[],
): Promise<readonly string[]> {
  const moving = changes.filter(({ action }) => action.startsWith('feedback.'));
  if (moving.length === 0) return [];
  if (adapterId !== undefined) return [adapterId];
  const ids = [...new Set(moving.map(({ node }) => node))];
  const adapters = new Set((await findLinkedAdapters(reader, org, ids)).flat());
  if (!moving.some(({ action }) => LINK_ENDING.has(action))) return [...adapters];
  for (const { adapter } of await toldAdapters(reader, org, webhook)) adapters.add(adapter);
  return [...adapters];
}

interface ToldAdapter {
  readonly adapter: string;
  readonly readiness: Readiness;
}

async function toldAdapters(reader: Reader, org: string, webhook: string): Promise<readonly ToldAdapter[]> {
  const entries = await reader.scan({ ...prefixRange(webhookReadyPrefix(org, webhook)), limit: MAX_LOOKED_AT });
  return entries.map(({ key, value }) => ({ adapter: lastComponent(key), readiness: decodeReadiness(value) }));
}

/** The adapters that fell below the threshold and whose cooldown is over: they may have passed it in the meantime. */
export async function cooledAdapters(
  reader: Reader,
  org: string,
  webhook: string,
  { cooldownSeconds }: TrainingReadyRule,
  now: number,
): Promise<readonly string[]> {
  const told = await toldAdapters(reader, org, webhook);
  return told
    .filter(({ readiness: { fellBelow, toldAt } }) => fellBelow && toldAt + cooldownSeconds * 1_000 <= now)
    .map(({ adapter }) => adapter);
}

const UNUSED_APPROVED = facetsMatching({ validationStatus: 'approved', use: 'unused' });

/** How many approved entries of each adapter training has not used, by their counters. */
export async function countUnusedApproved(
  reader: Reader,
  org: string,
  adapters: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const keys = adapters.flatMap((adapter) =>
    UNUSED_APPROVED.map((facet) => indexCounterKey(org, { kind: 'adapter', adapter }, facet)),
  );
  const counts = await reader.peek(keys);
  const perAdapter = UNUSED_APPROVED.length;
  return new Map(
    adapters.map((adapter, nth) => [
      adapter,
      counts.slice(nth * perAdapter, (nth + 1) * perAdapter).reduce((sum, count) => sum + count, 0),
    ]),
  );
}

/**
 * Notes what the numbers of entries mean for a webhook.
 * @param counts read before the transaction, which is not to be disturbed by each new entry
 * @returns what it is to be told
 */
export async function noteReadiness(
  transaction: Transaction,
  org: string,
  webhook: string,
  { threshold, cooldownSeconds }: TrainingReadyRule,
  counts: ReadonlyMap<string, number>,
  now: number,
): Promise<readonly QueuedEvent[]> {
  const adapters = [...counts.keys()];
  const stored = await transaction.getMany(adapters.map((adapter) => webhookReadyKey(org, webhook, adapter)));
  const events: QueuedEvent[] = [];
  for (const [nth, adapter] of adapters.entries()) {
    const key = webhookReadyKey(org, webhook, adapter);
    const value = stored[nth];
    const known = value === undefined ? undefined : decodeReadiness(value);
    // Another threshold is another question.
    const told = known?.threshold === threshold ? known : undefined;
    const count = counts.get(adapter) ?? 0;
    const isCool = told === undefined || told.toldAt + cooldownSeconds * 1_000 <= now;
    if (count >= threshold) {
      if (told !== undefined && (!told.fellBelow || !isCool)) continue;
      transaction.put(key, encodeRecord({ toldAt: now, threshold, fellBelow: false } satisfies Readiness));
      events.push({ event: TRAINING_READY, node: adapter, at: now, ready: { count, threshold } });
    } else if (told === undefined || isCool) {
      if (known !== undefined) transaction.delete(key);
    } else if (!told.fellBelow) {
      transaction.put(key, encodeRecord({ ...told, fellBelow: true } satisfies Readiness));
    }
  }
  return events;
}
