/**
 * The bodies and parameters of the documented routes, in their documented names (spec). Requests are checked by them and
 * the description of the API is made of them: a schema with a `title` becomes the component of that name.
 */
import { Type } from 'typebox';
import { ERRORS } from '../errors.js';
import { MAX_BATCH } from '../feedback/submit.js';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { AuditActionEnum } from '../graphql/types/history.js';
import { FEEDBACK_TYPES, VALIDATION_STATUSES } from '../model/facets.js';
import { FEEDBACK_FIELDS, JUDGEMENT_FIELDS, ORIGIN_FIELDS } from '../model/feedback-fields.js';
import { MAX_TRAINING_BATCH_ID } from '../training/batch.js';
import { MAX_MARKED } from '../training/mark-used.js';
import { EXAMPLES } from './examples.js';
import { fieldSchemas, filterSchemas } from './field-schemas.js';

/** The largest epoch ms that a JavaScript date can hold (ECMA-262, "Time Values"). */
const MAX_TIME = 8_640_000_000_000_000;

/** In the description of the API, a schema with this keyword is shown as the component that it names. */
export const DOCUMENTED_AS = 'x-documented-as';

const closed = { additionalProperties: false } as const;

const FeedbackTypeSchema = Type.Enum(FEEDBACK_TYPES, { type: 'string', description: 'The judgement.' });
const StatusSchema = Type.Enum(VALIDATION_STATUSES, {
  type: 'string',
  description:
    'approved: passed validation; pending: awaits it; rejected: failed it; flagged: a person should look at it.',
});
const IdSchema = Type.String({ description: 'The id of the entry; opaque.' });
const CreatedAtSchema = Type.Integer({ description: 'When it was submitted, epoch ms.' });
const ReasonsSchema = Type.Array(Type.String(), { description: 'Why it was flagged or rejected; else empty.' });
const VersionSchema = Type.Integer({ minimum: 1, description: 'Every change makes a new one, from 1.' });

export const SubmitBody = Type.Object(fieldSchemas(FEEDBACK_FIELDS, 'submitted'), {
  ...closed,
  title: 'Submission',
  'x-examples': EXAMPLES.submission,
});

export const SubmitAnswer = Type.Object(
  {
    id: IdSchema,
    type: FeedbackTypeSchema,
    question: Type.String(),
    answer: Type.String(),
    validation_status: StatusSchema,
    validation_reasons: ReasonsSchema,
    version: VersionSchema,
    created_at: CreatedAtSchema,
    message: Type.String(),
  },
  { title: 'SubmittedFeedback' },
);

const entryProperties = {
  id: IdSchema,
  ...fieldSchemas(JUDGEMENT_FIELDS, 'shown'),
  validation_status: StatusSchema,
  validation_reasons: ReasonsSchema,
  ...fieldSchemas(ORIGIN_FIELDS, 'shown'),
  used_for_training: Type.Boolean({ description: 'Whether a training batch has used it.' }),
  training_batch_id: Type.Integer({ description: 'Which training batch has used it; 0 while unused.' }),
  version: VersionSchema,
  created_at: CreatedAtSchema,
};

export const EntryAnswer = Type.Object(entryProperties, { title: 'Feedback' });

const pageParameters = {
  limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100, description: 'How many entries.' }),
  cursor: Type.Optional(Type.String({ description: "The 'next_cursor' of the page before." })),
  order: Type.Enum(['asc', 'desc'], {
    type: 'string',
    default: 'asc',
    description: 'asc: oldest first; desc: newest first.',
  }),
};

const filterParameters = {
  type: Type.Optional(FeedbackTypeSchema),
  status: Type.Optional(StatusSchema),
  unused: Type.Optional(Type.Boolean({ description: 'true: neither used nor held by a training batch; false: used.' })),
  ...filterSchemas(),
  since: Type.Optional(
    Type.Integer({ minimum: 0, maximum: MAX_TIME, description: 'Submitted at this time (epoch ms) or later.' }),
  ),
  until: Type.Optional(
    Type.Integer({ minimum: 0, maximum: MAX_TIME, description: 'Submitted before this time (epoch ms).' }),
  ),
};

export const ByAdapterQuery = Type.Object({ ...pageParameters, ...filterParameters }, closed);

export const ListQuery = Type.Object(
  {
    ...pageParameters,
    ...filterParameters,
    adapter: Type.Optional(Type.String({ description: 'Linked to this adapter.' })),
  },
  closed,
);

const nextCursor = Type.Optional(Type.String({ description: "Where there are more: the 'cursor' of the next page." }));

export const ListAnswer = Type.Object(
  {
    feedback: Type.Array(EntryAnswer),
    count: Type.Integer({ description: 'How many entries are returned.' }),
    limit: Type.Integer({ description: 'How many were asked for.' }),
    next_cursor: nextCursor,
  },
  { title: 'FeedbackList' },
);

export const ByAdapterAnswer = Type.Object(
  {
    adapter_id: Type.String(),
    feedback: Type.Array(EntryAnswer),
    count: Type.Integer({ description: 'How many entries are returned.' }),
    total_linked: Type.Integer({ description: 'All feedback that is linked to the adapter, whatever the filters.' }),
    next_cursor: nextCursor,
  },
  { title: 'AdapterFeedbackList' },
);

export const StatsAnswer = Type.Object(
  {
    total_feedback: Type.Integer(),
    positive_count: Type.Integer(),
    negative_count: Type.Integer(),
    pending_validation: Type.Integer(),
    approved_count: Type.Integer(),
    rejected_count: Type.Integer(),
    flagged_count: Type.Integer(),
    unused_for_training: Type.Integer({ description: 'What an open training batch holds is neither.' }),
    used_for_training: Type.Integer(),
    positive_ratio: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'positive_count / total_feedback; 0 where there is none.',
    }),
  },
  { title: 'FeedbackStats' },
);

export const LinkBody = Type.Object(
  {
    adapter_id: Type.String({ description: 'The adapter to link to; made if it is not known.' }),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Any(), { description: 'Up to 4 KiB of JSON.' })),
  },
  { ...closed, title: 'LinkRequest', 'x-examples': EXAMPLES.link },
);

export const LinkAnswer = Type.Object(
  {
    type: Type.Literal('FEEDBACK_FOR'),
    feedback_id: Type.String(),
    adapter_id: Type.String(),
    adapter_version: Type.Optional(Type.String()),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Any())),
    created_at: Type.Integer({ description: 'When the link was made, epoch ms.' }),
  },
  { title: 'FeedbackLink' },
);

/** What a GraphQL `Int` holds. */
const MAX_VERSION = 2 ** 31 - 1;

export const MarkUsedBody = Type.Object(
  {
    feedback_ids: Type.Array(Type.String(), { minItems: 1, maxItems: MAX_MARKED }),
    training_batch_id: Type.Integer({ minimum: 1, maximum: MAX_TRAINING_BATCH_ID }),
    expected_versions: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: MAX_VERSION }), {
        minItems: 1,
        maxItems: MAX_MARKED,
        description: 'The version that each entry must be at, in the order of `feedback_ids`; else 409.',
      }),
    ),
  },
  { ...closed, title: 'MarkUsedRequest', 'x-examples': EXAMPLES.markUsed },
);

export const MarkUsedAnswer = Type.Object(
  { marked: Type.Integer({ description: 'How many entries were marked.' }), training_batch_id: Type.Integer() },
  { title: 'MarkUsedResult' },
);

/** Each entry is checked on its own, so that one bad entry does not refuse the others. */
export const BatchBody = Type.Object(
  {
    feedback: Type.Array(Type.Any({ [DOCUMENTED_AS]: 'Submission' }), {
      minItems: 1,
      maxItems: MAX_BATCH,
      description: 'Entries, as for one submit.',
    }),
  },
  { ...closed, title: 'BatchSubmission', 'x-examples': EXAMPLES.batch },
);

const IssueSchema = Type.Object(
  {
    field: Type.String({ description: 'The field, parameter or header that is wrong.' }),
    problem: Type.String({ description: 'What is allowed there.' }),
    missing: Type.Optional(Type.Boolean({ description: 'It is required, and was not given.' })),
  },
  { title: 'Issue' },
);

const errorProperties = {
  error: Type.String({ description: 'What kind of error it is, in words.' }),
  details: Type.String({ description: 'One sentence for the person who reads it.' }),
  code: Type.Enum(Object.keys(ERRORS), { type: 'string', description: 'What kind of error it is, for programs.' }),
  issues: Type.Optional(Type.Array(IssueSchema, { description: 'Everything that is wrong with the input.' })),
};

/** The documented body of every error. */
export const ErrorAnswer = Type.Object(errorProperties, { title: 'Error' });

export const BatchAnswer = Type.Object(
  {
    results: Type.Array(
      Type.Object(
        {
          status: Type.Integer({ description: '201, or the status that this entry alone would be answered with.' }),
          ...Type.Partial(SubmitAnswer).properties,
          ...Type.Partial(ErrorAnswer).properties,
        },
        { title: 'BatchEntryResult' },
      ),
      { description: 'One for each entry, in their order.' },
    ),
    stored: Type.Integer({ description: 'How many were stored.' }),
  },
  { title: 'BatchResult' },
);

export const VersionsQuery = Type.Object({ limit: pageParameters.limit, cursor: pageParameters.cursor }, closed);

export const VersionAnswer = Type.Object(
  { ...entryProperties, updated_at: Type.Integer({ description: 'When this version was made, epoch ms.' }) },
  { title: 'FeedbackVersion' },
);

export const VersionsAnswer = Type.Object(
  {
    id: IdSchema,
    versions: Type.Array(VersionAnswer, { description: 'Newest first.' }),
    count: Type.Integer({ description: 'How many versions are returned.' }),
    next_cursor: nextCursor,
  },
  { title: 'FeedbackVersionList' },
);

const learnedFrom = {
  training_batches: Type.Array(Type.String(), { description: 'The training batches that include it.' }),
  adapters: Type.Array(Type.String(), { description: 'The adapters that were trained on those.' }),
};

export const EraseAnswer = Type.Object(
  { id: IdSchema, erased_at: Type.Integer({ description: 'Epoch ms.' }), ...learnedFrom },
  { title: 'Erasure' },
);

export const EraseOfUserQuery = Type.Object(
  { user_id: Type.String({ description: 'As the client named the user.' }) },
  closed,
);

const ActionSchema = Type.Enum(Object.values(AuditActionEnum), {
  type: 'string',
  description: 'What was done; more kinds may be added.',
});

export const ChangesQuery = Type.Object(
  {
    after: Type.Optional(
      Type.String({
        description:
          "Only what comes after this change: its 'id'. 0: everything (the default); now: what is yet to come.",
      }),
    ),
    limit: Type.Integer({
      minimum: 1,
      maximum: MAX_PAGE,
      default: 100,
      description: 'How many changes a page looks at; filters may show fewer. A stream goes on.',
    }),
    action: Type.Optional(ActionSchema),
    ...filterParameters,
    adapter: Type.Optional(Type.String({ description: 'Linked to this adapter.' })),
  },
  closed,
);

const ChangeAnswer = Type.Object(
  {
    id: Type.String({ description: 'Its place in the feed, ascending, with gaps.' }),
    at: Type.Integer({ description: 'When, epoch ms.' }),
    action: ActionSchema,
    node: Type.String({ description: 'What was changed: an entry, an adapter or a training batch.' }),
    version: Type.Integer({ description: 'The version that the change made.' }),
  },
  { title: 'Change' },
);

export const ChangesAnswer = Type.Object(
  {
    changes: Type.Array(ChangeAnswer, { description: 'In the order of commits.' }),
    count: Type.Integer({ description: 'How many are returned.' }),
    next_after: Type.String({ description: "The 'after' of the next page, also if there is none yet." }),
    has_more: Type.Boolean({ description: 'Whether there is a next page already.' }),
  },
  { title: 'ChangeList' },
);

export const EraseOfUserAnswer = Type.Object(
  { erased: Type.Integer({ description: 'How many entries were erased.' }), ...learnedFrom },
  { title: 'UserErasure' },
);

export const EntryParameters = Type.Object({ id: Type.String({ description: 'The id of an entry.' }) });
export const AdapterParameters = Type.Object({
  adapter_id: Type.String({ description: "An adapter's own id, percent-encoded." }),
});
