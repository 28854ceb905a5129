import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { AuditAction } from '../../audit/events.js';
import { connectionType, PageInfo } from './connection.js';
import { FeedbackContent } from './feedback.js';

@ObjectType({
  simpleResolvers: true,
  description: 'A feedback as one of its versions had it. Not a node: it has no id of its own.',
})
export class FeedbackVersion extends FeedbackContent {
  @Field(() => ID, { description: 'The feedback that it is a version of.' })
  feedbackId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A version in the list of versions.' })
export class FeedbackVersionEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => FeedbackVersion, { description: 'The version.' })
  node!: FeedbackVersion;
}

export const FeedbackVersionConnection = connectionType(
  'FeedbackVersionConnection',
  () => FeedbackVersionEdge,
  'A page of the versions of a feedback, newest first.',
);

export const AuditActionEnum = {
  FEEDBACK_SUBMIT: 'feedback.submit',
  FEEDBACK_LINK: 'feedback.link',
  FEEDBACK_USE: 'feedback.use',
  FEEDBACK_REVIEW: 'feedback.review',
  FEEDBACK_ERASE: 'feedback.erase',
  FEEDBACK_JUDGE: 'feedback.judge',
  FEEDBACK_REOPEN: 'feedback.reopen',
  FEEDBACK_REVISE: 'feedback.revise',
  ADAPTER_CREATE: 'adapter.create',
  ADAPTER_REGISTER: 'adapter.register',
  FEEDBACK_CLAIM: 'feedback.claim',
  FEEDBACK_RELEASE: 'feedback.release',
  TRAINING_BATCH_RECORD: 'training_batch.record',
  TRAINING_BATCH_CLAIM: 'training_batch.claim',
  TRAINING_BATCH_EXPORT: 'training_batch.export',
  TRAINING_BATCH_COMMIT: 'training_batch.commit',
  TRAINING_BATCH_RELEASE: 'training_batch.release',
  TRAINING_BATCH_EXPIRE: 'training_batch.expire',
} as const satisfies Record<string, AuditAction>;
registerEnumType(AuditActionEnum, {
  name: 'AuditAction',
  description: 'What was done.',
  valuesConfig: {
    FEEDBACK_SUBMIT: { description: 'A feedback was submitted.' },
    FEEDBACK_LINK: { description: 'A feedback was linked to an adapter.' },
    FEEDBACK_USE: { description: 'A feedback was marked as used for training.' },
    FEEDBACK_REVIEW: { description: 'A reviewer decided on a feedback.' },
    FEEDBACK_ERASE: { description: 'A feedback was erased.' },
    FEEDBACK_JUDGE: { description: 'Validation plugins judged a stored feedback.' },
    FEEDBACK_REOPEN: { description: 'A review was taken back.' },
    FEEDBACK_REVISE: { description: 'Who submitted a feedback reversed or withdrew it.' },
    ADAPTER_CREATE: { description: 'An adapter was named for the first time.' },
    ADAPTER_REGISTER: { description: 'An adapter was registered or updated.' },
    FEEDBACK_CLAIM: { description: 'A feedback was claimed by a training batch.' },
    FEEDBACK_RELEASE: { description: 'A feedback was given back by a training batch.' },
    TRAINING_BATCH_RECORD: { description: 'A training batch with a number from outside was recorded.' },
    TRAINING_BATCH_CLAIM: { description: 'A training batch claimed feedback.' },
    TRAINING_BATCH_EXPORT: { description: 'A training batch was exported for the first time.' },
    TRAINING_BATCH_COMMIT: { description: 'A training batch was committed.' },
    TRAINING_BATCH_RELEASE: { description: 'A training batch was released.' },
    TRAINING_BATCH_EXPIRE: { description: 'The lease of a training batch lapsed.' },
  },
});

@ObjectType('AuditEvent', { simpleResolvers: true, description: 'Who did what to which node when.' })
export class AuditEventNode {
  @Field(() => ID, { description: 'Time-ordered.' })
  id!: string;

  @Field(() => GraphQLDateTime, { description: 'When.' })
  at!: number;

  @Field(() => String, { description: "The `sub` of the acting user's token." })
  actor!: string;

  @Field(() => AuditActionEnum, { description: 'What was done.' })
  action!: AuditAction;

  @Field(() => ID, { description: 'The feedback, adapter or training batch.' })
  node!: string;

  @Field(() => Int, { description: 'The version before; 0 where the node was made.' })
  versionBefore!: number;

  @Field(() => Int, { description: 'The version that it made.' })
  versionAfter!: number;

  @Field(() => String, { description: 'The request that did it, as in the server log and in `X-Request-Id`.' })
  requestId!: string;

  @Field(() => String, { nullable: true, description: 'Why, or what else was concerned.' })
  reason?: string;

  @Field(() => Int, { description: "The event's place in its node's chain, from 1." })
  position!: number;

  @Field(() => String, { description: 'SHA-256 (hex) of the event before it in the chain; empty for the first.' })
  previous!: string;
}

@ObjectType({ simpleResolvers: true, description: 'An audit event in a list.' })
export class AuditEventEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => AuditEventNode, { description: 'The event.' })
  node!: AuditEventNode;
}

@InputType({ description: 'What a list of audit events is narrowed to.' })
export class AuditFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only events of this node.' })
  node?: string | null;

  @Field(() => String, { nullable: true, description: 'Only what this `sub` did.' })
  actor?: string | null;

  @Field(() => AuditActionEnum, { nullable: true, description: 'Only this action.' })
  action?: AuditAction | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'At this time or later.' })
  since?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Before this time.' })
  until?: Date | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'A page of audit events, newest first. With a filter on actor or action a page may be shorter than asked for and ' +
    'still have a next one.',
})
export class AuditEventConnection {
  @Field(() => [AuditEventEdge], { description: 'The events of this page.' })
  edges!: readonly AuditEventEdge[];

  @Field(() => PageInfo, { description: 'Where this page stands.' })
  pageInfo!: PageInfo;
}
