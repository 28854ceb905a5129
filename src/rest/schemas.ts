/** The bodies and parameters of the documented routes, in their documented names (spec). */
import { Type } from 'typebox';
import { FEEDBACK_TYPES, VALIDATION_STATUSES } from '../feedback/classes.js';
import { MAX_BATCH } from '../feedback/submit.js';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { MAX_MARKED, MAX_TRAINING_BATCH_ID } from '../training/mark-used.js';

/** The largest epoch ms that a JavaScript date can hold (ECMA-262, "Time Values"). */
const MAX_TIME = 8_640_000_000_000_000;

const closed = { additionalProperties: false } as const;

const FeedbackTypeSchema = Type.Enum(FEEDBACK_TYPES, { description: 'The judgement.' });
const StatusSchema = Type.Enum(VALIDATION_STATUSES, { description: 'What validation says of it.' });

export const SubmitBody = Type.Object(
  {
    type: FeedbackTypeSchema,
    question: Type.String({ description: 'The original question: 1 to 10,000 characters, not blank.' }),
    answer: Type.String({ description: "The model's response: 1 to 10,000 characters, not blank." }),
    user_id: Type.Optional(Type.String({ description: 'Who gives the feedback: 1 to 256 bytes, as are all ids.' })),
    interaction_id: Type.Optional(Type.String({ description: 'Reference to the interaction with the model.' })),
    correction: Type.Optional(Type.String({ description: 'The correct answer; for negative feedback.' })),
    comment: Type.Optional(Type.String({ description: 'Additional comment.' })),
    model_version: Type.Optional(Type.String({ description: 'The version of the model that answered.' })),
    adapter_id: Type.Optional(Type.String({ description: 'The LoRA adapter that answered; linked automatically.' })),
    adapter_version: Type.Optional(Type.String({ description: 'The version of that adapter.' })),
    external_id: Type.Optional(
      Type.String({ description: 'An id of your own: submitting it again returns the entry that is there.' }),
    ),
  },
  closed,
);

export const SubmitAnswer = Type.Object({
  id: Type.String(),
  type: FeedbackTypeSchema,
  question: Type.String(),
  answer: Type.String(),
  validation_status: StatusSchema,
  validation_reasons: Type.Array(Type.String(), { description: 'Why it was flagged or rejected.' }),
  version: Type.Integer(),
  created_at: Type.Integer({ description: 'Epoch ms.' }),
  message: Type.String(),
});

const entryProperties = {
  id: Type.String(),
  type: FeedbackTypeSchema,
  question: Type.String(),
  answer: Type.String(),
  user_id: Type.Optional(Type.String()),
  interaction_id: Type.Optional(Type.String()),
  correction: Type.Optional(Type.String()),
  comment: Type.Optional(Type.String()),
  validation_status: StatusSchema,
  validation_reasons: Type.Array(Type.String()),
  model_version: Type.Optional(Type.String()),
  adapter_id: Type.Optional(Type.String()),
  adapter_version: Type.Optional(Type.String()),
  external_id: Type.Optional(Type.String()),
  used_for_training: Type.Boolean(),
  training_batch_id: Type.Integer({ description: '0 while unused.' }),
  version: Type.Integer({ description: 'Every change makes a new one.' }),
  created_at: Type.Integer({ description: 'Epoch ms.' }),
};

export const EntryAnswer = Type.Object(entryProperties);

const pageParameters = {
  limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100, description: 'How many entries.' }),
  cursor: Type.Optional(Type.String({ description: "The 'next_cursor' of the page before." })),
  order: Type.Enum(['asc', 'desc'], { default: 'asc', description: 'Oldest first, or newest first.' }),
};

const filterParameters = {
  type: Type.Optional(FeedbackTypeSchema),
  status: Type.Optional(StatusSchema),
  unused: Type.Optional(Type.Boolean({ description: 'true: neither used nor held by a training batch; false: used.' })),
  model: Type.Optional(Type.String({ description: 'Model version.' })),
  user: Type.Optional(Type.String({ description: 'User id, as the client named the user.' })),
  interaction: Type.Optional(Type.String({ description: 'Interaction id.' })),
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

export const ListAnswer = Type.Object({
  feedback: Type.Array(EntryAnswer),
  count: Type.Integer({ description: 'How many entries are returned.' }),
  limit: Type.Integer(),
  next_cursor: nextCursor,
});

export const ByAdapterAnswer = Type.Object({
  adapter_id: Type.String(),
  feedback: Type.Array(EntryAnswer),
  count: Type.Integer({ description: 'How many entries are returned.' }),
  total_linked: Type.Integer({ description: 'All feedback that is linked to the adapter, whatever the filters.' }),
  next_cursor: nextCursor,
});

export const StatsAnswer = Type.Object({
  total_feedback: Type.Integer(),
  positive_count: Type.Integer(),
  negative_count: Type.Integer(),
  pending_validation: Type.Integer(),
  approved_count: Type.Integer(),
  rejected_count: Type.Integer(),
  flagged_count: Type.Integer(),
  unused_for_training: Type.Integer(),
  used_for_training: Type.Integer(),
  positive_ratio: Type.Number(),
});

export const LinkBody = Type.Object(
  {
    adapter_id: Type.String({ description: 'The adapter to link to; made if it is not known.' }),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Any(), { description: 'Up to 4 KiB of JSON.' })),
  },
  closed,
);

export const LinkAnswer = Type.Object({
  type: Type.Literal('FEEDBACK_FOR'),
  feedback_id: Type.String(),
  adapter_id: Type.String(),
  adapter_version: Type.Optional(Type.String()),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Any())),
  created_at: Type.Integer({ description: 'Epoch ms.' }),
});

export const MarkUsedBody = Type.Object(
  {
    feedback_ids: Type.Array(Type.String(), { minItems: 1, maxItems: MAX_MARKED }),
    training_batch_id: Type.Integer({ minimum: 1, maximum: MAX_TRAINING_BATCH_ID }),
  },
  closed,
);

export const MarkUsedAnswer = Type.Object({ marked: Type.Integer(), training_batch_id: Type.Integer() });

/** Each entry is checked on its own, so that one bad entry does not refuse the others. */
export const BatchBody = Type.Object(
  {
    feedback: Type.Array(Type.Any(), { minItems: 1, maxItems: MAX_BATCH, description: 'Entries, as for one submit.' }),
  },
  closed,
);

const ErrorProperties = {
  error: Type.String(),
  details: Type.String(),
  code: Type.String(),
  issues: Type.Optional(Type.Array(Type.Object({ field: Type.String(), problem: Type.String() }))),
};

export const BatchAnswer = Type.Object({
  results: Type.Array(
    Type.Object({
      status: Type.Integer({ description: '201, or the status that this entry alone would have been answered with.' }),
      ...Type.Partial(SubmitAnswer).properties,
      ...Type.Partial(Type.Object(ErrorProperties)).properties,
    }),
    { description: 'One for each entry, in their order.' },
  ),
  stored: Type.Integer({ description: 'How many were stored.' }),
});

export const VersionsQuery = Type.Object({ limit: pageParameters.limit, cursor: pageParameters.cursor }, closed);

export const VersionsAnswer = Type.Object({
  id: Type.String(),
  versions: Type.Array(Type.Object({ ...entryProperties, updated_at: Type.Integer({ description: 'Epoch ms.' }) })),
  count: Type.Integer({ description: 'How many versions are returned.' }),
  next_cursor: nextCursor,
});

const learnedFrom = {
  training_batches: Type.Array(Type.String(), { description: 'The training batches that include it.' }),
  adapters: Type.Array(Type.String(), { description: 'The adapters that were trained on those.' }),
};

export const EraseAnswer = Type.Object({ id: Type.String(), erased_at: Type.Integer(), ...learnedFrom });

export const EraseOfUserQuery = Type.Object(
  { user_id: Type.String({ description: 'As the client named the user.' }) },
  closed,
);

export const EraseOfUserAnswer = Type.Object({ erased: Type.Integer(), ...learnedFrom });

export const EntryParameters = Type.Object({ id: Type.String() });
export const AdapterParameters = Type.Object({ adapter_id: Type.String() });
