import type { Static } from 'typebox';
import { ApiError } from '../errors.js';
import type { Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import { EXAMPLES } from './examples.js';
import { BASE } from './feedback-routes.js';
import { LIST_FIELD_NAMES, toVersion } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import {
  EraseFeedbackDocument,
  EraseFeedbackOfUserDocument,
  ListFeedbackVersionsDocument,
} from './operations.generated.js';
import { ifMatch } from './preconditions.js';
import {
  EntryParameters,
  EraseAnswer,
  EraseOfUserAnswer,
  EraseOfUserQuery,
  VersionsAnswer,
  VersionsQuery,
} from './schemas.js';

/** Versions of an entry, and its end. */
export function historyRoutes(application: Application, run: RunOperation, services: Services): void {
  application.get(
    `${BASE}/:id/versions`,
    {
      config: { failure: 'Failed to read versions', fieldNames: LIST_FIELD_NAMES },
      schema: {
        operationId: 'listFeedbackVersions',
        summary: 'List versions of an entry',
        description: 'Lists all versions of an entry, newest first.',
        tags: [TAGS.history],
        params: EntryParameters,
        querystring: VersionsQuery,
        response: { 200: answer(VersionsAnswer, 'A page of versions.', EXAMPLES.versions) },
        refusals: ['NOT_FOUND', 'GONE'],
      },
    },
    async (request) => {
      const { id } = request.params;
      const { limit: first, cursor: after = null } = request.query;
      const context = requestContext(request, services);
      const { feedback } = await run(ListFeedbackVersionsDocument, { id, first, after }, context);
      if (feedback === null) throw new ApiError('NOT_FOUND', 'Feedback entry not found');
      const { edges, pageInfo } = feedback.versions;
      return {
        id,
        versions: edges.map(({ node }) => toVersion(node)),
        count: edges.length,
        ...omitNullish({ next_cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null }),
      };
    },
  );

  application.delete(
    `${BASE}/:id`,
    {
      config: { failure: 'Failed to erase feedback' },
      schema: {
        operationId: 'eraseFeedback',
        summary: 'Erase an entry',
        description: 'Permanently erases the content and authorship of an entry from all its versions.',
        tags: [TAGS.history],
        params: EntryParameters,
        response: {
          200: answer(EraseAnswer, 'The entry was erased. The body lists what had learned from it.', EXAMPLES.erased),
        },
        refusals: ['NOT_FOUND', 'GONE'],
        entityTag: 'expected',
      },
    },
    async (request) => {
      const { id } = request.params;
      const { eraseFeedback: erased } = await ifMatch(request, (expectedVersion) =>
        run(EraseFeedbackDocument, { id, expectedVersion }, requestContext(request, services)),
      );
      return {
        id: erased.id,
        erased_at: erased.erasedAt.getTime(),
        training_batches: erased.trainingBatchIds,
        adapters: erased.adapterIds,
      };
    },
  );

  application.delete(
    BASE,
    {
      config: { failure: 'Failed to erase feedback' },
      schema: {
        operationId: 'eraseFeedbackOfUser',
        summary: 'Erase all entries of a user',
        description:
          'Permanently erases every entry of a user so far, and their name wherever it says who acted. Takes either ' +
          '`user_id` or `sub`.',
        tags: [TAGS.history],
        querystring: EraseOfUserQuery,
        response: {
          200: answer(
            EraseOfUserAnswer,
            'The entries were erased. The body lists what had learned from them.',
            EXAMPLES.erasedOfUser,
          ),
        },
      },
    },
    async (request) => {
      const { eraseFeedbackOfUser: erased } = await run(
        EraseFeedbackOfUserDocument,
        personOf(request.query),
        requestContext(request, services),
      );
      return {
        erased: erased.erasedCount,
        training_batches: erased.trainingBatchIds,
        adapters: erased.adapterIds,
      };
    },
  );
}

function personOf({ user_id: userId, sub }: Static<typeof EraseOfUserQuery>): { userId?: string; sub?: string } {
  return omitNullish({ userId, sub });
}
