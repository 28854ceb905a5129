/** What webhooks can be told of. */
import type { AuditAction } from '../audit/events.js';

/** The events that changes of the feed become, by the actions that the feed names. */
const EVENT_OF_ACTION = {
  'feedback.submit': 'feedback.submitted',
  'feedback.judge': 'feedback.validated',
  'feedback.review': 'feedback.reviewed',
  'feedback.reopen': 'feedback.reopened',
  'feedback.revise': 'feedback.revised',
  'feedback.tag': 'feedback.tagged',
  'feedback.link': 'feedback.linked',
  'feedback.unlink': 'feedback.unlinked',
  'feedback.claim': 'feedback.claimed',
  'feedback.release': 'feedback.released',
  'feedback.use': 'feedback.used',
  'feedback.erase': 'feedback.erased',
  'adapter.create': 'adapter.created',
  'adapter.register': 'adapter.registered',
  'training_batch.record': 'training_batch.recorded',
  'training_batch.claim': 'training_batch.claimed',
  'training_batch.export': 'training_batch.exported',
  'training_batch.renew': 'training_batch.renewed',
  'training_batch.commit': 'training_batch.committed',
  'training_batch.release': 'training_batch.released',
  'training_batch.expire': 'training_batch.expired',
} as const satisfies Partial<Record<AuditAction, string>>;

/** That an adapter has as many approved entries that training has not used as a webhook waits for. */
export const TRAINING_READY = 'training.ready';

/** What somebody sends to try a webhook. No webhook subscribes to it. */
export const TEST_EVENT = 'webhook.test';

export type WebhookEvent = (typeof EVENT_OF_ACTION)[keyof typeof EVENT_OF_ACTION] | typeof TRAINING_READY;

export type DeliveredEvent = WebhookEvent | typeof TEST_EVENT;

/** What a webhook can subscribe to. */
export const WEBHOOK_EVENTS: readonly WebhookEvent[] = [...Object.values(EVENT_OF_ACTION), TRAINING_READY];

export const DELIVERED_EVENTS: readonly DeliveredEvent[] = [...WEBHOOK_EVENTS, TEST_EVENT];

const BY_ACTION: Partial<Record<AuditAction, WebhookEvent>> = EVENT_OF_ACTION;

/** The event that a change becomes; undefined if it becomes none. */
export function eventOfAction(action: AuditAction): WebhookEvent | undefined {
  return BY_ACTION[action];
}

export function isWebhookEvent(name: string): name is WebhookEvent {
  return (WEBHOOK_EVENTS as readonly string[]).includes(name);
}

/** Whether an event is about a feedback entry. */
export function isAboutFeedback(event: DeliveredEvent): boolean {
  return event.startsWith('feedback.');
}
