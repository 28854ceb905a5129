import { GraphQLDateTime } from 'graphql-scalars';
import { ArgsType, Field, Int, ObjectType } from 'type-graphql';
import { AdapterNode } from './adapter.js';
import { connectionType, ListEdge, PageArguments } from './connection.js';
import { JSONObject } from './json.js';
import { TrainingBatchNode } from './training.js';

@ObjectType({
  simpleResolvers: true,
  description: 'A training batch an adapter was trained on, with the properties of the `TRAINED_ON` edge.',
})
export class TrainedOnEdge extends ListEdge {
  @Field(() => TrainingBatchNode, { description: 'The training batch.' })
  node!: TrainingBatchNode;

  @Field(() => GraphQLDateTime, { description: 'Time the training batch was committed.' })
  createdAt!: number;

  @Field(() => String, { nullable: true, description: 'Version of the adapter produced from the training batch.' })
  version?: string;

  @Field(() => JSONObject, { nullable: true, description: 'Metrics reported by the trainer, as numbers by name.' })
  metrics?: Readonly<Record<string, number>>;
}

export const TrainedOnConnection = connectionType(
  'TrainedOnConnection',
  () => TrainedOnEdge,
  'A page of the training batches an adapter was trained on, ordered by number.',
);

@ObjectType({ simpleResolvers: true, description: 'An adapter that has learned from a feedback entry.' })
export class TrainedAdapterEdge extends ListEdge {
  @Field(() => AdapterNode, { description: 'The adapter.' })
  node!: AdapterNode;

  @Field(() => Int, {
    description:
      '0 if the adapter was trained on the entry itself; otherwise the number of generations between it and the ' +
      'adapter that was.',
  })
  depth!: number;
}

export const TrainedAdapterConnection = connectionType(
  'TrainedAdapterConnection',
  () => TrainedAdapterEdge,
  'A page of the adapters that have learned from a feedback entry, nearest first.',
);

@ArgsType()
export class TrainedAdaptersArguments extends PageArguments {
  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Also include adapters derived from those trained on the entry, which inherit what was learned from it.',
  })
  descendants!: boolean;
}

@ObjectType('ModelCard', { simpleResolvers: true, description: 'Text to paste into a README on a model hub.' })
export class ModelCardNode {
  @Field(() => String, { description: 'YAML metadata, to be placed between two `---` lines at the top of the README.' })
  yaml!: string;

  @Field(() => String, { description: 'A Markdown section on the training data.' })
  markdown!: string;
}
