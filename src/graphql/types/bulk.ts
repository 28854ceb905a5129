/** Changes of many entries at once. */
import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { BulkAction, BulkState } from '../../feedback/bulk/operation.js';
import type { RefusalReason } from '../../feedback/refusal.js';
import { connectionType, ListEdge } from './connection.js';
import { FeedbackFilterInput } from './feedback-content.js';

export const BulkActionEnum = {
  LINK: 'link',
  UNLINK: 'unlink',
  APPROVE: 'approve',
  REJECT: 'reject',
  REOPEN: 'reopen',
  TAG: 'tag',
} as const satisfies Record<string, BulkAction>;
registerEnumType(BulkActionEnum, {
  name: 'BulkAction',
  description: 'What a bulk operation does to each of its entries.',
  valuesConfig: {
    LINK: { description: 'Links the entry to an adapter. Requires the permission `feedback:link`.' },
    UNLINK: { description: 'Removes the link to an adapter. Requires the permission `feedback:link`.' },
    APPROVE: { description: 'Approves the entry. Requires the permission `feedback:review`.' },
    REJECT: { description: 'Rejects the entry. Requires the permission `feedback:review`.' },
    REOPEN: { description: 'Undoes the review of the entry. Requires the permission `feedback:review`.' },
    TAG: { description: 'Adds and removes tags. Requires the permission `feedback:review`.' },
  },
});

export const BulkStateEnum = {
  RUNNING: 'running',
  DONE: 'done',
  CANCELED: 'canceled',
  UNDOING: 'undoing',
  UNDONE: 'undone',
} as const satisfies Record<string, BulkState>;
registerEnumType(BulkStateEnum, {
  name: 'BulkOperationState',
  description: 'State of a bulk operation.',
  valuesConfig: {
    RUNNING: { description: 'Its entries are being changed.' },
    DONE: { description: 'All entries were changed or skipped.' },
    CANCELED: { description: 'It was canceled; the entries changed until then stay changed.' },
    UNDOING: { description: 'It is being undone.' },
    UNDONE: { description: 'It was undone.' },
  },
});

export const BulkSkipReasonEnum = {
  UNCHANGED: 'unchanged',
  NOT_FOUND: 'not_found',
  ERASED: 'erased',
  HELD_FOR_TRAINING: 'held_for_training',
  USED_FOR_TRAINING: 'used_for_training',
  CLAIMED_BY_REVIEWER: 'claimed_by_reviewer',
  WITHDRAWN: 'withdrawn',
  NOT_REVIEWED: 'not_reviewed',
  TOO_MANY_TAGS: 'too_many_tags',
  TOO_MANY_LINKS: 'too_many_links',
  NAMED_BY_SUBMISSION: 'named_by_submission',
  LINKED_BY_OTHER: 'linked_by_other',
  CHANGED_SINCE: 'changed_since',
  FAILED: 'failed',
} as const satisfies Record<string, RefusalReason>;
registerEnumType(BulkSkipReasonEnum, {
  name: 'BulkSkipReason',
  description: 'Why a bulk operation, or its undo, leaves an entry as it is.',
  valuesConfig: {
    UNCHANGED: { description: 'The entry is already as the change would make it.' },
    NOT_FOUND: { description: 'There is no such entry.' },
    ERASED: { description: 'The entry was erased.' },
    HELD_FOR_TRAINING: { description: 'A training batch holds the entry.' },
    USED_FOR_TRAINING: { description: 'A training batch has used the entry.' },
    CLAIMED_BY_REVIEWER: { description: 'Another reviewer has claimed the entry.' },
    WITHDRAWN: { description: 'The submitter has withdrawn the entry.' },
    NOT_REVIEWED: { description: 'The entry has no review to undo.' },
    TOO_MANY_TAGS: { description: 'The entry would have more than 32 tags.' },
    TOO_MANY_LINKS: { description: 'The entry is linked to 32 adapters.' },
    NAMED_BY_SUBMISSION: { description: 'The submission named the adapter; its link stays.' },
    LINKED_BY_OTHER: { description: 'Another user made the link, and the token lacks `adapters:write`.' },
    CHANGED_SINCE: { description: 'The entry was changed after the operation, so that its undo leaves it.' },
    FAILED: { description: 'An error in the server, which its log has.' },
  },
});

@InputType({ description: 'The entries of a bulk operation: either `ids` or `filter`, and at most 10,000.' })
export class BulkSelectionInput {
  @Field(() => [ID], { nullable: true, description: 'Ids of entries, from 1 to 10,000.' })
  ids?: readonly string[] | null;

  @Field(() => FeedbackFilterInput, {
    nullable: true,
    description: 'Selects the entries that match when the operation starts.',
  })
  filter?: FeedbackFilterInput | null;
}

@InputType({ description: 'What to do to each entry.' })
export class BulkChangeInput {
  @Field(() => BulkActionEnum, { description: 'The action.' })
  action!: BulkAction;

  @Field(() => String, {
    nullable: true,
    description: 'For `APPROVE` and `REJECT`: the reason, 1 to 500 characters. It must not name persons.',
  })
  reason?: string | null;

  @Field(() => [String], { nullable: true, description: 'For `TAG`: tags to add, at most 32.' })
  addTags?: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: 'For `TAG`: tags to remove, at most 32.' })
  removeTags?: readonly string[] | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'For `LINK` and `UNLINK`: the adapter. Linking creates it if it does not exist, with the permission ' +
      '`adapters:create` or `adapters:write`.',
  })
  adapterId?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'How many entries are skipped for a reason.' })
export class BulkSkip {
  @Field(() => BulkSkipReasonEnum, { description: 'The reason.' })
  reason!: RefusalReason;

  @Field(() => Int, { description: 'Number of entries.' })
  count!: number;
}

@ObjectType('BulkPreview', { simpleResolvers: true, description: 'What a bulk operation would do now.' })
export class BulkPreviewNode {
  @Field(() => Int, { description: 'Number of selected entries.' })
  selected!: number;

  @Field(() => Int, { description: 'Number of entries that would change.' })
  changed!: number;

  @Field(() => [BulkSkip], { description: 'Numbers of entries that would be skipped, by reason.' })
  skipped!: readonly BulkSkip[];
}

@ObjectType('BulkUndo', { simpleResolvers: true, description: 'How far the undo of a bulk operation is.' })
export class BulkUndoNode {
  @Field(() => String, { description: 'The `sub` claim of the token of the user who undoes it.' })
  createdBy!: string;

  @Field(() => Int, { description: 'Number of entries that the undo has to look at.' })
  total!: number;

  @Field(() => Int, { description: 'Number of entries that it has looked at.' })
  done!: number;

  @Field(() => Int, { description: 'Number of entries that have again what they had before the operation.' })
  restored!: number;

  @Field(() => [BulkSkip], { description: 'Numbers of entries that stay as they are, by reason.' })
  skipped!: readonly BulkSkip[];
}

@ObjectType({ simpleResolvers: true, description: 'An entry of a bulk operation, and what became of it.' })
export class BulkEntry {
  @Field(() => ID, { description: 'Id of the feedback entry.' })
  feedbackId!: string;

  @Field(() => Int, { nullable: true, description: 'Version that the operation made. Null if it made none.' })
  version?: number;

  @Field(() => BulkSkipReasonEnum, { nullable: true, description: 'Why the entry was skipped. Null if it was not.' })
  skipped?: RefusalReason;

  @Field(() => BulkSkipReasonEnum, {
    nullable: true,
    description: 'Why the undo has left the entry as it is. Null if it has not.',
  })
  notRestored?: RefusalReason;
}

@ObjectType({ simpleResolvers: true, description: 'An entry of a bulk operation in a list.' })
export class BulkEntryEdge extends ListEdge {
  @Field(() => BulkEntry, { description: 'The entry.' })
  node!: BulkEntry;
}

export const BulkEntryConnection = connectionType(
  'BulkEntryConnection',
  () => BulkEntryEdge,
  'A page of the entries of a bulk operation, in the order of their ids.',
);

@ObjectType('BulkOperation', {
  simpleResolvers: true,
  description: 'A change of many entries: what it does, and how far it is.',
})
export class BulkOperationNode {
  @Field(() => ID, { description: 'Id of the operation, which the audit events of its entries name.' })
  id!: string;

  @Field(() => BulkStateEnum, { description: 'State of the operation.' })
  state!: BulkState;

  @Field(() => BulkActionEnum, { description: 'What it does to each entry.' })
  action!: BulkAction;

  @Field(() => String, { nullable: true, description: 'Reason of a review.' })
  reason?: string;

  @Field(() => [String], { nullable: true, description: 'Tags that it adds.' })
  addTags?: readonly string[];

  @Field(() => [String], { nullable: true, description: 'Tags that it removes.' })
  removeTags?: readonly string[];

  @Field(() => ID, { nullable: true, description: 'Id of the adapter that it links or unlinks.' })
  adapterId?: string;

  @Field(() => Int, { description: 'Number of entries.' })
  total!: number;

  @Field(() => Int, { description: 'Number of entries that it has changed or skipped.' })
  done!: number;

  @Field(() => Int, { description: 'Number of entries that it has changed.' })
  changed!: number;

  @Field(() => [BulkSkip], { description: 'Numbers of entries that it has skipped, by reason.' })
  skipped!: readonly BulkSkip[];

  @Field(() => BulkUndoNode, { nullable: true, description: 'How far its undo is. Null if it is not undone.' })
  undo?: BulkUndoNode;

  @Field(() => String, { description: 'The `sub` claim of the token of the user who started it.' })
  createdBy!: string;

  @Field(() => GraphQLDateTime, { description: 'Time it was started.' })
  createdAt!: number;

  @Field(() => GraphQLDateTime, { description: 'Time of its last progress.' })
  updatedAt!: number;

  @Field(() => GraphQLDateTime, { description: 'Time until which it can be read and undone.' })
  expiresAt!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A bulk operation in a list.' })
export class BulkOperationEdge extends ListEdge {
  @Field(() => BulkOperationNode, { description: 'The operation.' })
  node!: BulkOperationNode;
}

export const BulkOperationConnection = connectionType(
  'BulkOperationConnection',
  () => BulkOperationEdge,
  'A page of bulk operations, newest first.',
);
