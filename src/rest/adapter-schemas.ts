/** Bodies and parameters of the routes under /api/v1/llm/adapters. */
import { Type } from 'typebox';
import { ADAPTER_STAGES } from '../adapters/adapters.js';
import { MAX_DATASETS, MAX_RANK, MAX_TARGET_MODULES } from '../adapters/input.js';
import { MAX_DEPTH } from '../adapters/lineage-walk.js';
import { DERIVATION_RELATIONS, MAX_PARENTS } from '../adapters/lineage.js';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { EXAMPLES } from './examples.js';
import { closed, StatsAnswer } from './schemas.js';

const IdSchema = Type.String({ description: 'Id of the adapter or base model, as chosen by the client.' });
const RelationSchema = Type.Enum(DERIVATION_RELATIONS, {
  type: 'string',
  description: 'How the adapter was derived from its parent, in the vocabulary of model cards (`base_model_relation`).',
});

const properties = {
  version: Type.Optional(Type.String({ description: 'Version of the adapter.' })),
  base_model: Type.Optional(Type.String({ description: 'Base model of the adapter.' })),
  peft_type: Type.Optional(
    Type.String({ description: 'Fine-tuning method, as named by PEFT: `LORA`, `ADALORA` and so on.' }),
  ),
  rank: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_RANK, description: 'Rank of the update matrices (`r` in PEFT).' }),
  ),
  lora_alpha: Type.Optional(
    Type.Number({
      description: 'LoRA alpha (`lora_alpha` in PEFT), greater than 0. Updates are scaled by `lora_alpha / rank`.',
    }),
  ),
  target_modules: Type.Optional(
    Type.Array(Type.String(), {
      maxItems: MAX_TARGET_MODULES,
      description: 'Names of the adapted modules, or a single pattern that matches them: 32 KiB in total.',
    }),
  ),
  datasets: Type.Optional(
    Type.Array(Type.String(), {
      maxItems: MAX_DATASETS,
      description: 'Names of the datasets the adapter was trained on.',
    }),
  ),
};

export const AdapterIdParameters = Type.Object({
  id: Type.String({ description: 'Id of the adapter, percent-encoded, such as `organization%2Fname`.' }),
});

export const AdapterBody = Type.Object(
  {
    ...properties,
    derived_from: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: MAX_PARENTS,
        description:
          'Ids of the parents, which are adapters or base models. Replaces the current parents. If omitted, ' +
          'the parents are unchanged; an adapter without parents is derived from its base model.',
      }),
    ),
    relation: Type.Optional(RelationSchema),
  },
  { ...closed, title: 'AdapterRegistration', 'x-examples': EXAMPLES.adapterBody },
);

/** Absent until it is first set. */
export const StageSchema = Type.Enum(ADAPTER_STAGES, {
  type: 'string',
  description: 'Stage of the adapter. Several adapters can be at each stage.',
});

const listed = {
  id: IdSchema,
  revision: Type.Integer({
    minimum: 1,
    description: 'Revision number, starting at 1 and incremented by every registration and every change of the stage.',
  }),
  ...properties,
  stage: Type.Optional(StageSchema),
  stage_version: Type.Optional(
    Type.String({
      description:
        'Version the adapter had when it was put at its stage. A version registered since then was not checked for the stage.',
    }),
  ),
  created_at: Type.Integer({ description: 'Time the adapter was first named or registered, in epoch milliseconds.' }),
  updated_at: Type.Integer({ description: 'Time the adapter was last registered, in epoch milliseconds.' }),
};

const ParentSchema = Type.Object(
  {
    id: IdSchema,
    relation: Type.Optional(RelationSchema),
    revision: Type.Optional(
      Type.String({
        description: 'The revision of the parent that the child was derived from: a branch, a tag or a commit.',
      }),
    ),
    created_at: Type.Integer({ description: 'Time the derivation was registered, in epoch milliseconds.' }),
  },
  { title: 'Derivation' },
);

export const AdapterAnswer = Type.Object(
  { ...listed, derived_from: Type.Array(ParentSchema, { description: 'Parents of the adapter, ordered by id.' }) },
  { title: 'Adapter' },
);

export const AdaptersQuery = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100, description: 'Number of adapters to return.' }),
    cursor: Type.Optional(Type.String({ description: 'The `next_cursor` of the previous page.' })),
    stage: Type.Optional(StageSchema),
  },
  closed,
);

export const AdaptersAnswer = Type.Object(
  {
    adapters: Type.Array(Type.Object(listed, { title: 'ListedAdapter' }), { description: 'Adapters, ordered by id.' }),
    count: Type.Integer({ description: 'Number of adapters returned.' }),
    limit: Type.Integer({ description: 'The requested page size.' }),
    next_cursor: Type.Optional(Type.String({ description: 'The `cursor` of the next page, if there is one.' })),
  },
  { title: 'AdapterList' },
);

export const AdapterStatsQuery = Type.Object(
  {
    version: Type.Optional(
      Type.String({ description: 'Count only entries submitted for this version of the adapter.' }),
    ),
  },
  closed,
);

export const AdapterStatsAnswer = Type.Object(
  {
    id: IdSchema,
    version: Type.Optional(Type.String({ description: 'The requested version, if any.' })),
    ...StatsAnswer.properties,
    preferences: Type.Optional(
      Type.Object(
        {
          won_count: Type.Integer({ description: 'Number of preferences won.' }),
          lost_count: Type.Integer({ description: 'Number of preferences lost.' }),
          tied_count: Type.Integer({ description: 'Number of ties.' }),
          win_rate: Type.Optional(
            Type.Number({
              minimum: 0,
              maximum: 1,
              description: '`won_count / (won_count + lost_count)`: ties are left out. Absent if there are neither.',
            }),
          ),
          win_rate_low: Type.Optional(
            Type.Number({
              minimum: 0,
              maximum: 1,
              description: 'Lower bound of the 95 % confidence interval of `win_rate` (Wilson score interval, 1927).',
            }),
          ),
          win_rate_high: Type.Optional(
            Type.Number({ minimum: 0, maximum: 1, description: 'Upper bound of the same interval.' }),
          ),
        },
        {
          description:
            "Approved preferences between the adapter's answers and those of others. Absent if a version is requested.",
        },
      ),
    ),
  },
  { title: 'AdapterStats' },
);

export const LineageQuery = Type.Object(
  {
    direction: Type.Enum(['ancestors', 'descendants', 'both'], {
      type: 'string',
      default: 'both',
      description: 'Direction in which to follow `DERIVED_FROM` edges: ancestors, descendants or both.',
    }),
    max_depth: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_DEPTH,
        description: 'Maximum number of generations to follow. Unlimited by default.',
      }),
    ),
    limit: Type.Integer({
      minimum: 1,
      maximum: MAX_PAGE,
      default: MAX_PAGE,
      description: 'Maximum number of adapters to return, nearest first.',
    }),
  },
  closed,
);

export const LineageAnswer = Type.Object(
  {
    id: IdSchema,
    nodes: Type.Array(
      Type.Object(
        {
          id: IdSchema,
          version: Type.Optional(Type.String({ description: 'Version of the adapter.' })),
          depth: Type.Integer({
            description:
              'Number of generations from the adapter: 0 for the adapter itself, positive for ancestors, ' +
              'negative for descendants.',
          }),
        },
        { title: 'LineageNode' },
      ),
      { description: 'Adapters in the graph: the adapter itself first, then the nearest.' },
    ),
    edges: Type.Array(
      Type.Object(
        {
          child_id: Type.String({ description: 'Id of the derived adapter.' }),
          parent_id: Type.String({ description: 'Id of the parent.' }),
          created_at: Type.Integer({ description: 'Time the derivation was registered, in epoch milliseconds.' }),
        },
        { title: 'LineageEdge' },
      ),
      { description: 'Every derivation between two of the nodes.' },
    ),
    truncated: Type.Boolean({ description: 'Whether the lineage has more adapters than `limit`.' }),
  },
  { title: 'Lineage' },
);
