import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import type { FeedbackType, ValidationStatus } from '../model/facets.js';
import { omitNullish } from '../omit-nullish.js';
import { BASE } from './feedback-routes.js';
import { fromEnum, LIST_FIELD_NAMES, toEnum, toRevision } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import {
  ListReviewQueueDocument,
  ReviewFeedbackDocument,
  type ReviewEntryFragment,
  ReviseFeedbackDocument,
  UndoReviewDocument,
} from './operations.generated.js';
import { entityTag, ifMatch } from './preconditions.js';
import { REVIEW_EXAMPLES } from './review-examples.js';
import { QueueAnswer, QueueQuery, ReviewBody, ReviewEntry, ReviseBody } from './review-schemas.js';
import { EntryAnswer, EntryParameters } from './schemas.js';

export const REVIEW_BASE = `${BASE}/review`;

/** An entry with its review and its claim, by the documented names. */
export function toReviewEntry({ document, review, reviewClaim }: ReviewEntryFragment): Static<typeof ReviewEntry> {
  return {
    ...document,
    ...(review == null
      ? {}
      : {
          review: {
            verdict: fromEnum(review.verdict),
            reviewer: review.reviewer,
            ...omitNullish({ reason: review.reason }),
            at: review.at.getTime(),
          },
        }),
    ...(reviewClaim == null ? {} : { claimed_by: reviewClaim.reviewer, claimed_until: reviewClaim.until.getTime() }),
  };
}

/** What people decide of flagged entries, and the change of mind of who submitted one. */
export function reviewRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.get(
    REVIEW_BASE,
    {
      config: { failure: 'Failed to list what waits for a review', fieldNames: LIST_FIELD_NAMES },
      schema: {
        operationId: 'listReviewQueue',
        summary: 'List the review queue',
        description: 'Lists flagged entries, then pending ones, each oldest first.',
        tags: [TAGS.review],
        querystring: QueueQuery,
        response: { 200: answer(QueueAnswer, 'A page of the queue.', REVIEW_EXAMPLES.queue) },
      },
    },
    async (request) => {
      const { limit, cursor, status, type, model, adapter } = request.query;
      const filter = {
        validationStatus: status === undefined ? null : toEnum<ValidationStatus>(status),
        type: type === undefined ? null : toEnum<FeedbackType>(type),
        modelVersion: model ?? null,
        adapterId: adapter ?? null,
      };
      const variables = { filter, first: limit, after: cursor ?? null };
      const { reviewQueue } = await run(ListReviewQueueDocument, variables, contextOf(request));
      const { edges, pageInfo, totalCount } = reviewQueue;
      return {
        feedback: edges.map(({ node }) => toReviewEntry(node)),
        count: edges.length,
        total: totalCount,
        ...omitNullish({ next_cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null }),
      };
    },
  );

  application.post(
    `${REVIEW_BASE}/:id`,
    {
      config: { failure: 'Failed to review feedback' },
      schema: {
        operationId: 'reviewFeedback',
        summary: 'Review an entry',
        description:
          'Approves or rejects an entry that no training batch holds or has used, optionally with a ' +
          'correction. By default, it is not validated again.',
        tags: [TAGS.review],
        params: EntryParameters,
        body: ReviewBody,
        response: { 200: answer(ReviewEntry, 'The entry was reviewed.', REVIEW_EXAMPLES.reviewed) },
        refusals: ['NOT_FOUND', 'GONE', 'CONFLICT'],
        entityTag: 'expected',
      },
    },
    async (request, reply) => {
      const { verdict, reason, correction } = request.body;
      const { id } = request.params;
      const { reviewFeedback: reviewed } = await ifMatch(request, (expectedVersion) =>
        run(
          ReviewFeedbackDocument,
          {
            id,
            verdict: toEnum(verdict),
            reason: reason ?? null,
            correction: correction ?? null,
            expectedVersion,
          },
          contextOf(request),
        ),
      );
      return reply.header('etag', entityTag(reviewed.version)).send(toReviewEntry(reviewed));
    },
  );

  application.post(
    `${REVIEW_BASE}/:id/undo`,
    {
      config: { failure: 'Failed to take back a review' },
      schema: {
        operationId: 'undoReview',
        summary: 'Undo a review',
        description: 'Restores the status, reasons and correction from before the review, as a new version.',
        tags: [TAGS.review],
        params: EntryParameters,
        response: { 200: answer(ReviewEntry, 'The review was undone.', REVIEW_EXAMPLES.undone) },
        refusals: ['NOT_FOUND', 'GONE', 'CONFLICT'],
        entityTag: 'expected',
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { undoReview: reopened } = await ifMatch(request, (expectedVersion) =>
        run(UndoReviewDocument, { id, expectedVersion }, contextOf(request)),
      );
      return reply.header('etag', entityTag(reopened.version)).send(toReviewEntry(reopened));
    },
  );

  application.patch(
    `${BASE}/:id`,
    {
      config: { failure: 'Failed to change feedback' },
      schema: {
        operationId: 'reviseFeedback',
        summary: 'Revise an entry',
        description:
          'Reverses the judgement of an entry, changes its correction or comment, or withdraws it, provided no ' +
          'training batch holds or has used it. The entry is validated again and gets a new version. Only the ' +
          '`sub` that submitted the entry may revise it.',
        tags: [TAGS.feedback],
        params: EntryParameters,
        body: ReviseBody,
        response: { 200: answer(EntryAnswer, 'The entry was revised.', REVIEW_EXAMPLES.revised) },
        refusals: ['NOT_FOUND', 'GONE', 'CONFLICT'],
        entityTag: 'expected',
      },
    },
    async (request, reply) => {
      const input = toRevision(request.body);
      const { id } = request.params;
      const { reviseFeedback: revised } = await ifMatch(request, (expectedVersion) =>
        run(ReviseFeedbackDocument, { id, input, expectedVersion }, contextOf(request)),
      );
      return reply.header('etag', entityTag(revised.version)).send(revised.document);
    },
  );
}
