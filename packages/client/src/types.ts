import type { components, operations, paths } from './api-types.generated.js';

export type { components, operations, paths };

type Schemas = components['schemas'];

/** One judgement of one answer, or of several. docs/api.md says what each field means. */
export type Submission = Schemas['Submission'];
/** What became of a submission. */
export type SubmittedFeedback = Schemas['SubmittedFeedback'];
/** What its submitter may change in an entry. */
export type Revision = Schemas['Revision'];
export type Feedback = Schemas['Feedback'];
export type FeedbackVersion = Schemas['FeedbackVersion'];
export type FeedbackStats = Schemas['FeedbackStats'];
export type BatchEntryResult = Schemas['BatchEntryResult'];
export type Adapter = Schemas['Adapter'];
export type ListedAdapter = Schemas['ListedAdapter'];
export type Evaluation = Schemas['Evaluation'];
export type Promotion = Schemas['Promotion'];
export type PromotionCheck = Schemas['PromotionCheck'];
export type ReviewEntry = Schemas['ReviewEntry'];
export type TrainingBatch = Schemas['TrainingBatch'];
export type TrainingManifest = Schemas['TrainingManifest'];
export type Change = Schemas['Change'];
export type Webhook = Schemas['Webhook'];
export type WebhookDelivery = Schemas['WebhookDelivery'];
export type WebhookWithSecret = Schemas['WebhookWithSecret'];
export type GraphQueryResult = Schemas['GraphQueryResult'];

/** The query parameters of an operation. */
export type QueryOf<Name extends keyof operations> = operations[Name] extends { parameters: { query?: infer Query } }
  ? NonNullable<Query>
  : never;
