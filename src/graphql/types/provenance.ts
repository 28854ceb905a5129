import { GraphQLDateTime } from 'graphql-scalars';
import { ArgsType, Field, Int, ObjectType } from 'type-graphql';
import { AdapterNode } from './adapter.js';
import { connectionType, PageArguments } from './connection.js';
import { JSONObject } from './json.js';
import { TrainingBatchNode } from './training.js';

@ObjectType({
  simpleResolvers: true,
  description: 'A training batch that an adapter was trained on, with the properties of the `TRAINED_ON` edge.',
})
export class TrainedOnEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => TrainingBatchNode, { description: 'The training batch.' })
  node!: TrainingBatchNode;

  @Field(() => GraphQLDateTime, { description: 'When it was committed.' })
  createdAt!: number;

  @Field(() => String, { nullable: true, description: 'The version of the adapter that was made of it.' })
  version?: string;

  @Field(() => JSONObject, { nullable: true, description: 'What the trainer measured: numbers by name.' })
  metrics?: Readonly<Record<string, number>>;
}

export const TrainedOnConnection = connectionType(
  'TrainedOnConnection',
  () => TrainedOnEdge,
  'A page of the training batches that an adapter was trained on, by number.',
);

@ObjectType({ simpleResolvers: true, description: 'An adapter that has learned from a feedback.' })
export class TrainedAdapterEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => AdapterNode, { description: 'The adapter.' })
  node!: AdapterNode;

  @Field(() => Int, { description: '0 for one that was trained on it; else the generations since that one.' })
  depth!: number;
}

export const TrainedAdapterConnection = connectionType(
  'TrainedAdapterConnection',
  () => TrainedAdapterEdge,
  'A page of the adapters that have learned from a feedback, nearest first.',
);

@ArgsType()
export class TrainedAdaptersArguments extends PageArguments {
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Also everything that was derived from those that were trained on it, and so inherited it.',
  })
  descendants!: boolean;
}

@ObjectType('ModelCard', { simpleResolvers: true, description: 'What to paste into the README of a model hub.' })
export class ModelCardNode {
  @Field(() => String, { description: 'The metadata: between two lines of `---` at the top of the README.' })
  yaml!: string;

  @Field(() => String, { description: 'A section on the training data.' })
  markdown!: string;
}
