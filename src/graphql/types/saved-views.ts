import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { SavedView, ViewFilter, ViewScope } from '../../feedback/saved-views.js';
import { MAX_VIEW_COLUMNS } from '../../feedback/saved-views.js';
import type { FeedbackType, ValidationStatus } from '../../model/facets.js';
import type { FeedbackSource } from '../../model/feedback-fields.js';
import { connectionType, ListEdge, Order } from './connection.js';
import { FeedbackFilterInput } from './feedback-content.js';
import { FeedbackSourceEnum, FeedbackTypeEnum, ValidationStatusEnum } from './feedback-enums.js';
import { ScoreFilterNode } from './training-filter.js';

export const ViewScopeEnum = { OWN: 'own', SHARED: 'shared' } as const satisfies Record<string, ViewScope>;
registerEnumType(ViewScopeEnum, {
  name: 'SavedViewScope',
  description: 'Which saved views a list shows.',
  valuesConfig: {
    OWN: { description: "The user's own views." },
    SHARED: { description: "Views that users share with the organization, including the user's own." },
  },
});

@ObjectType('FeedbackFilter', {
  simpleResolvers: true,
  description: 'A filter for a list of feedback entries. Its fields can be sent as a `FeedbackFilterInput`.',
})
export class FeedbackFilterNode implements ViewFilter {
  @Field(() => FeedbackTypeEnum, { nullable: true, description: 'Only entries with this judgement.' })
  type?: FeedbackType;

  @Field(() => ValidationStatusEnum, { nullable: true, description: 'Only entries with this validation status.' })
  validationStatus?: ValidationStatus;

  @Field(() => Boolean, {
    nullable: true,
    description: 'true: only entries neither used nor held by a training batch; false: only used entries.',
  })
  unused?: boolean;

  @Field(() => String, { nullable: true, description: 'Only entries about answers from this model version.' })
  modelVersion?: string;

  @Field(() => ID, { nullable: true, description: 'Only entries linked to this adapter.' })
  adapterId?: string;

  @Field(() => String, { nullable: true, description: 'Only entries submitted for this version of `adapterId`.' })
  adapterVersion?: string;

  @Field(() => String, { nullable: true, description: 'Only entries from this user, as identified by the client.' })
  userId?: string;

  @Field(() => String, { nullable: true, description: 'Only entries about this interaction.' })
  interactionId?: string;

  @Field(() => String, { nullable: true, description: 'Only entries about interactions of this conversation.' })
  conversationId?: string;

  @Field(() => FeedbackSourceEnum, { nullable: true, description: 'Only entries from this source.' })
  source?: FeedbackSource;

  @Field(() => String, { nullable: true, description: 'Only entries with this tag.' })
  tag?: string;

  @Field(() => [ScoreFilterNode], { nullable: true, description: 'Only entries with each of these scores.' })
  scores?: readonly ScoreFilterNode[];

  @Field(() => String, { nullable: true, description: 'Only entries that this search finds.' })
  search?: string;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only entries submitted at or after this time.' })
  since?: number;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only entries submitted before this time.' })
  until?: number;
}

@ObjectType('SavedView', {
  simpleResolvers: true,
  description: 'A view of the list of feedback entries that a user has saved.',
})
export class SavedViewNode implements SavedView {
  @Field(() => ID, { description: 'Id of the view.' })
  id!: string;

  @Field(() => String, { description: 'Name of the view.' })
  name!: string;

  @Field(() => FeedbackFilterNode, { description: 'The filter; without fields, it selects all entries.' })
  filter!: FeedbackFilterNode;

  @Field(() => Order, { nullable: true, description: 'Order of the list. Null for the default of the list.' })
  order?: 'asc' | 'desc';

  @Field(() => [String], { description: 'Names of the columns to show, as the client chose them.' })
  columns!: readonly string[];

  @Field(() => Boolean, { description: 'Whether everybody in the organization who reads feedback can read the view.' })
  isShared!: boolean;

  @Field(() => Int, { description: 'Revision number of the view, incremented by every change.' })
  revision!: number;

  @Field(() => String, { description: 'The `sub` claim of the token of the user who owns the view.' })
  createdBy!: string;

  @Field(() => GraphQLDateTime, { description: 'Time the view was saved first.' })
  createdAt!: number;

  @Field(() => GraphQLDateTime, { description: 'Time of the last change.' })
  updatedAt!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A saved view in a list.' })
export class SavedViewEdge extends ListEdge {
  @Field(() => SavedViewNode, { description: 'The view.' })
  node!: SavedView;
}

export const SavedViewConnection = connectionType(
  'SavedViewConnection',
  () => SavedViewEdge,
  'A page of saved views, oldest first.',
);

const NAME = 'Name of the view: 1 to 256 bytes, not blank.';
const FILTER = 'The filter of the list.';
const COLUMNS = `Names of the columns to show, at most ${MAX_VIEW_COLUMNS} of 1 to 256 bytes each; what they mean is up to the client.`;
const SHARED = 'Whether to share the view with the organization.';

@InputType({ description: 'A view to save: at most 8,192 bytes of JSON.' })
export class SavedViewInput {
  @Field(() => String, { description: NAME })
  name!: string;

  @Field(() => FeedbackFilterInput, { nullable: true, description: `${FILTER} By default, it selects all entries.` })
  filter?: FeedbackFilterInput | null;

  @Field(() => Order, { nullable: true, description: 'Order of the list; the default of the list if omitted.' })
  order?: Order | null;

  @Field(() => [String], { nullable: true, description: COLUMNS })
  columns?: readonly string[] | null;

  @Field(() => Boolean, { nullable: true, description: `${SHARED} It is private by default.` })
  isShared?: boolean | null;
}

@InputType({ description: 'A change of a saved view. Omitted fields stay as they are.' })
export class SavedViewChangeInput {
  @Field(() => String, { nullable: true, description: NAME })
  name?: string | null;

  @Field(() => FeedbackFilterInput, { nullable: true, description: `${FILTER} It replaces the whole filter.` })
  filter?: FeedbackFilterInput | null;

  @Field(() => Order, { nullable: true, description: 'Order of the list; null for the default of the list.' })
  order?: Order | null;

  @Field(() => [String], { nullable: true, description: COLUMNS })
  columns?: readonly string[] | null;

  @Field(() => Boolean, { nullable: true, description: SHARED })
  isShared?: boolean | null;
}
