/** Bodies and parameters of the routes under /api/v1/llm/training, as schemas.ts has those of feedback. */
import { Type } from 'typebox';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { FEEDBACK_TYPES } from '../model/facets.js';
import { FEEDBACK_SOURCES } from '../model/feedback-fields.js';
import { BATCH_STATES, LINEAGES, MAX_TRAINING_BATCH_ID } from '../training/batch.js';
import { DEFAULT_LEASE_MINUTES, MAX_BATCH_ROWS, MAX_HOLDOUT, MAX_LEASE_MINUTES } from '../training/claim.js';
import { FILE_TYPES } from '../training/export/dataset-info.js';
import { DROP_REASONS } from '../training/export/drop-reasons.js';
import { MAX_SYSTEM } from '../training/export/export.js';
import { EXPORT_FORMATS } from '../training/export/formats.js';
import { PERIOD_PARAMETERS, PERIOD_SHOWN } from './field-schemas.js';
import { ScoresSchema } from './filter-body.js';
import { closed } from './schemas.js';
import { TRAINING_EXAMPLES } from './training-examples.js';

const filterProperties = {
  type: Type.Optional(Type.Enum(FEEDBACK_TYPES, { type: 'string', description: 'Only entries with this judgement.' })),
  model: Type.Optional(Type.String({ description: 'Only entries about answers from this model version.' })),
  adapter: Type.Optional(Type.String({ description: 'Only entries linked to this adapter.' })),
  lineage: Type.Optional(
    Type.Enum(LINEAGES, {
      type: 'string',
      description: 'Relatives of `adapter` whose entries are claimed too; `self` for none.',
    }),
  ),
  conversation: Type.Optional(Type.String({ description: 'Only entries about interactions of this conversation.' })),
  source: Type.Optional(Type.Enum(FEEDBACK_SOURCES, { type: 'string', description: 'Only entries from this source.' })),
  tag: Type.Optional(Type.String({ description: 'Only entries with this tag.' })),
  scores: Type.Optional(ScoresSchema),
};

const OrderSchema = Type.Enum(['oldest', 'newest'], { type: 'string', description: 'Which entries to claim first.' });

const LeaseMinutes = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: MAX_LEASE_MINUTES,
    description: `Duration of the lease in minutes; ${DEFAULT_LEASE_MINUTES} by default.`,
  }),
);

export const CreateBatchBody = Type.Object(
  {
    filter: Type.Optional(
      Type.Object(
        { ...filterProperties, ...PERIOD_PARAMETERS },
        {
          ...closed,
          description: 'Filter for the entries to claim; all eligible entries by default.',
        },
      ),
    ),
    limit: Type.Integer({ minimum: 1, maximum: MAX_BATCH_ROWS, description: 'Maximum number of entries to claim.' }),
    order: Type.Optional(OrderSchema),
    holdout: Type.Optional(
      Type.Number({ description: `Share of the entries to hold out of training, from 0 (default) to ${MAX_HOLDOUT}.` }),
    ),
    lease_minutes: LeaseMinutes,
    max_per_user: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_BATCH_ROWS,
        description:
          'Maximum number of entries of one user; no bound by default. An entry without `user_id` counts for its ' +
          'submitter.',
      }),
    ),
  },
  { ...closed, title: 'TrainingBatchRequest', 'x-examples': TRAINING_EXAMPLES.create },
);

export const RenewBody = Type.Object(
  { lease_minutes: LeaseMinutes },
  { ...closed, title: 'TrainingRenewal', 'x-examples': TRAINING_EXAMPLES.renew },
);

export const CommitBody = Type.Object(
  {
    produced_adapter: Type.String({ description: 'Id of the produced adapter; registered if it does not exist.' }),
    version: Type.Optional(Type.String({ description: 'Version of the produced adapter.' })),
    base_adapter: Type.Optional(
      Type.String({ description: 'Id of the adapter or base model the produced adapter was derived from.' }),
    ),
    metrics: Type.Optional(
      Type.Record(Type.String(), Type.Number(), {
        description: 'Metrics reported by the trainer: at most 100 numbers by name.',
      }),
    ),
  },
  { ...closed, title: 'TrainingCommit', 'x-examples': TRAINING_EXAMPLES.commit },
);

const MaxPerUserShown = Type.Optional(
  Type.Integer({ description: 'Maximum number of entries of one user; absent if unbounded.' }),
);

export const BatchAnswerSchema = Type.Object(
  {
    training_batch_id: Type.Integer({ description: 'Number of the training batch.' }),
    state: Type.Enum(BATCH_STATES, {
      type: 'string',
      description:
        'open, exported, committed, released or expired; claiming, committing and releasing are under way, as `progress` tells.',
    }),
    count: Type.Integer({ description: 'Number of entries in the training batch; 0 once it is released or expired.' }),
    progress: Type.Optional(
      Type.Object(
        {
          done: Type.Integer({ description: 'Number of entries that are claimed, marked as used or released.' }),
          total: Type.Integer({
            description: 'Number of all of them. An estimate while claiming, which may end with fewer.',
          }),
        },
        { description: 'How far the batch is, while it is claiming, committing or releasing.' },
      ),
    ),
    claimed: Type.Optional(
      Type.Object(
        {
          total: Type.Integer({ description: 'Number of claimed entries.' }),
          positive: Type.Integer({ description: 'Number of positive entries.' }),
          negative: Type.Integer({ description: 'Number of negative entries.' }),
          preferences: Type.Integer({ description: 'Number of preferences.' }),
          corrected: Type.Integer({ description: 'Number of negative entries with a correction.' }),
          holdout: Type.Integer({ description: 'Number of entries held out of training.' }),
        },
        { description: 'Counts of the entries that the batch has claimed.' },
      ),
    ),
    filter: Type.Optional(
      Type.Object({ ...filterProperties, ...PERIOD_SHOWN }, { description: 'The filter of the claim.' }),
    ),
    order: Type.Optional(OrderSchema),
    limit: Type.Optional(Type.Integer({ description: 'Maximum number of entries that the claim asked for.' })),
    holdout: Type.Optional(Type.Number({ description: 'Share of the entries held out of training.' })),
    max_per_user: MaxPerUserShown,
    lease_until: Type.Optional(
      Type.Integer({ description: 'Time the lease on the entries expires, in epoch milliseconds.' }),
    ),
    created_at: Type.Integer({ description: 'Time the training batch was created, in epoch milliseconds.' }),
    created_by: Type.Optional(
      Type.String({ description: 'The `sub` claim of the token that created the training batch.' }),
    ),
    updated_at: Type.Integer({ description: 'Time the training batch last changed, in epoch milliseconds.' }),
    produced_adapter: Type.Optional(Type.String({ description: 'Id of the produced adapter.' })),
    version: Type.Optional(Type.String({ description: 'Version of the produced adapter.' })),
    base_adapter: Type.Optional(Type.String({ description: 'Id of the adapter that training started from.' })),
    metrics: Type.Optional(
      Type.Record(Type.String(), Type.Number(), {
        description: 'Metrics reported by the trainer, as numbers by name.',
      }),
    ),
    committed_at: Type.Optional(
      Type.Integer({ description: 'Time the training batch was committed, in epoch milliseconds.' }),
    ),
    digest: Type.Optional(Type.String({ description: 'SHA-256 hash over the ids and versions of the entries.' })),
  },
  { title: 'TrainingBatch' },
);

export const BatchParameters = Type.Object({
  number: Type.String({ description: `Number of the training batch, from 1 to ${MAX_TRAINING_BATCH_ID}.` }),
});

export const BatchesQuery = Type.Object(
  {
    limit: Type.Integer({
      minimum: 1,
      maximum: MAX_PAGE,
      default: 100,
      description: 'Number of training batches to return.',
    }),
    state: Type.Optional(
      Type.Enum(BATCH_STATES, { type: 'string', description: 'Only training batches in this state.' }),
    ),
    cursor: Type.Optional(Type.String({ description: 'The `next_cursor` of the previous page.' })),
  },
  closed,
);

export const BatchesAnswer = Type.Object(
  {
    training_batches: Type.Array(BatchAnswerSchema, { description: 'Training batches, highest number first.' }),
    count: Type.Integer({ description: 'Number of training batches returned.' }),
    next_cursor: Type.Optional(Type.String({ description: 'The `cursor` of the next page, if there is one.' })),
  },
  { title: 'TrainingBatchList' },
);

export const ExportQuery = Type.Object(
  {
    format: Type.Enum(EXPORT_FORMATS, { type: 'string', description: 'Format of the rows.' }),
    split: Type.Optional(
      Type.Enum(['train', 'holdout'], {
        type: 'string',
        description: 'Part of the training batch to export; `train` by default.',
      }),
    ),
    file_type: Type.Optional(
      Type.Enum(FILE_TYPES, {
        type: 'string',
        description: 'File type; JSON Lines by default. The `raw` format is not available as Parquet.',
      }),
    ),
    pair_same_question: Type.Optional(
      Type.Boolean({
        description:
          'Whether a positive and a negative entry about the same question make a preference pair; `true` by default.',
      }),
    ),
    system: Type.Optional(
      Type.String({ description: `System prompt to add to every row: at most ${MAX_SYSTEM} characters.` }),
    ),
  },
  closed,
);

export const CroissantQuery = Type.Object(
  {
    ...ExportQuery.properties,
    license: Type.Optional(
      Type.String({
        description: 'License of the rows, as its URL or SPDX identifier, to state in the description: 1 to 256 bytes.',
      }),
    ),
  },
  closed,
);

/** The form is the standard's own. */
export const CroissantAnswer = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  additionalProperties: true,
  title: 'Croissant',
});

const count = (description: string) => Type.Integer({ minimum: 0, description });

export const ManifestAnswer = Type.Object(
  {
    training_batch_id: Type.Integer({ description: 'Number of the training batch.' }),
    claimed_at: Type.Integer({ description: 'Time the training batch was claimed, in epoch milliseconds.' }),
    filter: Type.Object(filterProperties, { description: 'The filter of the claim.' }),
    order: OrderSchema,
    holdout: Type.Number({ description: 'Share of the entries held out of training.' }),
    max_per_user: MaxPerUserShown,
    format: Type.String({ description: 'Format of the rows.' }),
    file_type: Type.String({ description: 'Type of the file.' }),
    file_name: Type.String({ description: 'Name of the file that the export is downloaded as.' }),
    split: Type.String({ description: 'The exported part of the training batch.' }),
    system: Type.Optional(Type.String({ description: 'The system prompt in the rows.' })),
    similarity: Type.Number({ description: 'Similarity at which rows are collapsed as near-duplicates.' }),
    pair_same_question: Type.Boolean({
      description: 'Whether a good and a bad answer to the same question make a preference pair.',
    }),
    sha256: Type.String({ description: 'SHA-256 hash of the complete file, in hexadecimal.' }),
    bytes: count('Size of the complete file in bytes.'),
    counts: Type.Object(
      {
        entries: Type.Integer({ description: 'Number of entries in the split, including erased ones.' }),
        rows: count('Number of rows in the file.'),
        erased: count('Number of entries erased since they were claimed.'),
        paired: count(
          'Number of entries that share the row of a later entry, as the other answer to the same question.',
        ),
        exact_duplicates: count('Number of rows left out because their texts equal those of another row.'),
        near_duplicates: count('Number of rows left out as near-duplicates of another row.'),
        dropped: Type.Object(
          Object.fromEntries(
            Object.entries(DROP_REASONS).map(([reason, why]) => [reason, count(`Number of entries. ${why}`)]),
          ),
          {
            description: 'Number of entries that produce no row in the format, by reason.',
          },
        ),
      },
      { description: 'Counts of entries and rows.' },
    ),
    feedback: Type.Array(
      Type.Object({
        id: Type.String({ description: 'Id of the entry.' }),
        version: Type.Integer({ description: 'The exported version of the entry.' }),
        paired_with: Type.Optional(
          Type.Object(
            {
              id: Type.String({ description: 'Id of the other entry.' }),
              version: Type.Integer({ description: 'The exported version of the other entry.' }),
            },
            { description: 'The entry with the other answer to the same question, included in the same row.' },
          ),
        ),
      }),
      {
        description: 'Entries that produced a row, in row order.',
      },
    ),
    erased: Type.Array(Type.String(), { description: 'Ids of entries erased since they were claimed.' }),
    dataset_info: Type.Optional(
      Type.Unsafe<object>({ description: 'The dataset description, for LLaMA-Factory formats only.' }),
    ),
  },
  { title: 'TrainingManifest' },
);

export const DatasetInfoAnswer = Type.Unsafe<object>({
  type: 'object',
  title: 'DatasetInfo',
  additionalProperties: { type: 'object', additionalProperties: true },
});
