import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { FeedbackType } from '../../model/facets.js';
import { omitNullish } from '../../omit-nullish.js';
import {
  type BatchState,
  type Lineage,
  type Split,
  stateAt,
  type TrainingBatch,
  trainingBatchNode,
} from '../../training/batch.js';
import { connectionType } from './connection.js';
import { FeedbackNode, FeedbackTypeEnum } from './feedback.js';
import { JSONObject } from './json.js';
import { Node } from './node.js';

const TrainingBatchStateEnum = {
  EXTERNAL: 'external',
  CLAIMING: 'claiming',
  OPEN: 'open',
  EXPORTED: 'exported',
  COMMITTING: 'committing',
  COMMITTED: 'committed',
  RELEASING: 'releasing',
  RELEASED: 'released',
  EXPIRED: 'expired',
} as const satisfies Record<string, BatchState>;
registerEnumType(TrainingBatchStateEnum, {
  name: 'TrainingBatchState',
  description: 'How far a training batch is.',
  valuesConfig: {
    EXTERNAL: { description: 'Its number was chosen by a caller of mark-used; it holds nothing.' },
    CLAIMING: { description: 'It is still claiming feedback.' },
    OPEN: { description: 'It holds feedback until its lease lapses.' },
    EXPORTED: { description: 'As open, and it was exported.' },
    COMMITTING: { description: 'It is committed, and its feedback is being marked as used.' },
    COMMITTED: { description: 'Its feedback was used for training.' },
    RELEASING: { description: 'It has ended, and its feedback is being given back.' },
    RELEASED: { description: 'Its feedback was given back.' },
    EXPIRED: { description: 'Its lease has lapsed.' },
  },
});

const LineageEnum = {
  SELF: 'self',
  ANCESTORS: 'ancestors',
  DESCENDANTS: 'descendants',
} as const satisfies Record<string, Lineage>;
registerEnumType(LineageEnum, {
  name: 'TrainingLineage',
  description: 'Whose feedback a training batch takes beside that of the adapter itself.',
  valuesConfig: {
    SELF: { description: "Nobody else's." },
    ANCESTORS: { description: 'That of everything that it was derived from.' },
    DESCENDANTS: { description: 'That of everything that was derived from it.' },
  },
});

export enum ClaimOrder {
  OLDEST = 'oldest',
  NEWEST = 'newest',
}
registerEnumType(ClaimOrder, {
  name: 'TrainingOrder',
  description: 'What a training batch claims first.',
  valuesConfig: { OLDEST: { description: 'The oldest.' }, NEWEST: { description: 'The most recent.' } },
});

export const SplitEnum = { TRAIN: 'train', HOLDOUT: 'holdout' } as const satisfies Record<string, Split>;
registerEnumType(SplitEnum, {
  name: 'TrainingSplit',
  description: 'A part of a training batch.',
  valuesConfig: { TRAIN: { description: 'What is trained on.' }, HOLDOUT: { description: 'What is held out of it.' } },
});

@InputType({ description: 'What a training batch claims, of all approved, unused and unclaimed feedback.' })
export class TrainingFilterInput {
  @Field(() => FeedbackTypeEnum, { nullable: true, description: 'Only this judgement.' })
  type?: FeedbackType | null;

  @Field(() => String, { nullable: true, description: 'Only of this version of the model.' })
  modelVersion?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only what is linked to this adapter.' })
  adapterId?: string | null;

  @Field(() => LineageEnum, { nullable: true, description: "Adapters beside 'adapterId' whose feedback is taken too." })
  lineage?: Lineage | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Submitted at this time or later.' })
  since?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Submitted before this time.' })
  until?: Date | null;
}

@ObjectType({ simpleResolvers: true, description: 'What a training batch claims.' })
export class TrainingFilter {
  @Field(() => FeedbackTypeEnum, { nullable: true, description: 'Only this judgement.' })
  type?: FeedbackType;

  @Field(() => String, { nullable: true, description: 'Only of this version of the model.' })
  modelVersion?: string;

  @Field(() => ID, { nullable: true, description: 'Only what is linked to this adapter.' })
  adapterId?: string;

  @Field(() => LineageEnum, { nullable: true, description: "Adapters beside 'adapterId' whose feedback is taken too." })
  lineage?: Lineage;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Submitted at this time or later.' })
  since?: number;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Submitted before this time.' })
  until?: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'How much feedback a training batch has claimed, whatever became of it.',
})
export class ClaimedCountsNode {
  @Field(() => Int, { description: 'All of it.' })
  total!: number;

  @Field(() => Int, { description: 'Positive feedback.' })
  positive!: number;

  @Field(() => Int, { description: 'Negative feedback.' })
  negative!: number;

  @Field(() => Int, { description: 'Negative feedback with a correction.' })
  corrected!: number;

  @Field(() => Int, { description: 'What is held out of training.' })
  holdout!: number;
}

@ObjectType('TrainingBatch', {
  simpleResolvers: true,
  description: 'A numbered set of feedback that is handed to training.',
  implements: Node,
})
export class TrainingBatchNode implements Node {
  @Field(() => ID, { description: 'The id: `batch-` and the number.' })
  id!: string;

  @Field(() => Int, {
    description: 'The number, 1, 2, 3 … in the organization: the `trainingBatchId` of its feedback.',
  })
  number!: number;

  @Field(() => TrainingBatchStateEnum, { description: 'How far it is.' })
  state!: BatchState;

  @Field(() => Int, { description: 'How much feedback it includes: none once it is released or expired.' })
  feedbackCount!: number;

  @Field(() => ClaimedCountsNode, { nullable: true, description: 'What it has claimed. Null for external ones.' })
  claimed?: ClaimedCountsNode;

  @Field(() => TrainingFilter, { nullable: true, description: 'What it claims. Null for external ones.' })
  filter?: TrainingFilter;

  @Field(() => ClaimOrder, { nullable: true, description: 'What it claims first. Null for external ones.' })
  order?: ClaimOrder;

  @Field(() => Int, { nullable: true, description: 'How much it claims at most. Null for external ones.' })
  limit?: number;

  @Field(() => Float, {
    nullable: true,
    description: 'The share that is held out of training. Null for external ones.',
  })
  holdout?: number;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'Until when it holds its feedback unless it is committed before. Null for external ones.',
  })
  leaseUntil?: number;

  @Field(() => GraphQLDateTime, { description: 'When it was made.' })
  createdAt!: number;

  @Field(() => String, { nullable: true, description: 'The `sub` of who made it. Null for external ones.' })
  createdBy?: string;

  @Field(() => GraphQLDateTime, { description: 'When it last changed.' })
  updatedAt!: number;

  @Field(() => ID, { nullable: true, description: 'The adapter that was made of it, once it is committed.' })
  producedAdapterId?: string;

  @Field(() => String, { nullable: true, description: 'The version of that adapter.' })
  producedVersion?: string;

  @Field(() => ID, { nullable: true, description: 'What that adapter was derived from.' })
  baseAdapterId?: string;

  @Field(() => JSONObject, { nullable: true, description: 'What the trainer measured: numbers by name.' })
  metrics?: Readonly<Record<string, number>>;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When it was committed.' })
  committedAt?: number;

  @Field(() => String, {
    nullable: true,
    description: 'A SHA-256 over the ids and versions of its feedback, once all of it is marked as used.',
  })
  digest?: string;
}

/** A stored batch as the schema shows it at `now` (epoch ms). */
export function toTrainingBatchNode(batch: TrainingBatch, now: number): TrainingBatchNode {
  const { number, feedbackCount, createdAt, updatedAt } = batch;
  const common = {
    id: trainingBatchNode(number),
    number,
    state: stateAt(batch, now),
    feedbackCount,
    createdAt,
    updatedAt,
  };
  if (batch.state === 'external') return common;
  const { training, filter, newestFirst, limit, holdout, leaseUntil, createdBy, claimed } = batch;
  return {
    ...common,
    claimed,
    filter,
    order: newestFirst ? ClaimOrder.NEWEST : ClaimOrder.OLDEST,
    limit,
    holdout,
    leaseUntil,
    createdBy,
    ...omitNullish({
      producedAdapterId: training?.producedAdapter,
      producedVersion: training?.version,
      baseAdapterId: training?.baseAdapter,
      metrics: training?.metrics,
      committedAt: training?.committedAt,
      digest: batch.state === 'committed' ? batch.digest : undefined,
    }),
  };
}

@ObjectType({ simpleResolvers: true, description: 'A training batch in a list.' })
export class TrainingBatchEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => TrainingBatchNode, { description: 'The training batch.' })
  node!: TrainingBatchNode;
}

export const TrainingBatchConnection = connectionType(
  'TrainingBatchConnection',
  () => TrainingBatchEdge,
  'A page of the list of training batches, the highest number first.',
);

@ObjectType({
  simpleResolvers: true,
  description: 'A feedback that a training batch includes, with the properties of the `INCLUDES` edge.',
})
export class TrainingInclusionEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => ID, { description: 'The id of the feedback.' })
  feedbackId!: string;

  @Field(() => FeedbackNode, { nullable: true, description: 'The feedback as it is now; null if it was erased.' })
  node?: FeedbackNode | null;

  @Field(() => Int, { nullable: true, description: 'The version that is exported. Null for external batches.' })
  version?: number;

  @Field(() => SplitEnum, { nullable: true, description: 'Which part it belongs to. Null for external batches.' })
  split?: Split;

  @Field(() => GraphQLDateTime, { description: 'When it was included.' })
  createdAt!: number;
}

export const TrainingInclusionConnection = connectionType(
  'TrainingInclusionConnection',
  () => TrainingInclusionEdge,
  'A page of what a training batch includes, oldest first.',
);
