export type { Adapters } from './adapters.js';
export type { Api } from './api.js';
export { type BatchOutcome, SubmitBatchError, type SubmitBatchOptions } from './batches.js';
export type { ChangesOptions } from './changes.js';
export { createClient, type FeedbackGraphClient } from './client.js';
export { type ClientErrorCode, FeedbackGraphError, type Issue, type ServerErrorCode } from './errors.js';
export type { ExportOptions } from './export-stream.js';
export type { FeedbackEntries } from './feedback.js';
export type { Listing, ListOptions } from './pages.js';
export type { Review } from './review.js';
export { createSubmitter, type IfMatch, type SubmitOptions, type Submitter } from './submitter.js';
export { type Token, tokenFrom, type TokenRequest, type TokenSourceOptions } from './token.js';
export type { ExportQuery, Training, TrainingBatchHandle, TrainingClaim } from './training.js';
export type { CallOptions, ConnectionOptions } from './transport.js';
export type * from './types.js';
export {
  verifyWebhook,
  type VerifyWebhookOptions,
  type WebhookEvent,
  type WebhookHeaders,
  WebhookVerificationError,
} from './verify-webhook.js';
export type { Webhooks } from './webhooks.js';
