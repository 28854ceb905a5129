import { Type } from 'typebox';
import type { Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { MAX_TRAINING_BATCH_ID } from '../training/batch.js';
import { MAX_MARKED } from '../training/mark-used.js';
import { EXAMPLES } from './examples.js';
import { BASE } from './feedback-routes.js';
import { answer, TAGS } from './openapi.js';
import { MarkUsedForTrainingDocument } from './operations.generated.js';
import { closed } from './schemas.js';

/** What a GraphQL `Int` holds. */
const MAX_VERSION = 2 ** 31 - 1;

const MarkUsedBody = Type.Object(
  {
    feedback_ids: Type.Array(Type.String(), {
      minItems: 1,
      maxItems: MAX_MARKED,
      description: 'Ids of the approved entries that were used.',
    }),
    training_batch_id: Type.Integer({
      minimum: 1,
      maximum: MAX_TRAINING_BATCH_ID,
      description: 'Number of the training batch that used them.',
    }),
    expected_versions: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: MAX_VERSION }), {
        minItems: 1,
        maxItems: MAX_MARKED,
        description:
          'Expected current version of each entry, in the order of `feedback_ids`. A mismatch is refused with 409.',
      }),
    ),
  },
  { ...closed, title: 'MarkUsedRequest', 'x-examples': EXAMPLES.markUsed },
);

const MarkUsedAnswer = Type.Object(
  {
    marked: Type.Integer({ description: 'Number of entries marked as used.' }),
    training_batch_id: Type.Integer({ description: 'Number of the training batch.' }),
  },
  { title: 'MarkUsedResult' },
);

/** `POST …/feedback/mark-used`: for trainers that number their batches themselves. */
export function markUsedRoute(application: Application, run: RunOperation, services: Services): void {
  application.post(
    `${BASE}/mark-used`,
    {
      config: {
        failure: 'Failed to mark feedback as used',
        fieldNames: new Map([['expectedVersions', 'expected_versions']]),
      },
      schema: {
        operationId: 'markFeedbackAsUsed',
        summary: 'Mark entries as used for training',
        description:
          'Marks entries as used by a training batch, all or nothing. Only approved, unused entries can be ' +
          'marked.',
        tags: [TAGS.training],
        body: MarkUsedBody,
        response: { 200: answer(MarkUsedAnswer, 'The entries were marked as used.', EXAMPLES.markedUsed) },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request) => {
      const { feedback_ids: feedbackIds, training_batch_id: trainingBatchId, expected_versions } = request.body;
      const { markUsedForTraining } = await run(
        MarkUsedForTrainingDocument,
        { feedbackIds, trainingBatchId, expectedVersions: expected_versions ?? null },
        requestContext(request, services),
      );
      return { marked: markUsedForTraining.marked, training_batch_id: markUsedForTraining.trainingBatchId };
    },
  );
}
