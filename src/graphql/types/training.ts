import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { omitNullish } from '../../omit-nullish.js';
import {
  type BatchState,
  progressOf,
  type Split,
  stateAt,
  type TrainingBatch,
  trainingBatchNode,
} from '../../training/batch.js';
import { connectionType, ListEdge } from './connection.js';
import { FeedbackNode } from './feedback.js';
import { JSONObject } from './json.js';
import { Node } from './node.js';
import { TrainingFilter } from './training-filter.js';

export const TrainingBatchStateEnum = {
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
  description: 'State of a training batch.',
  valuesConfig: {
    EXTERNAL: {
      description:
        'Recorded when entries were marked as used under a number the caller chose. It claims no entries and has ' +
        'no lease.',
    },
    CLAIMING: { description: 'Entries are still being claimed.' },
    OPEN: { description: 'Holds its entries until its lease expires.' },
    EXPORTED: { description: 'Open, and exported at least once.' },
    COMMITTING: { description: 'Committed; its entries are being marked as used.' },
    COMMITTED: { description: 'Its entries have been used for training.' },
    RELEASING: { description: 'Ended; its entries are being released.' },
    RELEASED: { description: 'Its entries have been released.' },
    EXPIRED: { description: 'Its lease has expired.' },
  },
});

export enum ClaimOrder {
  OLDEST = 'oldest',
  NEWEST = 'newest',
}
registerEnumType(ClaimOrder, {
  name: 'TrainingOrder',
  description: 'Which entries a training batch claims first.',
  valuesConfig: { OLDEST: { description: 'The oldest entries.' }, NEWEST: { description: 'The newest entries.' } },
});

export const SplitEnum = { TRAIN: 'train', HOLDOUT: 'holdout' } as const satisfies Record<string, Split>;
registerEnumType(SplitEnum, {
  name: 'TrainingSplit',
  description: 'A part of a training batch.',
  valuesConfig: {
    TRAIN: { description: 'Entries used for training.' },
    HOLDOUT: { description: 'Entries held out of training.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'Counts of the entries a training batch has claimed, whatever became of them since.',
})
export class ClaimedCountsNode {
  @Field(() => Int, { description: 'Number of claimed entries.' })
  total!: number;

  @Field(() => Int, { description: 'Number of positive entries.' })
  positive!: number;

  @Field(() => Int, { description: 'Number of negative entries.' })
  negative!: number;

  @Field(() => Int, { description: 'Number of preferences.' })
  preferences!: number;

  @Field(() => Int, { description: 'Number of negative entries with a correction.' })
  corrected!: number;

  @Field(() => Int, { description: 'Number of entries held out of training.' })
  holdout!: number;
}

@ObjectType({ simpleResolvers: true, description: 'How far a change to all entries of a training batch is.' })
export class TrainingProgress {
  @Field(() => Int, { description: 'Number of entries that are claimed, marked as used or released.' })
  done!: number;

  @Field(() => Int, { description: 'Number of all of them. An estimate while claiming, which may end with fewer.' })
  total!: number;
}

@ObjectType('TrainingBatch', {
  simpleResolvers: true,
  description: 'A numbered set of feedback entries used for training.',
  implements: Node,
})
export class TrainingBatchNode implements Node {
  @Field(() => ID, { description: 'Id of the training batch: `batch-` followed by its number.' })
  id!: string;

  @Field(() => Int, {
    description:
      'Number within the organization: 1, 2, 3 and so on. It is the `trainingBatchId` of the included entries.',
  })
  number!: number;

  @Field(() => TrainingBatchStateEnum, { description: 'State of the training batch.' })
  state!: BatchState;

  @Field(() => Int, { description: 'Number of entries in the training batch; 0 once it is released or expired.' })
  feedbackCount!: number;

  @Field(() => TrainingProgress, {
    nullable: true,
    description: 'How far it is while its state is `CLAIMING`, `COMMITTING` or `RELEASING`; null in all others.',
  })
  progress?: TrainingProgress;

  @Field(() => ClaimedCountsNode, {
    nullable: true,
    description: 'Counts of the entries the training batch has claimed. Null for external batches.',
  })
  claimed?: ClaimedCountsNode;

  @Field(() => TrainingFilter, {
    nullable: true,
    description: 'Filter for the entries to claim. Null for external batches.',
  })
  filter?: TrainingFilter;

  @Field(() => ClaimOrder, { nullable: true, description: 'Which entries to claim first. Null for external batches.' })
  order?: ClaimOrder;

  @Field(() => Int, { nullable: true, description: 'Maximum number of entries to claim. Null for external batches.' })
  limit?: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Share of the entries held out of training, from 0 to 0.5. Null for external batches.',
  })
  holdout?: number;

  @Field(() => Int, { nullable: true, description: 'Maximum number of entries of one user. Null if unbounded.' })
  maxPerUser?: number;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description:
      'Time the lease on the entries expires unless the training batch is committed first. Null for external batches.',
  })
  leaseUntil?: number;

  @Field(() => GraphQLDateTime, { description: 'Time the training batch was created.' })
  createdAt!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The `sub` claim of the token that created the training batch. Null for external batches.',
  })
  createdBy?: string;

  @Field(() => GraphQLDateTime, { description: 'Time the training batch last changed.' })
  updatedAt!: number;

  @Field(() => ID, {
    nullable: true,
    description: 'Id of the adapter produced from the training batch, once it is committed.',
  })
  producedAdapterId?: string;

  @Field(() => String, { nullable: true, description: 'Version of the produced adapter.' })
  producedVersion?: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Id of the adapter or base model the produced adapter was derived from.',
  })
  baseAdapterId?: string;

  @Field(() => JSONObject, { nullable: true, description: 'Metrics reported by the trainer, as numbers by name.' })
  metrics?: Readonly<Record<string, number>>;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Time the training batch was committed.' })
  committedAt?: number;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 hash over the ids and versions of the entries, once all of them are marked as used.',
  })
  digest?: string;
}

/** A stored training batch as the schema shows it at `now` (epoch ms). */
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
    claimed: { ...claimed, preferences: claimed.preferences ?? 0 },
    filter,
    order: newestFirst ? ClaimOrder.NEWEST : ClaimOrder.OLDEST,
    limit,
    holdout,
    leaseUntil,
    createdBy,
    ...omitNullish({
      progress: progressOf(batch),
      maxPerUser: batch.maxPerUser,
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
export class TrainingBatchEdge extends ListEdge {
  @Field(() => TrainingBatchNode, { description: 'The training batch.' })
  node!: TrainingBatchNode;
}

export const TrainingBatchConnection = connectionType(
  'TrainingBatchConnection',
  () => TrainingBatchEdge,
  'A page of training batches, highest number first.',
);

@ObjectType({
  simpleResolvers: true,
  description: 'A feedback entry included in a training batch, with the properties of the `INCLUDES` edge.',
})
export class TrainingInclusionEdge extends ListEdge {
  @Field(() => ID, { description: 'Id of the feedback entry.' })
  feedbackId!: string;

  @Field(() => FeedbackNode, { nullable: true, description: 'The current feedback entry. Null if it was erased.' })
  node?: FeedbackNode | null;

  @Field(() => Int, { nullable: true, description: 'The exported version of the entry. Null for external batches.' })
  version?: number;

  @Field(() => SplitEnum, {
    nullable: true,
    description: 'Part of the training batch the entry belongs to. Null for external batches.',
  })
  split?: Split;

  @Field(() => GraphQLDateTime, { description: 'Time the entry was included.' })
  createdAt!: number;
}

export const TrainingInclusionConnection = connectionType(
  'TrainingInclusionConnection',
  () => TrainingInclusionEdge,
  'A page of the entries included in a training batch, oldest first.',
);
