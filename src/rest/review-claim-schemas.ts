/** Bodies and parameters of the routes that claim entries for review, as schemas.ts has those of feedback. */
import { Type } from 'typebox';
import { MAX_CLAIM, MAX_CLAIM_MINUTES } from '../feedback/review/claims.js';
import { SEARCH_DESCRIPTION } from '../feedback/search/query.js';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { REVIEW_EXAMPLES } from './review-examples.js';
import { ReviewEntry } from './review-schemas.js';
import { closed, listFilterParameters, nextCursor } from './schemas.js';

/** How long a claim holds unless it says otherwise. */
export const CLAIM_MINUTES = 30;

const MinutesSchema = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: MAX_CLAIM_MINUTES,
    default: CLAIM_MINUTES,
    description: 'Duration of the claim in minutes.',
  }),
);

const IdsSchema = Type.Array(Type.String(), { description: `Ids of entries, from 1 to ${MAX_CLAIM}.` });

export const ReviewClaimBody = Type.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: MAX_CLAIM, description: 'Maximum number of entries to claim.' }),
    minutes: MinutesSchema,
    filter: Type.Optional(
      Type.Object(
        { ...listFilterParameters, search: Type.Optional(Type.String({ description: SEARCH_DESCRIPTION })) },
        {
          ...closed,
          description:
            'Filter for the entries to claim, by the names that the list of entries gives its parameters. Only flagged ' +
            'entries can be claimed.',
        },
      ),
    ),
    cursor: Type.Optional(
      Type.String({
        description: 'The `next_cursor` of an earlier claim with the same filter: only later entries are claimed.',
      }),
    ),
    ids: Type.Optional(
      Type.Array(Type.String(), {
        description:
          `Only these entries, from 1 to ${MAX_CLAIM}, as far as they are unclaimed, flagged and match the filter; also ` +
          'those the reviewer has skipped. Not allowed with `cursor`.',
      }),
    ),
  },
  { ...closed, title: 'ReviewClaimRequest', 'x-examples': REVIEW_EXAMPLES.claim },
);

export const ReviewClaimAnswer = Type.Object(
  {
    feedback: Type.Array(ReviewEntry, { description: 'The claimed entries.' }),
    count: Type.Integer({ description: 'Number of entries claimed.' }),
    has_more: Type.Boolean({
      description:
        'Whether more entries may match. If true and nothing was claimed, no match was found within what one request may ' +
        'look through: claim again with `next_cursor`.',
    }),
    are_skipped: Type.Boolean({
      description: 'Whether the entries are ones the reviewer has skipped, because no others match.',
    }),
    next_cursor: Type.Optional(
      Type.String({
        description:
          'Where the search ended, for use as `cursor`. Absent if the next claim starts at the front of the queue.',
      }),
    ),
  },
  { title: 'ReviewClaim' },
);

export const HeldQuery = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100, description: 'Number of entries to return.' }),
    cursor: Type.Optional(Type.String({ description: 'The `next_cursor` of the previous page.' })),
  },
  closed,
);

export const HeldAnswer = Type.Object(
  {
    feedback: Type.Array(ReviewEntry, { description: 'Entries of the page, oldest first.' }),
    count: Type.Integer({ description: 'Number of entries returned.' }),
    total: Type.Integer({ description: 'Total number of entries that the reviewer has claimed.' }),
    next_cursor: nextCursor,
  },
  { title: 'ReviewClaims' },
);

export const RenewClaimsBody = Type.Object(
  { minutes: MinutesSchema },
  { ...closed, title: 'ReviewRenewal', 'x-examples': REVIEW_EXAMPLES.renew },
);

export const RenewClaimsAnswer = Type.Object(
  {
    claims: Type.Array(
      Type.Object(
        {
          id: Type.String({ description: 'Id of the claimed entry.' }),
          claimed_until: Type.Integer({ description: 'Time the claim expires, in epoch milliseconds.' }),
        },
        { title: 'RenewedReviewClaim' },
      ),
      { description: "All of the reviewer's claims." },
    ),
    count: Type.Integer({ description: 'Number of claims renewed.' }),
  },
  { title: 'RenewedReviewClaims' },
);

export const ReleaseBody = Type.Object(
  { ids: Type.Optional(IdsSchema) },
  {
    ...closed,
    title: 'ReviewRelease',
    description: 'Without `ids`, all that the reviewer has claimed.',
    'x-examples': REVIEW_EXAMPLES.release,
  },
);

export const ReleaseAnswer = Type.Object(
  {
    released_ids: Type.Array(Type.String(), { description: 'Ids of the entries that are back in the queue.' }),
    count: Type.Integer({ description: 'Number of entries released.' }),
  },
  { title: 'ReleasedReviewClaims' },
);

export const SkipBody = Type.Object(
  { ids: IdsSchema },
  { ...closed, title: 'ReviewSkip', 'x-examples': REVIEW_EXAMPLES.skip },
);

export const SkipAnswer = Type.Object(
  {
    skipped_ids: Type.Array(Type.String(), {
      description: 'Ids of the skipped entries: those that still await a decision.',
    }),
    count: Type.Integer({ description: 'Number of entries skipped.' }),
  },
  { title: 'SkippedReviews' },
);
