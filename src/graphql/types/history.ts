import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { AuditAction } from '../../audit/events.js';
import { connectionType, ListEdge, PageInfo } from './connection.js';
import { FeedbackContent } from './feedback-content.js';
import { JSONObject } from './json.js';

@ObjectType({
  simpleResolvers: true,
  description: 'One version of a feedback entry. It is not a `Node`, as it has no id of its own.',
})
export class FeedbackVersion extends FeedbackContent {
  @Field(() => ID, { description: 'Id of the feedback entry.' })
  feedbackId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A version of a feedback entry in a list.' })
export class FeedbackVersionEdge extends ListEdge {
  @Field(() => FeedbackVersion, { description: 'The version.' })
  node!: FeedbackVersion;
}

export const FeedbackVersionConnection = connectionType(
  'FeedbackVersionConnection',
  () => FeedbackVersionEdge,
  'A page of the versions of a feedback entry, newest first.',
);

export const AuditActionEnum = {
  FEEDBACK_SUBMIT: 'feedback.submit',
  FEEDBACK_LINK: 'feedback.link',
  FEEDBACK_UNLINK: 'feedback.unlink',
  FEEDBACK_USE: 'feedback.use',
  FEEDBACK_REVIEW: 'feedback.review',
  FEEDBACK_ERASE: 'feedback.erase',
  FEEDBACK_JUDGE: 'feedback.judge',
  FEEDBACK_REOPEN: 'feedback.reopen',
  FEEDBACK_REVISE: 'feedback.revise',
  FEEDBACK_TAG: 'feedback.tag',
  BULK_OPERATION_START: 'bulk_operation.start',
  BULK_OPERATION_CANCEL: 'bulk_operation.cancel',
  BULK_OPERATION_UNDO: 'bulk_operation.undo',
  TOKEN_ISSUE: 'token.issue',
  TOKEN_REVOKE: 'token.revoke',
  FEEDBACK_RULES_SET: 'feedback_rules.set',
  SAVED_VIEW_SHARE: 'saved_view.share',
  SAVED_VIEW_CHANGE: 'saved_view.change',
  SAVED_VIEW_DELETE: 'saved_view.delete',
  ADAPTER_CREATE: 'adapter.create',
  ADAPTER_REGISTER: 'adapter.register',
  ADAPTER_STAGE: 'adapter.stage',
  ADAPTER_STAGE_FORCED: 'adapter.stage_forced',
  ADAPTER_EVALUATE: 'adapter.evaluate',
  PROMOTION_RULES_SET: 'promotion_rules.set',
  FEEDBACK_CLAIM: 'feedback.claim',
  FEEDBACK_RELEASE: 'feedback.release',
  TRAINING_BATCH_RECORD: 'training_batch.record',
  TRAINING_BATCH_CLAIM: 'training_batch.claim',
  TRAINING_BATCH_EXPORT: 'training_batch.export',
  TRAINING_BATCH_RENEW: 'training_batch.renew',
  TRAINING_BATCH_COMMIT: 'training_batch.commit',
  TRAINING_BATCH_RELEASE: 'training_batch.release',
  TRAINING_BATCH_EXPIRE: 'training_batch.expire',
  WEBHOOK_CREATE: 'webhook.create',
  WEBHOOK_CHANGE: 'webhook.change',
  WEBHOOK_ENABLE: 'webhook.enable',
  WEBHOOK_DISABLE: 'webhook.disable',
  WEBHOOK_ROTATE_SECRET: 'webhook.rotate_secret',
  WEBHOOK_TEST: 'webhook.test',
  WEBHOOK_REDELIVER: 'webhook.redeliver',
  WEBHOOK_DELETE: 'webhook.delete',
  TRAINING_BATCH_DOWNLOAD: 'training_batch.download',
  ORGANIZATION_BACKUP: 'organization.backup',
  STORE_BACKUP: 'store.backup',
  PERSON_EXPORT: 'person.export',
  PERSON_ERASE: 'person.erase',
  GRAPH_QUERY: 'graph.query',
  ACCESS_REFUSE: 'access.refuse',
} as const satisfies Record<string, AuditAction>;
registerEnumType(AuditActionEnum, {
  name: 'AuditAction',
  description: 'The recorded action.',
  valuesConfig: {
    FEEDBACK_SUBMIT: { description: 'A feedback entry was submitted.' },
    FEEDBACK_LINK: { description: 'A feedback entry was linked to an adapter.' },
    FEEDBACK_UNLINK: { description: 'The link of a feedback entry to an adapter was removed.' },
    FEEDBACK_USE: { description: 'A feedback entry was marked as used for training.' },
    FEEDBACK_REVIEW: { description: 'A reviewer approved or rejected a feedback entry.' },
    FEEDBACK_ERASE: { description: 'A feedback entry was erased.' },
    FEEDBACK_JUDGE: { description: 'A stored feedback entry was validated again.' },
    FEEDBACK_REOPEN: { description: 'A review was undone.' },
    FEEDBACK_REVISE: { description: 'The submitter of a feedback entry revised or withdrew it.' },
    FEEDBACK_TAG: { description: 'The tags of a feedback entry were changed by a reviewer.' },
    BULK_OPERATION_START: { description: 'A bulk operation was started.' },
    BULK_OPERATION_CANCEL: { description: 'A bulk operation was canceled.' },
    BULK_OPERATION_UNDO: { description: 'The undo of a bulk operation was started.' },
    TOKEN_ISSUE: { description: 'The server issued a token.' },
    TOKEN_REVOKE: { description: 'Tokens were revoked.' },
    FEEDBACK_RULES_SET: { description: 'The rules of scores and tags were replaced.' },
    SAVED_VIEW_SHARE: { description: 'A saved view was shared with the organization.' },
    SAVED_VIEW_CHANGE: { description: 'A shared view was changed, or is shared no more.' },
    SAVED_VIEW_DELETE: { description: 'A shared view was deleted.' },
    ADAPTER_CREATE: { description: 'An adapter was named for the first time.' },
    ADAPTER_REGISTER: { description: 'An adapter was registered or updated.' },
    ADAPTER_STAGE: { description: 'The stage of an adapter was changed.' },
    ADAPTER_STAGE_FORCED: { description: 'An adapter was promoted although it did not meet every rule.' },
    ADAPTER_EVALUATE: { description: 'Evaluations of an adapter were recorded.' },
    PROMOTION_RULES_SET: { description: 'The rules for promotions were replaced.' },
    FEEDBACK_CLAIM: { description: 'A training batch claimed a feedback entry.' },
    FEEDBACK_RELEASE: { description: 'A training batch released a feedback entry.' },
    TRAINING_BATCH_RECORD: { description: 'A training batch with an externally chosen number was recorded.' },
    TRAINING_BATCH_CLAIM: { description: 'A training batch claimed feedback entries.' },
    TRAINING_BATCH_EXPORT: { description: 'A training batch was exported for the first time.' },
    TRAINING_BATCH_RENEW: { description: 'The lease of a training batch was renewed.' },
    TRAINING_BATCH_COMMIT: { description: 'A training batch was committed.' },
    TRAINING_BATCH_RELEASE: { description: 'A training batch was released.' },
    TRAINING_BATCH_EXPIRE: { description: 'The lease of a training batch expired.' },
    WEBHOOK_CREATE: { description: 'A webhook was created.' },
    WEBHOOK_CHANGE: { description: 'A webhook was changed.' },
    WEBHOOK_ENABLE: { description: 'A webhook was enabled again.' },
    WEBHOOK_DISABLE: { description: 'A webhook was disabled, by a user or by the server.' },
    WEBHOOK_ROTATE_SECRET: { description: 'A webhook was given a new secret.' },
    WEBHOOK_TEST: { description: 'A test event was queued for a webhook.' },
    WEBHOOK_REDELIVER: { description: 'A delivery of a webhook was queued again.' },
    WEBHOOK_DELETE: { description: 'A webhook was deleted.' },
    TRAINING_BATCH_DOWNLOAD: { description: 'The entries of a training batch were downloaded.' },
    ORGANIZATION_BACKUP: { description: 'The organization was backed up over HTTP.' },
    STORE_BACKUP: { description: 'The whole store was backed up over HTTP.' },
    PERSON_EXPORT: { description: 'Everything about a person was exported.' },
    PERSON_ERASE: { description: 'A person was erased.' },
    GRAPH_QUERY: { description: 'A user ran graph queries; one event for each minute.' },
    ACCESS_REFUSE: {
      description: 'Requests of a user were refused for lack of a permission; one event for each minute.',
    },
  },
});

@ObjectType('AuditEvent', {
  simpleResolvers: true,
  description: 'A record of one action: who did what to which node, and when.',
})
export class AuditEventNode {
  @Field(() => ID, { description: 'Time-ordered id of the event.' })
  id!: string;

  @Field(() => GraphQLDateTime, { description: 'Time of the event.' })
  at!: number;

  @Field(() => String, { description: "The `sub` claim of the acting user's token." })
  actor!: string;

  @Field(() => AuditActionEnum, { description: 'The recorded action.' })
  action!: AuditAction;

  @Field(() => ID, {
    description:
      'Id of the affected feedback entry, adapter or training batch; `organization` for what concerns the ' +
      'organization as a whole.',
  })
  node!: string;

  @Field(() => Int, { description: 'Version of the node before the action; 0 if the action created it.' })
  versionBefore!: number;

  @Field(() => Int, { description: 'Version of the node after the action.' })
  versionAfter!: number;

  @Field(() => String, {
    description: 'Id of the request that caused the event, as in the server log and the `X-Request-Id` header.',
  })
  requestId!: string;

  @Field(() => String, { nullable: true, description: 'Reason given for the action, or what else it affected.' })
  reason?: string;

  @Field(() => JSONObject, {
    nullable: true,
    description:
      'Details of a read or a refusal: `entries` or `rows` that were read, `count` of the requests that the event stands ' +
      'for, and `subject`, the route, field or SHA-256 hash of the query. `user` is a keyed hash. Of a change of an entry by a ' +
      'bulk operation, the id of the operation: `bulkOperation`, or `undoneBulkOperation` if it is undone. Of a ' +
      'webhook, its id: `webhook`.',
  })
  details?: Readonly<Record<string, string | number>>;

  @Field(() => Int, { description: "Position of the event in its node's chain, starting at 1." })
  position!: number;

  @Field(() => String, {
    description: 'Hexadecimal SHA-256 hash of the previous event in the chain; empty for the first event.',
  })
  previous!: string;
}

@ObjectType('AuditChainCheck', {
  simpleResolvers: true,
  description:
    'Whether the audit events of a node are those that were written: each holds the hash of the one before it.',
})
export class AuditChainCheckNode {
  @Field(() => Boolean, { description: 'Whether every event that was checked is there and unaltered.' })
  isIntact!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'What is wrong with the chain, as a clause; null if nothing is.',
  })
  problem?: string;

  @Field(() => Int, { description: 'Number of events that were checked, the newest: at most 1000.' })
  checkedCount!: number;

  @Field(() => Int, { description: 'Number of events in the chain.' })
  length!: number;
}

@ObjectType({ simpleResolvers: true, description: 'An audit event in a list.' })
export class AuditEventEdge extends ListEdge {
  @Field(() => AuditEventNode, { description: 'The event.' })
  node!: AuditEventNode;
}

@InputType({ description: 'Filter for a list of audit events.' })
export class AuditFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only events of the node with this id.' })
  node?: string | null;

  @Field(() => String, { nullable: true, description: 'Only actions by this `sub`.' })
  actor?: string | null;

  @Field(() => AuditActionEnum, { nullable: true, description: 'Only events with this action.' })
  action?: AuditAction | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only events at or after this time.' })
  since?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only events before this time.' })
  until?: Date | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'A page of audit events, newest first. When filtered by actor or action, a page may contain fewer events ' +
    'than requested even though more pages follow.',
})
export class AuditEventConnection {
  @Field(() => [AuditEventEdge], { description: 'Events on this page.' })
  edges!: readonly AuditEventEdge[];

  @Field(() => PageInfo, { description: 'Position of this page in the list.' })
  pageInfo!: PageInfo;
}
