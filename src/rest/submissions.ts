/** Submissions that run directly, as they come most often: what is answered is made of the entries as they are stored. */
import type { Static } from 'typebox';
import type { ApiError } from '../errors.js';
import type { Submitted } from '../feedback/submit.js';
import { WrittenData } from '../graphql/answer-body.js';
import type { RequestContext } from '../graphql/context.js';
import type { DirectOperation } from '../graphql/execution.js';
import { shownReasons } from '../graphql/hidden-entry-ids.js';
import {
  submitEntries,
  submitEntry,
  type SubmitArguments,
  type SubmitBatchArguments,
} from '../graphql/resolvers/feedback-mutations.js';
import { errorBody } from '../http/error-body.js';
import { mapYielding } from '../yield-to-event-loop.js';
import { toSubmitted } from './mapping.js';
import {
  SubmitFeedbackBatchDocument,
  type SubmitFeedbackBatchMutationVariables,
  SubmitFeedbackDocument,
  type SubmitFeedbackMutationVariables,
} from './operations.generated.js';
import type { SubmitAnswer } from './schemas.js';

export const submitOne: DirectOperation<
  Static<typeof SubmitAnswer>,
  SubmitFeedbackMutationVariables,
  SubmitArguments
> = {
  document: SubmitFeedbackDocument,
  answer: async (context, input) => answerOf(context, await submitEntry(context, input)),
};

/** The results of a batch, as JSON. */
export class BatchResults extends WrittenData {
  constructor(
    results: readonly Buffer[],
    /** How many of the entries are stored. */
    readonly stored: number,
  ) {
    super(results);
  }
}

export const submitMany: DirectOperation<BatchResults, SubmitFeedbackBatchMutationVariables, SubmitBatchArguments> = {
  document: SubmitFeedbackBatchDocument,
  answer: async (context, batch) => {
    let stored = 0;
    const results = await mapYielding(await submitEntries(context, batch), (outcome) => {
      if ('error' in outcome) return refusalJson(outcome.error);
      stored += 1;
      const answered = answerOf(context, outcome);
      return Buffer.from(`{"status":${statusOf(answered)},${JSON.stringify(answered).slice(1)}`);
    });
    return new BatchResults(results, stored);
  },
};

function answerOf(context: RequestContext, { feedback, effect }: Submitted): Static<typeof SubmitAnswer> {
  return toSubmitted(feedback, effect, shownReasons(context, feedback.validationReasons));
}

/** The status of an answer: only what is said of an entry that was there already tells whether it changed. */
export function statusOf({ updated }: Static<typeof SubmitAnswer>): 200 | 201 {
  return updated === undefined ? 201 : 200;
}

/** The result of an entry of a batch that was refused, as JSON. */
export function refusalJson(error: ApiError): Buffer {
  const { issues, ...body } = errorBody(error);
  const told = issues?.map(({ field, problem }) => ({ field, problem }));
  return Buffer.from(JSON.stringify({ status: error.status, ...body, ...(told !== undefined && { issues: told }) }));
}
