/**
 * Bodies and parameters of feedback entries, and what several routes share, by the names that docs/api.md gives them. The
 * schemas check requests and make up the OpenAPI description, where one with a `title` becomes the component of that name.
 */
import { Type } from 'typebox';
import { ERRORS } from '../errors.js';
import { SEARCH_DESCRIPTION } from '../feedback/search/query.js';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { CHAT_ROLES } from '../model/conversation.js';
import { FEEDBACK_TYPES, VALIDATION_STATUSES } from '../model/facets.js';
import { FEEDBACK_FIELDS, JUDGEMENT_FIELDS, ORIGIN_FIELDS } from '../model/feedback-fields.js';
import { EXAMPLES } from './examples.js';
import {
  filterSchemas,
  PERIOD_PARAMETERS,
  shownSchemas,
  submittedSchemas,
  optionalTimeSchema,
} from './field-schemas.js';
import { SCORE_DESCRIPTION } from './score-parameter.js';

/** Of a body or a query that may have no other properties. */
export const closed = { additionalProperties: false } as const;

const FeedbackTypeSchema = Type.Enum(FEEDBACK_TYPES, { type: 'string', description: 'The judgement.' });
const StatusSchema = Type.Enum(VALIDATION_STATUSES, {
  type: 'string',
  description:
    'approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs ' +
    'manual review.',
});
export const IdSchema = Type.String({ description: 'Opaque id of the entry.' });
const CreatedAtSchema = Type.Integer({ description: 'Time the entry was submitted, in epoch milliseconds.' });
const ReasonsSchema = Type.Array(Type.String(), {
  description: 'Why the entry was flagged or rejected; empty otherwise.',
});
const VersionSchema = Type.Integer({
  minimum: 1,
  description: 'Version number, starting at 1 and incremented by every change.',
});

/** What the fields `messages` refer to; what is in a message is checked by the kind of these fields. */
export const ChatMessageSchema = Type.Object(
  {
    role: Type.Enum(CHAT_ROLES, {
      type: 'string',
      description: 'Author of the message. Only the first message may be a system message.',
    }),
    content: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.Any())], {
        description:
          'The text, or a list of parts: `{"type": "text", "text": …}` and, in user messages, `{"type": "image_url", ' +
          '"image_url": {"url": …}}`, which is stored as a reference. Omitted if the assistant only calls tools.',
      }),
    ),
    name: Type.Optional(Type.String({ description: 'Name of the speaker.' })),
    tool_calls: Type.Optional(
      Type.Array(Type.Any(), {
        description:
          'Calls made by the assistant: `{"id": …, "type": "function", "function": {"name": …, "arguments": …}}`.',
      }),
    ),
    tool_call_id: Type.Optional(Type.String({ description: 'Id of the call that a `tool` message answers.' })),
  },
  { title: 'ChatMessage', description: "A message in the form of OpenAI's chat API." },
);

export const SubmitBody = Type.Object(
  {
    ...submittedSchemas(FEEDBACK_FIELDS),
    created_at: Type.Optional(
      optionalTimeSchema('Time of the judgement, for what happened earlier (now by default, and never in the future)'),
    ),
  },
  {
    ...closed,
    // The type may follow from scores: that it is missing is found out later.
    if: { not: { anyOf: [{ required: ['messages'] }, { required: ['candidates'] }] } },
    then: { required: ['question', 'answer'] },
    title: 'Submission',
    'x-examples': EXAMPLES.submission,
  },
);

export const SubmitAnswer = Type.Object(
  {
    id: IdSchema,
    type: FeedbackTypeSchema,
    question: Type.String({ description: 'The original question.' }),
    answer: Type.String({ description: "The model's response." }),
    validation_status: StatusSchema,
    validation_reasons: ReasonsSchema,
    version: VersionSchema,
    created_at: CreatedAtSchema,
    updated: Type.Optional(
      Type.Boolean({
        description: 'Whether the submission changed the existing entry. Omitted for a new entry.',
      }),
    ),
    message: Type.String({ description: 'The outcome, as a sentence for people.' }),
  },
  { title: 'SubmittedFeedback' },
);

const entryProperties = {
  id: IdSchema,
  ...shownSchemas(JUDGEMENT_FIELDS),
  validation_status: StatusSchema,
  validation_reasons: ReasonsSchema,
  ...shownSchemas(ORIGIN_FIELDS),
  used_for_training: Type.Boolean({ description: 'Whether a training batch has used the entry.' }),
  training_batch_id: Type.Integer({
    description: 'Number of the training batch that holds or has used the entry; 0 if there is none.',
  }),
  version: VersionSchema,
  created_at: CreatedAtSchema,
};

export const EntryAnswer = Type.Object(entryProperties, { title: 'Feedback' });

const pageParameters = {
  limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100, description: 'Number of entries to return.' }),
  cursor: Type.Optional(Type.String({ description: 'The `next_cursor` of the previous page.' })),
  order: Type.Optional(
    Type.Enum(['asc', 'desc'], {
      type: 'string',
      description: 'asc: oldest first (the default without `search`); desc: newest first (the default with it).',
    }),
  ),
  search: Type.Optional(Type.String({ description: SEARCH_DESCRIPTION })),
};

export const filterParameters = {
  type: Type.Optional(FeedbackTypeSchema),
  status: Type.Optional(StatusSchema),
  unused: Type.Optional(
    Type.Boolean({
      description: 'true: only entries neither used nor held by a training batch; false: only used entries.',
    }),
  ),
  ...filterSchemas(),
  tag: Type.Optional(Type.String({ description: 'Only entries with this tag.' })),
  score: Type.Optional(Type.String({ description: SCORE_DESCRIPTION })),
  ...PERIOD_PARAMETERS,
};

export const ByAdapterQuery = Type.Object({ ...pageParameters, ...filterParameters }, closed);

/** The filters of what is not an adapter's own list. */
export const listFilterParameters = {
  ...filterParameters,
  adapter: Type.Optional(Type.String({ description: 'Only entries linked to this adapter.' })),
};

export const ListQuery = Type.Object({ ...pageParameters, ...listFilterParameters }, closed);

export const nextCursor = Type.Optional(
  Type.String({ description: 'The `cursor` of the next page, if there is one.' }),
);

export const ListAnswer = Type.Object(
  {
    feedback: Type.Array(EntryAnswer, { description: 'Entries of the page.' }),
    count: Type.Integer({ description: 'Number of entries returned.' }),
    limit: Type.Integer({ description: 'The requested page size.' }),
    next_cursor: nextCursor,
  },
  { title: 'FeedbackList' },
);

export const ByAdapterAnswer = Type.Object(
  {
    adapter_id: Type.String({ description: 'Id of the adapter.' }),
    feedback: Type.Array(EntryAnswer, { description: 'Entries of the page.' }),
    count: Type.Integer({ description: 'Number of entries returned.' }),
    total_linked: Type.Integer({ description: 'Number of entries linked to the adapter, regardless of filters.' }),
    next_cursor: nextCursor,
  },
  { title: 'AdapterFeedbackList' },
);

export const StatsAnswer = Type.Object(
  {
    total_feedback: Type.Integer({ description: 'Number of entries.' }),
    positive_count: Type.Integer({ description: 'Number of positive entries.' }),
    negative_count: Type.Integer({ description: 'Number of negative entries.' }),
    preference_count: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Number of preferences between several answers; absent if there are none.',
      }),
    ),
    pending_validation: Type.Integer({ description: 'Number of entries that await validation.' }),
    approved_count: Type.Integer({ description: 'Number of approved entries.' }),
    rejected_count: Type.Integer({ description: 'Number of rejected entries.' }),
    flagged_count: Type.Integer({ description: 'Number of entries that need manual review.' }),
    unused_for_training: Type.Integer({
      description:
        'Number of entries neither used nor held by a training batch. Entries held by an open training batch count ' +
        'as neither unused nor used.',
    }),
    used_for_training: Type.Integer({ description: 'Number of entries that a training batch has used.' }),
    positive_ratio: Type.Number({
      minimum: 0,
      maximum: 1,
      description: '`positive_count / (positive_count + negative_count)`; 0 if there are no such entries.',
    }),
  },
  { title: 'FeedbackStats' },
);

const IssueSchema = Type.Object(
  {
    field: Type.String({
      description: 'The invalid field, parameter or header. Places in lists count from 0: `messages[2].content`.',
    }),
    problem: Type.String({ description: 'What is allowed there.' }),
    missing: Type.Optional(Type.Boolean({ description: 'Whether the field is required but missing.' })),
  },
  { title: 'Issue' },
);

const errorProperties = {
  error: Type.String({ description: 'Kind of error, as a heading for people.' }),
  details: Type.String({ description: 'One sentence that explains the error to people.' }),
  code: Type.Enum(Object.keys(ERRORS), { type: 'string', description: 'Kind of error, for programs.' }),
  issues: Type.Optional(Type.Array(IssueSchema, { description: 'All problems with the input.' })),
};

/** The documented body of every error. */
export const ErrorAnswer = Type.Object(errorProperties, { title: 'Error' });

/** Of a list without filters. */
export const VersionsQuery = Type.Object({ limit: pageParameters.limit, cursor: pageParameters.cursor }, closed);

export const VersionAnswer = Type.Object(
  {
    ...entryProperties,
    updated_at: Type.Integer({ description: 'Time this version was created, in epoch milliseconds.' }),
  },
  { title: 'FeedbackVersion' },
);

export const EntryParameters = Type.Object({ id: Type.String({ description: 'Id of the entry.' }) });
export const AdapterParameters = Type.Object({
  adapter_id: Type.String({ description: 'Id of the adapter, percent-encoded.' }),
});
