/* Generated from src/webhooks/event-types.ts by `npm run schema`. */
import type { WebhookEvent } from './documents.generated.js';

/** What a webhook can be told of, by the names that receivers see. */
export const EVENT_NAMES: Readonly<Record<WebhookEvent, string>> = {
  FEEDBACK_SUBMITTED: 'feedback.submitted',
  FEEDBACK_VALIDATED: 'feedback.validated',
  FEEDBACK_REVIEWED: 'feedback.reviewed',
  FEEDBACK_REOPENED: 'feedback.reopened',
  FEEDBACK_REVISED: 'feedback.revised',
  FEEDBACK_TAGGED: 'feedback.tagged',
  FEEDBACK_LINKED: 'feedback.linked',
  FEEDBACK_UNLINKED: 'feedback.unlinked',
  FEEDBACK_CLAIMED: 'feedback.claimed',
  FEEDBACK_RELEASED: 'feedback.released',
  FEEDBACK_USED: 'feedback.used',
  FEEDBACK_ERASED: 'feedback.erased',
  ADAPTER_CREATED: 'adapter.created',
  ADAPTER_REGISTERED: 'adapter.registered',
  ADAPTER_STAGE_CHANGED: 'adapter.stage_changed',
  ADAPTER_EVALUATED: 'adapter.evaluated',
  TRAINING_BATCH_RECORDED: 'training_batch.recorded',
  TRAINING_BATCH_CLAIMED: 'training_batch.claimed',
  TRAINING_BATCH_EXPORTED: 'training_batch.exported',
  TRAINING_BATCH_RENEWED: 'training_batch.renewed',
  TRAINING_BATCH_COMMITTED: 'training_batch.committed',
  TRAINING_BATCH_RELEASED: 'training_batch.released',
  TRAINING_BATCH_EXPIRED: 'training_batch.expired',
  TRAINING_READY: 'training.ready',
  WEBHOOK_TEST: 'webhook.test',
};
