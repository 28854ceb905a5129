/** Whether stored records of webhooks have the fields that the check goes by. */
import { isChangeId } from '../../audit/change-feed.js';
import { isJsonObject } from '../../is-json-object.js';
import { type Delivery, DELIVERY_STATUSES } from '../../webhooks/deliveries.js';
import type { WebhookState } from '../../webhooks/state.js';
import type { Readiness } from '../../webhooks/training-ready.js';
import type { Webhook } from '../../webhooks/webhook.js';

function isTime(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isSecret(value: unknown): boolean {
  return isJsonObject(value) && typeof value.nonce === 'string' && typeof value.check === 'string';
}

export function isWebhook(value: unknown): value is Webhook {
  return (
    isJsonObject(value) &&
    typeof value.id === 'string' &&
    typeof value.url === 'string' &&
    URL.canParse(value.url) &&
    Array.isArray(value.events) &&
    value.events.every((event) => typeof event === 'string') &&
    isJsonObject(value.filter) &&
    typeof value.isEnabled === 'boolean' &&
    isSecret(value.secret) &&
    (value.previousSecret === undefined || isSecret(value.previousSecret)) &&
    isTime(value.revision) &&
    isTime(value.createdAt) &&
    isTime(value.updatedAt)
  );
}

export function isWebhookState(value: unknown): value is WebhookState {
  return (
    isJsonObject(value) &&
    typeof value.position === 'string' &&
    isChangeId(value.position) &&
    (value.holder === undefined ||
      (isJsonObject(value.holder) && typeof value.holder.server === 'string' && isTime(value.holder.until))) &&
    (value.failingSince === undefined || isTime(value.failingSince))
  );
}

export function isDelivery(value: unknown): value is Delivery {
  return (
    isJsonObject(value) &&
    typeof value.id === 'string' &&
    typeof value.event === 'string' &&
    typeof value.node === 'string' &&
    (DELIVERY_STATUSES as readonly unknown[]).includes(value.status) &&
    isTime(value.attempts) &&
    isTime(value.at) &&
    isTime(value.createdAt) &&
    (value.due === undefined || isTime(value.due))
  );
}

export function isReadiness(value: unknown): value is Readiness {
  return isJsonObject(value) && isTime(value.toldAt) && isTime(value.threshold) && typeof value.fellBelow === 'boolean';
}
