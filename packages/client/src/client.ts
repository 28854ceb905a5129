import { type Adapters, adaptersOn } from './adapters.js';
import { type Api, apiOn, dataOf, initOf } from './api.js';
import { type BatchOutcome, submitBatch, type SubmitBatchOptions } from './batches.js';
import { type ChangesOptions, followChanges } from './changes.js';
import { type FeedbackEntries, feedbackOn } from './feedback.js';
import { type Clock, SYSTEM_CLOCK } from './retry.js';
import { type Review, reviewOn } from './review.js';
import { type Submitter, submitterOn } from './submitter.js';
import { type Training, trainingOn } from './training.js';
import { type CallOptions, type ConnectionOptions, createTransport } from './transport.js';
import type { Change, GraphQueryResult, Submission } from './types.js';
import { type Webhooks, webhooksOn } from './webhooks.js';

/** Everything that the API offers. Calls throw FeedbackGraphError; what a token may do is up to the server. */
export interface FeedbackGraphClient extends Pick<Submitter, 'submit'> {
  /** Submits any number of entries, in as many requests as they need. @throws {SubmitBatchError} */
  submitBatch(
    entries: Iterable<Submission> | AsyncIterable<Submission>,
    options?: SubmitBatchOptions,
  ): Promise<BatchOutcome>;
  readonly feedback: FeedbackEntries;
  readonly adapters: Adapters;
  readonly review: Review;
  readonly training: Training;
  readonly webhooks: Webhooks;
  /** Changes as they are committed, resumed after lost connections; the signal ends it. */
  changes(options?: ChangesOptions): AsyncGenerator<Change, void>;
  /** Runs an openCypher query. */
  graph(
    query: string,
    parameters?: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<GraphQueryResult>;
  /** Every route, for what has no method here. It throws FeedbackGraphError where openapi-fetch alone returns `error`. */
  readonly api: Api;
}

export function createClient(options: ConnectionOptions): FeedbackGraphClient {
  return createClientWith(options, SYSTEM_CLOCK);
}

/** @param clock what waiting is */
export function createClientWith(options: ConnectionOptions, clock: Clock): FeedbackGraphClient {
  const transport = createTransport(options, clock);
  const api = apiOn(transport);
  const submitter = submitterOn(transport);
  return {
    submit: submitter.submit,
    submitBatch: (entries, batchOptions) => submitBatch(transport, entries, batchOptions),
    feedback: feedbackOn(api, submitter),
    adapters: adaptersOn(api),
    review: reviewOn(api),
    training: trainingOn(transport, api, clock),
    webhooks: webhooksOn(api),
    changes: (changesOptions) => followChanges(transport, api, clock, changesOptions),
    graph: (query, parameters = {}, callOptions = {}) =>
      dataOf(api.POST('/api/v1/llm/graph/query', { ...initOf(callOptions), body: { query, parameters } })),
    api,
  };
}
