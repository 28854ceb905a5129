/**
 * How far the deliveries of a webhook are, and which server makes them: of all servers over a store one at a time. It renews
 * its lease for as long as it lives, and is followed by another once that has run out.
 */
import { isAfter } from '../audit/change-feed.js';
import type { Reader, Transaction } from '../store/contract.js';
import { webhookKey, webhookStateKey } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import { decodeWebhook, type Webhook } from './webhook.js';

export interface WebhookState {
  /** The place in the change feed behind which nothing has been looked at. */
  readonly position: string;
  readonly holder?: { readonly server: string; readonly until: number };
  /** Since when (epoch ms) every attempt has failed; absent where the last one has not. */
  readonly failingSince?: number;
}

/** For how long a lease holds without being renewed, ms. */
export const LEASE_FOR = 45_000;
/** How often it is renewed, ms. */
export const RENEW_EVERY = 15_000;

export interface DeliveringServer {
  readonly name: string;
  /** Whether other servers may use the store; a lease that another has left is nobody's where none can. */
  readonly isShared: boolean;
}

export async function readState(reader: Reader, org: string, webhook: string): Promise<WebhookState | undefined> {
  const stored = await reader.get(webhookStateKey(org, webhook));
  return stored === undefined ? undefined : decodeState(stored);
}

export function decodeState(value: Buffer): WebhookState {
  return decodeRecord(value) as WebhookState;
}

export function putState(transaction: Transaction, org: string, webhook: string, state: WebhookState): void {
  transaction.put(webhookStateKey(org, webhook), encodeRecord(state));
}

export interface HeldWebhook {
  readonly webhook: Webhook;
  readonly state: WebhookState;
}

/** A webhook with its state, if it is enabled and the server has it. */
export async function readHeld(
  reader: Reader,
  org: string,
  id: string,
  { name }: Pick<DeliveringServer, 'name'>,
): Promise<HeldWebhook | undefined> {
  const [stored, state] = await reader.getMany([webhookKey(org, id), webhookStateKey(org, id)]);
  if (stored === undefined || state === undefined) return undefined;
  const held = { webhook: decodeWebhook(stored), state: decodeState(state) };
  return held.webhook.isEnabled && held.state.holder?.server === name ? held : undefined;
}

/**
 * Takes the lease of a webhook, or renews it.
 * @param position how far the server is, if it is further than what is stored
 * @returns what it holds until when (epoch ms); undefined if another server has it, or there is nothing to deliver
 */
export async function takeLease(
  transaction: Transaction,
  org: string,
  id: string,
  server: DeliveringServer,
  now: number,
  position?: string,
): Promise<(HeldWebhook & { readonly until: number }) | undefined> {
  const [stored, state] = await transaction.getMany([webhookKey(org, id), webhookStateKey(org, id)]);
  if (stored === undefined || state === undefined) return undefined;
  const webhook = decodeWebhook(stored);
  const before = decodeState(state);
  const { holder } = before;
  // A time that lies further ahead than any lease lasts was written by a clock that was wrong.
  const isFree =
    holder === undefined ||
    holder.server === server.name ||
    !server.isShared ||
    holder.until <= now ||
    holder.until > now + 2 * LEASE_FOR;
  if (!webhook.isEnabled || !isFree) return undefined;
  const until = now + LEASE_FOR;
  const after = { ...moved(before, position), holder: { server: server.name, until } };
  putState(transaction, org, id, after);
  return { webhook, state: after, until };
}

/** Leaves the deliveries to whoever comes next, if the server has them. */
export async function releaseLease(
  transaction: Transaction,
  org: string,
  id: string,
  { name }: Pick<DeliveringServer, 'name'>,
  position: string,
): Promise<void> {
  const state = await readState(transaction, org, id);
  if (state?.holder?.server !== name) return;
  const { holder: _, ...rest } = moved(state, position);
  putState(transaction, org, id, rest);
}

/** What is stored may be further than what a server knows, after a commit of which it has heard nothing. */
function moved(state: WebhookState, position: string | undefined): WebhookState {
  return position !== undefined && isAfter(position, state.position) ? { ...state, position } : state;
}
