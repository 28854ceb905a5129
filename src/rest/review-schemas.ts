/** Bodies and parameters of the routes under /api/v1/llm/feedback/review, as schemas.ts has those of feedback. */
import { Type } from 'typebox';
import { MAX_REASON } from '../feedback/review.js';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { FEEDBACK_TYPES, VALIDATION_STATUSES } from '../model/facets.js';
import { tableWith } from '../model/feedback-fields.js';
import { submittedSchemas } from './field-schemas.js';
import { REVIEW_EXAMPLES } from './review-examples.js';
import { closed, EntryAnswer } from './schemas.js';

export const QueueQuery = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100, description: 'Number of entries to return.' }),
    cursor: Type.Optional(Type.String({ description: 'The `next_cursor` of the previous page.' })),
    status: Type.Optional(
      Type.Enum(VALIDATION_STATUSES, {
        type: 'string',
        description: 'Only entries with this validation status. By default, flagged entries and then pending ones.',
      }),
    ),
    type: Type.Optional(
      Type.Enum(FEEDBACK_TYPES, { type: 'string', description: 'Only entries with this judgement.' }),
    ),
    model: Type.Optional(Type.String({ description: 'Only entries about answers from this model version.' })),
    adapter: Type.Optional(Type.String({ description: 'Only entries linked to this adapter.' })),
  },
  closed,
);

export const ReviewEntry = Type.Object(
  {
    ...EntryAnswer.properties,
    review: Type.Optional(
      Type.Object(
        {
          verdict: Type.Enum(['approve', 'reject'], { type: 'string', description: 'The decision.' }),
          reviewer: Type.String({ description: "The `sub` claim of the reviewer's token." }),
          reason: Type.Optional(Type.String({ description: "The reviewer's reason." })),
          at: Type.Integer({ description: 'Time of the decision, in epoch milliseconds.' }),
        },
        { description: "The reviewer's decision." },
      ),
    ),
    claimed_by: Type.Optional(
      Type.String({ description: 'The `sub` claim of the token of the reviewer who has claimed the entry.' }),
    ),
    claimed_until: Type.Optional(Type.Integer({ description: 'Time the claim expires, in epoch milliseconds.' })),
  },
  { title: 'ReviewEntry' },
);

export const QueueAnswer = Type.Object(
  {
    feedback: Type.Array(ReviewEntry, { description: 'Entries of the page, in the order of the queue.' }),
    count: Type.Integer({ description: 'Number of entries returned.' }),
    total: Type.Integer({ description: 'Total number of entries in the queue.' }),
    next_cursor: Type.Optional(Type.String({ description: 'The `cursor` of the next page, if there is one.' })),
  },
  { title: 'ReviewQueue' },
);

export const ReviewBody = Type.Object(
  {
    verdict: Type.Enum(['approve', 'reject'], { type: 'string', description: 'The decision.' }),
    reason: Type.Optional(
      Type.String({
        description: `Reason for the decision, from 1 to ${MAX_REASON} characters; stored with the entry.`,
      }),
    ),
    correction: Type.Optional(Type.String({ description: 'The correct answer. Replaces any existing correction.' })),
  },
  { ...closed, title: 'ReviewRequest', 'x-examples': REVIEW_EXAMPLES.review },
);

export const ReviseBody = Type.Object(
  {
    ...Type.Partial(Type.Object(submittedSchemas(tableWith('revisable')))).properties,
    withdrawn: Type.Optional(Type.Boolean({ description: 'true withdraws the entry; false restores it.' })),
  },
  { ...closed, minProperties: 1, title: 'Revision', 'x-examples': REVIEW_EXAMPLES.revise },
);
