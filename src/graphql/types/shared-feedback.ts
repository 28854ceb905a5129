import { Field, Int, ObjectType } from 'type-graphql';
import { AdapterNode } from './adapter.js';
import { connectionType, ListEdge } from './connection.js';

@ObjectType({ simpleResolvers: true, description: 'An adapter that shares feedback entries with another.' })
export class SharedFeedbackEdge extends ListEdge {
  @Field(() => Int, { description: 'Number of entries linked to both adapters.' })
  sharedCount!: number;

  @Field(() => AdapterNode, { description: 'The other adapter.' })
  node!: AdapterNode;
}

export const SharedFeedbackConnection = connectionType(
  'SharedFeedbackConnection',
  () => SharedFeedbackEdge,
  'A page of the adapters that share feedback entries with another, most shared entries first and then by id.',
);

@ObjectType({ simpleResolvers: true, description: 'Two adapters that share feedback entries.' })
export class SharedFeedbackPair {
  @Field(() => [AdapterNode], { description: 'The two adapters, ordered by id.' })
  adapters!: readonly AdapterNode[];

  @Field(() => Int, { description: 'Number of entries linked to both adapters.' })
  sharedCount!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A pair of adapters in a list.' })
export class SharedFeedbackPairEdge extends ListEdge {
  @Field(() => SharedFeedbackPair, { description: 'The pair.' })
  node!: SharedFeedbackPair;
}

export const SharedFeedbackPairConnection = connectionType(
  'SharedFeedbackPairConnection',
  () => SharedFeedbackPairEdge,
  'A page of the pairs of adapters that share feedback entries, most shared entries first and then by id.',
);
