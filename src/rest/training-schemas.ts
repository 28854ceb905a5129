/** Bodies and parameters of the routes under /api/v1/llm/training, as schemas.ts has those of feedback. */
import { Type } from 'typebox';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { FEEDBACK_TYPES } from '../model/facets.js';
import { BATCH_STATES, LINEAGES, MAX_TRAINING_BATCH_ID } from '../training/batch.js';
import { DEFAULT_LEASE_MINUTES, MAX_BATCH_ROWS, MAX_HOLDOUT, MAX_LEASE_MINUTES } from '../training/claim.js';
import { FILE_TYPES } from '../training/export/dataset-info.js';
import { MAX_SYSTEM } from '../training/export/export.js';
import { DROP_REASONS, EXPORT_FORMATS } from '../training/export/formats.js';
import { TRAINING_EXAMPLES } from './training-examples.js';

/** The largest epoch ms that a JavaScript date can hold (ECMA-262, "Time Values"). */
const MAX_TIME = 8_640_000_000_000_000;

const closed = { additionalProperties: false } as const;

const filterProperties = {
  type: Type.Optional(Type.Enum(FEEDBACK_TYPES, { type: 'string', description: 'Only this judgement.' })),
  model: Type.Optional(Type.String({ description: 'Only of this version of the model.' })),
  adapter: Type.Optional(Type.String({ description: 'Only what is linked to this adapter.' })),
  lineage: Type.Optional(
    Type.Enum(LINEAGES, {
      type: 'string',
      description: "Whose feedback is taken beside that of 'adapter': self, nobody's.",
    }),
  ),
  since: Type.Optional(
    Type.Integer({ minimum: 0, maximum: MAX_TIME, description: 'Submitted at this time (epoch ms) or later.' }),
  ),
  until: Type.Optional(
    Type.Integer({ minimum: 0, maximum: MAX_TIME, description: 'Submitted before this time (epoch ms).' }),
  ),
};

const OrderSchema = Type.Enum(['oldest', 'newest'], { type: 'string', description: 'What is claimed first.' });

export const CreateBatchBody = Type.Object(
  {
    filter: Type.Optional(
      Type.Object(filterProperties, { ...closed, description: 'What is claimed; everything without it.' }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: MAX_BATCH_ROWS, description: 'How many entries are claimed at most.' }),
    order: Type.Optional(OrderSchema),
    holdout: Type.Optional(
      Type.Number({ description: `The share that is held out of training: 0 (default) to ${MAX_HOLDOUT}.` }),
    ),
    lease_minutes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_LEASE_MINUTES,
        description: `For how long the entries are held; ${DEFAULT_LEASE_MINUTES} without it.`,
      }),
    ),
  },
  { ...closed, title: 'TrainingBatchRequest', 'x-examples': TRAINING_EXAMPLES.create },
);

export const CommitBody = Type.Object(
  {
    produced_adapter: Type.String({ description: 'The adapter that was made; registered if it is not known.' }),
    version: Type.Optional(Type.String({ description: 'The version of that adapter.' })),
    base_adapter: Type.Optional(Type.String({ description: 'What that adapter was derived from.' })),
    metrics: Type.Optional(
      Type.Record(Type.String(), Type.Number(), { description: 'What the trainer measured: at most 100 numbers.' }),
    ),
  },
  { ...closed, title: 'TrainingCommit', 'x-examples': TRAINING_EXAMPLES.commit },
);

export const BatchAnswerSchema = Type.Object(
  {
    training_batch_id: Type.Integer({ description: 'The number of the batch.' }),
    state: Type.Enum(BATCH_STATES, {
      type: 'string',
      description: 'open, exported, committed, released or expired; on the way there claiming, committing, releasing.',
    }),
    count: Type.Integer({ description: 'How many entries it includes: none once it is released or expired.' }),
    claimed: Type.Optional(
      Type.Object({
        total: Type.Integer(),
        positive: Type.Integer(),
        negative: Type.Integer(),
        corrected: Type.Integer({ description: 'Negative ones with a correction.' }),
        holdout: Type.Integer({ description: 'Those that are held out of training.' }),
      }),
    ),
    filter: Type.Optional(Type.Object(filterProperties)),
    order: Type.Optional(OrderSchema),
    limit: Type.Optional(Type.Integer()),
    holdout: Type.Optional(Type.Number({ description: 'The share that is held out of training.' })),
    lease_until: Type.Optional(Type.Integer({ description: 'Until when it holds its entries, epoch ms.' })),
    created_at: Type.Integer({ description: 'Epoch ms.' }),
    created_by: Type.Optional(Type.String({ description: "The 'sub' of who made it." })),
    updated_at: Type.Integer({ description: 'Epoch ms.' }),
    produced_adapter: Type.Optional(Type.String()),
    version: Type.Optional(Type.String({ description: 'The version of the produced adapter.' })),
    base_adapter: Type.Optional(Type.String()),
    metrics: Type.Optional(Type.Record(Type.String(), Type.Number())),
    committed_at: Type.Optional(Type.Integer({ description: 'Epoch ms.' })),
    digest: Type.Optional(Type.String({ description: 'A SHA-256 over the ids and versions of its entries.' })),
  },
  { title: 'TrainingBatch' },
);

export const BatchParameters = Type.Object({
  number: Type.String({ description: `The number of a training batch, 1 to ${MAX_TRAINING_BATCH_ID}.` }),
});

export const BatchesQuery = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100, description: 'How many batches.' }),
    cursor: Type.Optional(Type.String({ description: "The 'next_cursor' of the page before." })),
  },
  closed,
);

export const BatchesAnswer = Type.Object(
  {
    training_batches: Type.Array(BatchAnswerSchema, { description: 'The highest number first.' }),
    count: Type.Integer({ description: 'How many are returned.' }),
    next_cursor: Type.Optional(Type.String({ description: "Where there are more: the 'cursor' of the next page." })),
  },
  { title: 'TrainingBatchList' },
);

export const ExportQuery = Type.Object(
  {
    format: Type.Enum(EXPORT_FORMATS, { type: 'string', description: 'The form of the rows.' }),
    split: Type.Optional(
      Type.Enum(['train', 'holdout'], { type: 'string', description: 'Which part of the batch: train without it.' }),
    ),
    file_type: Type.Optional(
      Type.Enum(FILE_TYPES, { type: 'string', description: 'JSON Lines without it. `raw` is no Parquet.' }),
    ),
    system: Type.Optional(
      Type.String({ description: `A system prompt for every row, of at most ${MAX_SYSTEM} characters.` }),
    ),
  },
  closed,
);

const Count = Type.Integer({ minimum: 0 });

export const ManifestAnswer = Type.Object(
  {
    training_batch_id: Type.Integer({ description: 'The number of the batch.' }),
    claimed_at: Type.Integer({ description: 'When it was claimed, epoch ms.' }),
    filter: Type.Object(filterProperties),
    order: OrderSchema,
    holdout: Type.Number({ description: 'The share of the batch that is held out.' }),
    format: Type.String(),
    file_type: Type.String(),
    file_name: Type.String(),
    split: Type.String(),
    system: Type.Optional(Type.String()),
    similarity: Type.Number({ description: 'How alike rows are that collapse.' }),
    sha256: Type.String({ description: 'Of the whole file, in hexadecimal.' }),
    bytes: Count,
    counts: Type.Object({
      entries: Type.Integer({ description: 'Of the split, erased ones included.' }),
      rows: Count,
      erased: Count,
      exact_duplicates: Count,
      near_duplicates: Count,
      dropped: Type.Object(Object.fromEntries(DROP_REASONS.map((reason) => [reason, Count])), {
        description: 'Entries that make no row of the format, by the reason.',
      }),
    }),
    feedback: Type.Array(Type.Object({ id: Type.String(), version: Type.Integer() }), {
      description: 'The entries that made a row, in the order of the rows.',
    }),
    erased: Type.Array(Type.String(), { description: 'The ids of entries that were erased since.' }),
    dataset_info: Type.Optional(Type.Unsafe<object>({ description: 'Of formats of LLaMA-Factory.' })),
  },
  { title: 'TrainingManifest' },
);

export const DatasetInfoAnswer = Type.Unsafe<object>({
  type: 'object',
  title: 'DatasetInfo',
  additionalProperties: { type: 'object', additionalProperties: true },
});
