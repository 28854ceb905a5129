import { type Static, Type } from 'typebox';
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
import { closed, EntryParameters, IdSchema, nextCursor, VersionAnswer, VersionsQuery } from './schemas.js';

const VersionsAnswer = Type.Object(
  {
    id: IdSchema,
    versions: Type.Array(VersionAnswer, { description: 'Newest first.' }),
    count: Type.Integer({ description: 'Number of versions returned.' }),
    next_cursor: nextCursor,
  },
  { title: 'FeedbackVersionList' },
);

const learnedFrom = {
  training_batches: Type.Array(Type.String(), {
    description: 'Ids of the training batches that include an erased entry.',
  }),
  adapters: Type.Array(Type.String(), { description: 'Ids of the adapters trained on those training batches.' }),
};

const EraseAnswer = Type.Object(
  {
    id: IdSchema,
    erased_at: Type.Integer({ description: 'Time the entry was erased, in epoch milliseconds.' }),
    ...learnedFrom,
  },
  { title: 'Erasure' },
);

const EraseOfUserQuery = Type.Object(
  {
    user_id: Type.Optional(
      Type.String({ description: 'The user, as identified by the client. Either this or `sub`.' }),
    ),
    sub: Type.Optional(Type.String({ description: 'The user, as identified by the `sub` of tokens.' })),
  },
  closed,
);

const EraseOfUserAnswer = Type.Object(
  { erased: Type.Integer({ description: 'Number of erased entries.' }), ...learnedFrom },
  { title: 'UserErasure' },
);

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
          200: answer(
            EraseAnswer,
            'The entry was erased. The body lists the training batches and adapters that learned from it.',
            EXAMPLES.erased,
          ),
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
          'Permanently erases all current entries of a user, and their name wherever it records who acted. Takes either ' +
          '`user_id` or `sub`.',
        tags: [TAGS.history],
        querystring: EraseOfUserQuery,
        response: {
          200: answer(
            EraseOfUserAnswer,
            'The entries were erased. The body lists the training batches and adapters that learned from them.',
            EXAMPLES.erasedOfUser,
          ),
        },
      },
    },
    async (request) => {
      const { eraseFeedbackOfUser: erased } = await run(
        EraseFeedbackOfUserDocument,
        toPerson(request.query),
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

function toPerson({ user_id: userId, sub }: Static<typeof EraseOfUserQuery>): { userId?: string; sub?: string } {
  return omitNullish({ userId, sub });
}
