import { type Static, Type } from 'typebox';
import { ApiError } from '../errors.js';
import { MAX_COMPARED, MAX_SIMILAR, MIN_SIMILARITY } from '../feedback/similar.js';
import type { Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { EXAMPLES } from './examples.js';
import { BASE } from './feedback-routes.js';
import { LIST_FIELD_NAMES } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import { ListSimilarFeedbackDocument } from './operations.generated.js';
import { closed, EntryAnswer, EntryParameters, IdSchema } from './schemas.js';

const SimilarQuery = Type.Object(
  {
    limit: Type.Integer({
      minimum: 1,
      maximum: MAX_SIMILAR,
      default: 5,
      description: 'Number of entries to return.',
    }),
  },
  closed,
);

const SimilarAnswer = Type.Object(
  {
    id: IdSchema,
    similar: Type.Array(
      Type.Object(
        {
          similarity: Type.Number({
            minimum: MIN_SIMILARITY,
            maximum: 1,
            description:
              'How alike question and answer of both are: the share of sequences of three words that both have, of all ' +
              'that either has.',
          }),
          feedback: EntryAnswer,
        },
        { title: 'SimilarFeedback' },
      ),
      { description: 'Similar entries, the most similar first.' },
    ),
    count: Type.Integer({ description: 'Number of entries returned.' }),
  },
  { title: 'SimilarFeedbackList' },
);

/** `GET …/feedback/{id}/similar`: what is nearly the same as an entry. */
export function similarRoute(application: Application, run: RunOperation, services: Services): void {
  application.get(
    `${BASE}/:id/similar`,
    {
      config: { failure: 'Failed to read similar entries', fieldNames: LIST_FIELD_NAMES },
      schema: {
        operationId: 'listSimilarFeedback',
        summary: 'List similar entries',
        description:
          `Lists entries whose question and answer are alike to ${MIN_SIMILARITY} or more, whatever was said of the answer: ` +
          `among the newest ${MAX_COMPARED} entries of the same adapter, or, of an entry without one, of the organization.`,
        tags: [TAGS.feedback],
        params: EntryParameters,
        querystring: SimilarQuery,
        response: { 200: answer(SimilarAnswer, 'The similar entries.', EXAMPLES.similar) },
        refusals: ['NOT_FOUND', 'GONE'],
      },
    },
    async (request): Promise<Static<typeof SimilarAnswer>> => {
      const { id } = request.params;
      const variables = { id, first: request.query.limit };
      const { feedback } = await run(ListSimilarFeedbackDocument, variables, requestContext(request, services));
      if (feedback === null) throw new ApiError('NOT_FOUND', 'Feedback entry not found');
      const similar = feedback.similar.map(({ similarity, node }) => ({ similarity, feedback: node.document }));
      return { id, similar, count: similar.length };
    },
  );
}
