/** The bodies and parameters of the routes of adapters. */
import { Type } from 'typebox';
import { MAX_DATASETS, MAX_RANK, MAX_TARGET_MODULES } from '../adapters/input.js';
import { MAX_DEPTH } from '../adapters/lineage-walk.js';
import { DERIVATION_RELATIONS, MAX_PARENTS } from '../adapters/lineage.js';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { EXAMPLES } from './examples.js';
import { StatsAnswer } from './schemas.js';

const closed = { additionalProperties: false } as const;

const IdSchema = Type.String({ description: "The adapter's own id, or that of the base model." });
const RelationSchema = Type.Enum(DERIVATION_RELATIONS, {
  type: 'string',
  description: 'How it comes from what it was derived from, in the words of model cards (`base_model_relation`).',
});

const properties = {
  version: Type.Optional(Type.String({ description: 'The version of the adapter.' })),
  base_model: Type.Optional(Type.String({ description: 'The base model that it adapts.' })),
  peft_type: Type.Optional(
    Type.String({ description: "The method of fine-tuning, in PEFT's names: LORA, ADALORA, …" }),
  ),
  rank: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_RANK, description: 'The rank of the update matrices (`r` of PEFT).' }),
  ),
  lora_alpha: Type.Optional(Type.Number({ description: 'The updates are scaled by this over the rank; above 0.' })),
  target_modules: Type.Optional(
    Type.Array(Type.String(), {
      maxItems: MAX_TARGET_MODULES,
      description: 'Names of the adapted modules, or the one pattern that names them; 32 KiB together.',
    }),
  ),
  datasets: Type.Optional(
    Type.Array(Type.String(), { maxItems: MAX_DATASETS, description: 'The datasets that it was trained on.' }),
  ),
};

export const AdapterIdParameters = Type.Object({
  id: Type.String({ description: "The adapter's own id, percent-encoded: `organization%2Fname`." }),
});

export const AdapterBody = Type.Object(
  {
    ...properties,
    derived_from: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: MAX_PARENTS,
        description:
          'The adapters or base models that it was derived from, in place of those before; left out, they stay, and an ' +
          'adapter that has none is derived from its base model.',
      }),
    ),
    relation: Type.Optional(RelationSchema),
  },
  { ...closed, title: 'AdapterRegistration', 'x-examples': EXAMPLES.adapterBody },
);

const listed = {
  id: IdSchema,
  revision: Type.Integer({ minimum: 1, description: 'Every registration makes a new one, from 1.' }),
  ...properties,
  created_at: Type.Integer({ description: 'When it was first named or registered, epoch ms.' }),
  updated_at: Type.Integer({ description: 'When it was last registered, epoch ms.' }),
};

const ParentSchema = Type.Object(
  {
    id: IdSchema,
    relation: Type.Optional(RelationSchema),
    revision: Type.Optional(Type.String({ description: 'Of the parent: a branch, a tag or a commit.' })),
    created_at: Type.Integer({ description: 'When the derivation was registered, epoch ms.' }),
  },
  { title: 'Derivation' },
);

export const AdapterAnswer = Type.Object(
  { ...listed, derived_from: Type.Array(ParentSchema, { description: 'All that it was derived from, by id.' }) },
  { title: 'Adapter' },
);

export const AdaptersQuery = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100, description: 'How many adapters.' }),
    cursor: Type.Optional(Type.String({ description: "The 'next_cursor' of the page before." })),
  },
  closed,
);

export const AdaptersAnswer = Type.Object(
  {
    adapters: Type.Array(Type.Object(listed, { title: 'ListedAdapter' }), { description: 'By id.' }),
    count: Type.Integer({ description: 'How many adapters are returned.' }),
    limit: Type.Integer({ description: 'How many were asked for.' }),
    next_cursor: Type.Optional(Type.String({ description: "Where there are more: the 'cursor' of the next page." })),
  },
  { title: 'AdapterList' },
);

export const AdapterStatsQuery = Type.Object(
  {
    version: Type.Optional(Type.String({ description: 'Only of what was submitted for this version of the adapter.' })),
  },
  closed,
);

export const AdapterStatsAnswer = Type.Object(
  {
    id: IdSchema,
    version: Type.Optional(Type.String({ description: 'The version, where one was asked for.' })),
    ...StatsAnswer.properties,
  },
  { title: 'AdapterStats' },
);

export const LineageQuery = Type.Object(
  {
    direction: Type.Enum(['ancestors', 'descendants', 'both'], {
      type: 'string',
      default: 'both',
      description: 'ancestors: what it was derived from; descendants: what was derived from it.',
    }),
    max_depth: Type.Optional(
      Type.Integer({ minimum: 1, maximum: MAX_DEPTH, description: 'How many generations to go; left out: all.' }),
    ),
    limit: Type.Integer({
      minimum: 1,
      maximum: MAX_PAGE,
      default: MAX_PAGE,
      description: 'How many adapters at most, nearest first.',
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
          version: Type.Optional(Type.String({ description: 'The version of the adapter.' })),
          depth: Type.Integer({
            description: 'Generations from the adapter: 0 itself, above 0 its ancestors, below 0 its descendants.',
          }),
        },
        { title: 'LineageNode' },
      ),
      { description: 'Itself first, then the nearest.' },
    ),
    edges: Type.Array(
      Type.Object(
        {
          child_id: Type.String({ description: 'The adapter that was derived.' }),
          parent_id: Type.String({ description: 'What it was derived from.' }),
          created_at: Type.Integer({ description: 'When the derivation was registered, epoch ms.' }),
        },
        { title: 'LineageEdge' },
      ),
      { description: 'Every derivation between two of the nodes.' },
    ),
    truncated: Type.Boolean({ description: 'Whether the lineage has more adapters than `limit`.' }),
  },
  { title: 'Lineage' },
);
