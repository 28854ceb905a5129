/** Which changes a webhook is told of. */
import type { Change } from '../audit/change-feed.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { UnavailableError } from '../errors.js';
import { planFilter } from '../feedback/index/filter.js';
import { filterSelected } from '../feedback/index/matching.js';
import { findFeedback } from '../feedback/read.js';
import type { Reader } from '../store/contract.js';
import type { QueuedEvent } from './deliveries.js';
import { eventOfAction, isAboutFeedback, type WebhookEvent } from './event-types.js';
import type { Webhook } from './webhook.js';

/**
 * As {@link matchChanges}. What is damaged is taken to match: nobody can tell, and the delivery tells that it cannot be read.
 * Otherwise it would hold up everything behind it.
 */
export async function matchReadable(
  reader: Reader,
  keyedHash: KeyedHash,
  org: string,
  webhook: Pick<Webhook, 'events' | 'filter'>,
  changes: readonly Change[],
): Promise<readonly QueuedEvent[]> {
  try {
    return await matchChanges(reader, keyedHash, org, webhook, changes);
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    if (changes.length === 1) return matchChanges(reader, keyedHash, org, { ...webhook, filter: {} }, changes);
    const matched: QueuedEvent[] = [];
    for (const change of changes) matched.push(...(await matchReadable(reader, keyedHash, org, webhook, [change])));
    return matched;
  }
}

/**
 * The events of a page of changes that a webhook subscribes to and its filter selects, in their order. Entries are judged as
 * they are now; one that was erased fits any filter. An adapter is filtered by its id, a training batch is not.
 */
async function matchChanges(
  reader: Reader,
  keyedHash: KeyedHash,
  org: string,
  { events, filter }: Pick<Webhook, 'events' | 'filter'>,
  changes: readonly Change[],
): Promise<readonly QueuedEvent[]> {
  const wanted = changes.flatMap((change) => {
    const event = eventOfAction(change.action);
    return event !== undefined && events.includes(event) ? [{ change, event }] : [];
  });
  if (wanted.length === 0) return [];
  const selected = await selectNodes(reader, keyedHash, org, filter, wanted);
  return wanted
    .filter(({ change, event }) => selected(change.node, event))
    .map(({ change, event }) => ({
      event,
      node: change.node,
      at: change.at,
      version: change.version,
      change: change.id,
    }));
}

async function selectNodes(
  reader: Reader,
  keyedHash: KeyedHash,
  org: string,
  filter: Webhook['filter'],
  wanted: readonly { readonly change: Change; readonly event: WebhookEvent }[],
): Promise<(node: string, event: WebhookEvent) => boolean> {
  const { adapterId, ...rest } = filter;
  const isFiltered = Object.keys(filter).length > 0;
  if (!isFiltered) return () => true;
  const ids = [...new Set(wanted.filter(({ event }) => isAboutFeedback(event)).map(({ change }) => change.node))];
  const found = await findFeedback(reader, org, ids);
  const there = found.filter((each) => each !== undefined);
  const plan = planFilter(org, { ...rest, ...(adapterId !== undefined && { adapterIds: [adapterId] }) }, keyedHash);
  const selected = new Set((await filterSelected(reader, plan, there)).map(({ id }) => id));
  const known = new Set(there.map(({ id }) => id));
  return (node, event) => {
    if (isAboutFeedback(event)) return selected.has(node) || (event === 'feedback.erased' && !known.has(node));
    return !event.startsWith('adapter.') || adapterId === undefined || adapterId === node;
  };
}
