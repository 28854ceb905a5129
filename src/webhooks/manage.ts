/** Creating, changing and deleting webhooks, and what administrators do with their deliveries. */
import { randomBytes } from 'node:crypto';
import { BEFORE_ALL, newestChange } from '../audit/change-feed.js';
import type { Actor, AuditAction } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import type { WebhookSecret } from '../audit/keyed-hash.js';
import { recordOrganizationEvent } from '../audit/trail.js';
import { ApiError, InvalidInputError, StaleVersionError } from '../errors.js';
import { newUuid } from '../model/ids.js';
import type { DomainServices } from '../services.js';
import type { Store, Transaction } from '../store/contract.js';
import { prefixRange } from '../store/keys.js';
import {
  webhookDeliveryPrefix,
  webhookKey,
  webhookPrefix,
  webhookQueuePrefix,
  webhookReadyPrefix,
  webhookStateKey,
} from '../store/layout.js';
import { encodeRecord } from '../store/record.js';
import { countWaiting, type Delivery, enqueue, getDelivery, MAX_WAITING, requeue } from './deliveries.js';
import { TEST_EVENT } from './event-types.js';
import { formatSecret, secretCheck } from './signature.js';
import { putState, readState, type WebhookState } from './state.js';
import { checkTarget, parseTarget, type TargetRules } from './target.js';
import {
  checkContent,
  type DisabledReason,
  getWebhook,
  integerProblem,
  MAX_WEBHOOKS,
  type SecretVersion,
  type Webhook,
  type WebhookContent,
} from './webhook.js';

/** What the functions of this file work on beside the store. */
export interface WebhookServices {
  /** Whether this server sends webhooks. */
  readonly isOn: boolean;
  readonly rules: TargetRules;
  readonly secretOf: WebhookSecret;
  /** Called with a webhook that may have something else to deliver from now on, once that is on disk. */
  readonly notice: (org: string, webhook: string) => void;
}

export interface Services extends Pick<DomainServices, 'store' | 'now'> {
  readonly webhooks: WebhookServices;
}

export const DEFAULT_GRACE_SECONDS = 24 * 60 * 60;
export const MAX_GRACE_SECONDS = 7 * 24 * 60 * 60;

/** How many deliveries may wait where somebody asks for another: a webhook that lags is the one that is tried. */
const MAX_REQUESTED = MAX_WAITING + 100;

function makeSecret({ secretOf }: WebhookServices, org: string, id: string): SecretVersion {
  const nonce = randomBytes(16).toString('base64url');
  return { nonce, check: secretCheck(secretOf(org, id, nonce)) };
}

/** A secret as it is shown to whoever has made it. */
export function showSecret({ secretOf }: WebhookServices, org: string, id: string, nonce: string): string {
  return formatSecret(secretOf(org, id, nonce));
}

/** Whether the store has the secret that a webhook was given; not where it was restored into another store. */
export function hasSecret({ secretOf }: Pick<WebhookServices, 'secretOf'>, org: string, webhook: Webhook): boolean {
  return secretCheck(secretOf(org, webhook.id, webhook.secret.nonce)) === webhook.secret.check;
}

/** What is made by an operation that answers a secret: names it, so that a repeated request gets the same one. */
export interface MadeSecret {
  readonly id: string;
  readonly nonce: string;
}

/**
 * Creates a webhook that is told of what happens from now on.
 * @throws {InvalidInputError}; {@link ApiError} CONFLICT if there are {@link MAX_WEBHOOKS} already
 */
export async function createWebhook(
  { store, webhooks }: Services,
  actor: Actor,
  given: WebhookContent,
  idempotency?: Idempotency,
): Promise<MadeSecret> {
  const { org } = actor;
  const content = await checked(webhooks, given);
  const create = async (transaction: Transaction): Promise<MadeSecret> => {
    const others = await transaction.scanKeys({ ...prefixRange(webhookPrefix(org)), limit: MAX_WEBHOOKS });
    if (others.length >= MAX_WEBHOOKS) {
      throw new ApiError('CONFLICT', `An organization can have at most ${MAX_WEBHOOKS} webhooks; delete one first`);
    }
    const position = await newestChange(transaction, org);
    const at = transaction.stamp(org);
    const id = newUuid(org, at);
    const secret = makeSecret(webhooks, org, id);
    putWebhook(transaction, org, {
      ...content,
      id,
      revision: 1,
      isEnabled: true,
      secret,
      createdAt: at,
      updatedAt: at,
    });
    putState(transaction, org, id, { position });
    await record(transaction, actor, 'webhook.create', id, at);
    return { id, nonce: secret.nonce };
  };
  const made = await store.transact((transaction) =>
    runIdempotent(transaction, idempotency, () => create(transaction)),
  );
  webhooks.notice(org, made.id);
  return made;
}

/** What is to change; what is absent stays, and null takes the field away. */
export interface WebhookChange extends Partial<Omit<WebhookContent, 'description' | 'trainingReady'>> {
  readonly description?: string | null;
  readonly trainingReady?: WebhookContent['trainingReady'] | null;
  readonly isEnabled?: boolean;
}

/**
 * Changes a webhook, and with it what becomes of the changes that the server has not looked at yet. One that is enabled again
 * goes on with what happens from now on, and with the deliveries that have waited.
 * @throws {InvalidInputError}; {@link ApiError} NOT_FOUND, CONFLICT; {@link StaleVersionError}
 */
export async function updateWebhook(
  { store, webhooks }: Services,
  actor: Actor,
  id: string,
  change: WebhookChange,
  expectedRevision?: number,
  idempotency?: Idempotency,
): Promise<void> {
  const { org } = actor;
  if (change.url !== undefined) await checkTarget(parseTarget(change.url, webhooks.rules), webhooks.rules);
  const update = async (transaction: Transaction): Promise<null> => {
    const before = await getWebhook(transaction, org, id);
    if (expectedRevision !== undefined && expectedRevision !== before.revision) {
      throw new StaleVersionError(`The webhook has the revision ${before.revision}, not ${expectedRevision}`);
    }
    const at = transaction.stamp(org);
    const { description, trainingReady, disabledReason, ...rest } = { ...before, ...change };
    const after: Webhook = {
      ...rest,
      ...(change.url !== undefined && { url: parseTarget(change.url, webhooks.rules).href }),
      ...(description !== undefined && description !== null && { description }),
      ...(trainingReady !== undefined && trainingReady !== null && { trainingReady }),
      ...(!rest.isEnabled && { disabledReason: before.isEnabled ? 'user' : (disabledReason ?? 'user') }),
      revision: before.revision + 1,
      updatedAt: at,
    };
    checkContent(after);
    if (after.isEnabled && !before.isEnabled) {
      expectOn(webhooks);
      if (!hasSecret(webhooks, org, after)) {
        throw new ApiError('CONFLICT', 'The webhook was restored without its secret; rotate the secret first');
      }
      await changeState(transaction, org, id, { position: await newestChange(transaction, org) });
    } else if (after.url !== before.url) await changeState(transaction, org, id, {});
    putWebhook(transaction, org, after);
    await record(transaction, actor, actionOf(before, after), id, at);
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => update(transaction)));
  webhooks.notice(org, id);
}

/** Another receiver, or one that is tried again, has not failed yet. */
async function changeState(
  transaction: Transaction,
  org: string,
  id: string,
  changed: Partial<WebhookState>,
): Promise<void> {
  const { failingSince: _, ...state } = (await readState(transaction, org, id)) ?? { position: BEFORE_ALL };
  putState(transaction, org, id, { ...state, ...changed });
}

function actionOf(before: Webhook, after: Webhook): AuditAction {
  if (before.isEnabled === after.isEnabled) return 'webhook.change';
  return after.isEnabled ? 'webhook.enable' : 'webhook.disable';
}

/** Disables a webhook on the server's own account. */
export async function disableWebhook(
  transaction: Transaction,
  actor: Actor,
  webhook: Webhook,
  disabledReason: DisabledReason,
  at: number,
): Promise<void> {
  const { revision } = webhook;
  putWebhook(transaction, actor.org, {
    ...webhook,
    isEnabled: false,
    disabledReason,
    revision: revision + 1,
    updatedAt: at,
  });
  await record(transaction, actor, 'webhook.disable', webhook.id, at, { because: disabledReason });
}

/**
 * Gives a webhook a new secret; the one before stays valid, too, for a while, in which deliveries are signed with both.
 * @throws {InvalidInputError}; {@link ApiError} NOT_FOUND
 */
export async function rotateSecret(
  { store, webhooks }: Services,
  actor: Actor,
  id: string,
  graceSeconds = DEFAULT_GRACE_SECONDS,
  idempotency?: Idempotency,
): Promise<MadeSecret> {
  const { org } = actor;
  const problem = integerProblem(graceSeconds, 0, MAX_GRACE_SECONDS);
  if (problem !== undefined) throw new InvalidInputError([{ field: 'graceSeconds', problem }]);
  const rotate = async (transaction: Transaction): Promise<MadeSecret> => {
    const { previousSecret: _, ...before } = await getWebhook(transaction, org, id);
    const at = transaction.stamp(org);
    const secret = makeSecret(webhooks, org, id);
    const isKept = graceSeconds > 0 && hasSecret(webhooks, org, before);
    putWebhook(transaction, org, {
      ...before,
      secret,
      ...(isKept && { previousSecret: { ...before.secret, until: at + graceSeconds * 1_000 } }),
      revision: before.revision + 1,
      updatedAt: at,
    });
    await record(transaction, actor, 'webhook.rotate_secret', id, at);
    return { id, nonce: secret.nonce };
  };
  return store.transact((transaction) => runIdempotent(transaction, idempotency, () => rotate(transaction)));
}

/** @throws {ApiError} NOT_FOUND */
export async function deleteWebhook(
  { store, webhooks }: Services,
  actor: Actor,
  id: string,
  idempotency?: Idempotency,
): Promise<void> {
  const { org } = actor;
  const remove = async (transaction: Transaction): Promise<null> => {
    await getWebhook(transaction, org, id);
    transaction.delete(webhookKey(org, id));
    await record(transaction, actor, 'webhook.delete', id, transaction.stamp(org));
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => remove(transaction)));
  webhooks.notice(org, id);
  await removeRemains(store, org, id);
}

const REMOVED_AT_ONCE = 500;

/** Removes what is left of a webhook that was deleted; its state goes last, as it tells that there is something left. */
export async function removeRemains(store: Store, org: string, id: string): Promise<void> {
  for (const prefix of [webhookQueuePrefix(org, id), webhookDeliveryPrefix(org, id), webhookReadyPrefix(org, id)]) {
    for (let removed = REMOVED_AT_ONCE; removed === REMOVED_AT_ONCE;) {
      removed = await store.transact(async (transaction) => {
        const keys = await transaction.scanKeys({ ...prefixRange(prefix), limit: REMOVED_AT_ONCE });
        for (const key of keys) transaction.delete(key);
        return keys.length;
      });
    }
  }
  await store.transact((transaction) => {
    transaction.delete(webhookStateKey(org, id));
    return Promise.resolve();
  });
}

/**
 * Sends an event that says nothing, to try a webhook.
 * @returns the id of its delivery
 * @throws {ApiError} NOT_FOUND, CONFLICT
 */
export async function testWebhook(
  { store, webhooks }: Services,
  actor: Actor,
  id: string,
  idempotency?: Idempotency,
): Promise<string> {
  const { org } = actor;
  const queue = async (transaction: Transaction): Promise<string> => {
    await expectReady(transaction, webhooks, org, id);
    const at = transaction.stamp(org);
    const [delivery = ''] = await enqueue(transaction, org, id, [{ event: TEST_EVENT, node: id, at }]);
    await record(transaction, actor, 'webhook.test', id, at);
    return delivery;
  };
  const made = await store.transact((transaction) => runIdempotent(transaction, idempotency, () => queue(transaction)));
  webhooks.notice(org, id);
  return made;
}

/**
 * Makes a delivery that is over once more, under the same id.
 * @throws {ApiError} NOT_FOUND, CONFLICT
 */
export async function redeliver(
  { store, webhooks }: Services,
  actor: Actor,
  id: string,
  delivery: string,
  idempotency?: Idempotency,
): Promise<void> {
  const { org } = actor;
  const queue = async (transaction: Transaction): Promise<null> => {
    await expectReady(transaction, webhooks, org, id);
    await requeue(transaction, org, id, await getDelivery(transaction, org, id, delivery));
    await record(transaction, actor, 'webhook.redeliver', id, transaction.stamp(org), { delivery });
    return null;
  };
  await store.transact((transaction) => runIdempotent(transaction, idempotency, () => queue(transaction)));
  webhooks.notice(org, id);
}

export async function readDelivery(
  { store }: Pick<Services, 'store'>,
  org: string,
  id: string,
  delivery: string,
): Promise<Delivery> {
  return store.read((reader) => getDelivery(reader, org, id, delivery));
}

async function expectReady(
  transaction: Transaction,
  webhooks: WebhookServices,
  org: string,
  id: string,
): Promise<void> {
  expectOn(webhooks);
  const webhook = await getWebhook(transaction, org, id);
  if (!webhook.isEnabled) throw new ApiError('CONFLICT', 'The webhook is disabled; enable it first');
  if ((await countWaiting(transaction, org, id, MAX_REQUESTED)) >= MAX_REQUESTED) {
    throw new ApiError('CONFLICT', `Too many deliveries of the webhook wait: ${MAX_REQUESTED}`);
  }
}

function expectOn({ isOn }: WebhookServices): void {
  if (!isOn) throw new ApiError('CONFLICT', 'Webhooks are turned off on this server');
}

/** @throws {InvalidInputError} */
async function checked({ rules }: WebhookServices, content: WebhookContent): Promise<WebhookContent> {
  checkContent(content);
  const url = parseTarget(content.url, rules);
  await checkTarget(url, rules);
  return { ...content, url: url.href };
}

function putWebhook(transaction: Transaction, org: string, webhook: Webhook): void {
  transaction.put(webhookKey(org, webhook.id), encodeRecord(webhook));
}

/** The event names the webhook by its id: its URL may hold a secret of the receiver, and events stay. */
function record(
  transaction: Transaction,
  actor: Actor,
  action: AuditAction,
  webhook: string,
  at: number,
  details: Readonly<Record<string, string>> = {},
): Promise<void> {
  return recordOrganizationEvent(transaction, actor, { at, action, details: { webhook, ...details } });
}
