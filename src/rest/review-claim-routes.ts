import type { FastifyRequest } from 'fastify';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import { filterVariable, LIST_FIELD_NAMES } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import {
  ClaimReviewsDocument,
  ListReviewClaimsDocument,
  ReleaseReviewClaimsDocument,
  RenewReviewClaimsDocument,
  SkipReviewsDocument,
} from './operations.generated.js';
import {
  CLAIM_MINUTES,
  HeldAnswer,
  HeldQuery,
  ReleaseAnswer,
  ReleaseBody,
  RenewClaimsAnswer,
  RenewClaimsBody,
  ReviewClaimAnswer,
  ReviewClaimBody,
  SkipAnswer,
  SkipBody,
} from './review-claim-schemas.js';
import { REVIEW_EXAMPLES } from './review-examples.js';
import { REVIEW_BASE, toReviewEntry } from './review-routes.js';

/** The filter of a claim is in an object of its own. */
const CLAIM_FIELD_NAMES = new Map([
  ...[...LIST_FIELD_NAMES].map(([name, parameter]) => [name, `filter.${parameter}`] as const),
  ...['type', 'tag', 'search', 'since', 'until'].map((name) => [name, `filter.${name}`] as const),
  ['after', 'cursor'] as const,
]);

/** How reviewers divide the queue among them: claims, their renewal and release, and what a reviewer skips. */
export function reviewClaimRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.post(
    `${REVIEW_BASE}/claim`,
    {
      config: { failure: 'Failed to claim entries', fieldNames: CLAIM_FIELD_NAMES },
      schema: {
        operationId: 'claimForReview',
        summary: 'Claim entries for review',
        description:
          'Claims the oldest unclaimed flagged entries that match a filter. Other reviewers cannot claim or decide them ' +
          'until the claim expires or is released. Entries that the reviewer has skipped come only when no others match.',
        tags: [TAGS.review],
        body: ReviewClaimBody,
        response: { 200: answer(ReviewClaimAnswer, 'The claimed entries.', REVIEW_EXAMPLES.claimed) },
        refusals: ['CONFLICT'],
      },
    },
    async (request) => {
      const { count, minutes = CLAIM_MINUTES, filter = {}, cursor: after = null, ids = null } = request.body;
      const variables = { count, minutes, filter: filterVariable(filter), after, ids };
      const { claimReviews: claimed } = await run(ClaimReviewsDocument, variables, contextOf(request));
      return {
        feedback: claimed.entries.map(toReviewEntry),
        count: claimed.entries.length,
        has_more: claimed.hasMore,
        are_skipped: claimed.areSkipped,
        ...omitNullish({ next_cursor: claimed.endCursor }),
      };
    },
  );

  application.get(
    `${REVIEW_BASE}/claims`,
    {
      config: { failure: 'Failed to list claims', fieldNames: LIST_FIELD_NAMES },
      schema: {
        operationId: 'listReviewClaims',
        summary: "List the reviewer's claims",
        description:
          'Lists the entries that the reviewer has claimed, oldest first, with the time each claim expires. Expired claims ' +
          'are listed until another reviewer takes the entry.',
        tags: [TAGS.review],
        querystring: HeldQuery,
        response: { 200: answer(HeldAnswer, 'A page of the claims.', REVIEW_EXAMPLES.held) },
      },
    },
    async (request) => {
      const { limit: first, cursor: after = null } = request.query;
      const { reviewClaims } = await run(ListReviewClaimsDocument, { first, after }, contextOf(request));
      const { edges, pageInfo, totalCount } = reviewClaims;
      return {
        feedback: edges.map(({ node }) => toReviewEntry(node)),
        count: edges.length,
        total: totalCount,
        ...omitNullish({ next_cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null }),
      };
    },
  );

  application.post(
    `${REVIEW_BASE}/claims/renew`,
    {
      config: { failure: 'Failed to renew claims' },
      schema: {
        operationId: 'renewReviewClaims',
        summary: "Renew the reviewer's claims",
        description:
          'Renews all claims of the reviewer, counted from now. A claim never becomes shorter, and one that has expired is ' +
          'valid again if no other reviewer has taken the entry.',
        tags: [TAGS.review],
        body: RenewClaimsBody,
        response: { 200: answer(RenewClaimsAnswer, 'The claims.', REVIEW_EXAMPLES.renewed) },
      },
    },
    async (request) => {
      const { minutes = CLAIM_MINUTES } = request.body;
      const { renewReviewClaims } = await run(RenewReviewClaimsDocument, { minutes }, contextOf(request));
      const claims = renewReviewClaims.claims.map(({ id, until }) => ({ id, claimed_until: until.getTime() }));
      return { claims, count: claims.length };
    },
  );

  application.post(
    `${REVIEW_BASE}/claims/release`,
    {
      config: { failure: 'Failed to release claims' },
      schema: {
        operationId: 'releaseReviewClaims',
        summary: "Release the reviewer's claims",
        description:
          'Gives entries that the reviewer has claimed back to the queue: those named, or all. Others are left alone.',
        tags: [TAGS.review],
        body: ReleaseBody,
        response: { 200: answer(ReleaseAnswer, 'The entries are back in the queue.', REVIEW_EXAMPLES.released) },
      },
    },
    async (request) => {
      const { ids = null } = request.body;
      const { releaseReviewClaims } = await run(ReleaseReviewClaimsDocument, { ids }, contextOf(request));
      const { releasedIds } = releaseReviewClaims;
      return { released_ids: releasedIds, count: releasedIds.length };
    },
  );

  application.post(
    `${REVIEW_BASE}/skip`,
    {
      config: { failure: 'Failed to skip entries' },
      schema: {
        operationId: 'skipReviews',
        summary: 'Skip entries',
        description:
          'Releases entries and keeps them from this reviewer: for 24 hours, claims give them to others, and to this ' +
          'reviewer only when no others match.',
        tags: [TAGS.review],
        body: SkipBody,
        response: { 200: answer(SkipAnswer, 'The entries are skipped.', REVIEW_EXAMPLES.skipped) },
      },
    },
    async (request) => {
      const { skipReviews } = await run(SkipReviewsDocument, request.body, contextOf(request));
      const { skippedIds } = skipReviews;
      return { skipped_ids: skippedIds, count: skippedIds.length };
    },
  );
}
