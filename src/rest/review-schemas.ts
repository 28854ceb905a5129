/** Bodies and parameters of the routes under /api/v1/llm/feedback/review, as schemas.ts has those of feedback. */
import { Type } from 'typebox';
import { MAX_CLAIM, MAX_CLAIM_MINUTES, MAX_REASON } from '../feedback/review.js';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { FEEDBACK_TYPES, VALIDATION_STATUSES } from '../model/facets.js';
import { tableWith } from '../model/feedback-fields.js';
import { fieldSchemas } from './field-schemas.js';
import { REVIEW_EXAMPLES } from './review-examples.js';
import { EntryAnswer } from './schemas.js';

const closed = { additionalProperties: false } as const;

export const QueueQuery = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100, description: 'How many entries.' }),
    cursor: Type.Optional(Type.String({ description: "The 'next_cursor' of the page before." })),
    status: Type.Optional(
      Type.Enum(VALIDATION_STATUSES, {
        type: 'string',
        description: 'Only what has this status; without it flagged entries, then pending ones.',
      }),
    ),
    type: Type.Optional(Type.Enum(FEEDBACK_TYPES, { type: 'string', description: 'Only this judgement.' })),
    model: Type.Optional(Type.String({ description: 'Model version.' })),
    adapter: Type.Optional(Type.String({ description: 'Linked to this adapter.' })),
  },
  closed,
);

export const ReviewEntry = Type.Object(
  {
    ...EntryAnswer.properties,
    review: Type.Optional(
      Type.Object(
        {
          verdict: Type.Enum(['approve', 'reject'], { type: 'string' }),
          reviewer: Type.String({ description: "The 'sub' of the reviewer's token." }),
          reason: Type.Optional(Type.String()),
          at: Type.Integer({ description: 'Epoch ms.' }),
        },
        { description: 'What a reviewer has decided.' },
      ),
    ),
    claimed_by: Type.Optional(Type.String({ description: "The 'sub' of the reviewer who has it." })),
    claimed_until: Type.Optional(Type.Integer({ description: 'When that claim lapses, epoch ms.' })),
  },
  { title: 'ReviewEntry' },
);

export const QueueAnswer = Type.Object(
  {
    feedback: Type.Array(ReviewEntry),
    count: Type.Integer({ description: 'How many entries are returned.' }),
    total: Type.Integer({ description: 'How many wait altogether.' }),
    next_cursor: Type.Optional(Type.String({ description: "Where there are more: the 'cursor' of the next page." })),
  },
  { title: 'ReviewQueue' },
);

export const ReviewClaimBody = Type.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: MAX_CLAIM, description: 'How many entries at most.' }),
    minutes: Type.Integer({
      minimum: 1,
      maximum: MAX_CLAIM_MINUTES,
      default: 30,
      description: 'When the claim lapses by itself.',
    }),
  },
  { ...closed, title: 'ReviewClaimRequest', 'x-examples': REVIEW_EXAMPLES.claim },
);

export const ReviewClaimAnswer = Type.Object(
  { feedback: Type.Array(ReviewEntry), count: Type.Integer({ description: 'How many entries were claimed.' }) },
  { title: 'ReviewClaim' },
);

export const ReviewBody = Type.Object(
  {
    verdict: Type.Enum(['approve', 'reject'], { type: 'string', description: 'The decision.' }),
    reason: Type.Optional(Type.String({ description: `Why: 1 to ${MAX_REASON} characters; kept with the entry.` })),
    correction: Type.Optional(Type.String({ description: 'The correct answer, in place of the one that is there.' })),
  },
  { ...closed, title: 'ReviewRequest', 'x-examples': REVIEW_EXAMPLES.review },
);

export const ReviseBody = Type.Object(
  {
    ...Type.Partial(Type.Object(fieldSchemas(tableWith('revisable'), 'shown'))).properties,
    withdrawn: Type.Optional(Type.Boolean({ description: 'true takes the entry back; false brings it back.' })),
  },
  { ...closed, minProperties: 1, title: 'Revision', 'x-examples': REVIEW_EXAMPLES.revise },
);
