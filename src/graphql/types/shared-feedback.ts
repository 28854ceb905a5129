import { Field, Int, ObjectType } from 'type-graphql';
import { AdapterNode } from './adapter.js';
import { connectionType } from './connection.js';

@ObjectType({ simpleResolvers: true, description: 'An adapter that shares feedback with another one.' })
export class SharedFeedbackEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => Int, { description: 'How much feedback is linked to both.' })
  sharedCount!: number;

  @Field(() => AdapterNode, { description: 'The other adapter.' })
  node!: AdapterNode;
}

export const SharedFeedbackConnection = connectionType(
  'SharedFeedbackConnection',
  () => SharedFeedbackEdge,
  'A page of the adapters that share feedback with one: most first, those that share as much by id.',
);

@ObjectType({ simpleResolvers: true, description: 'Two adapters that feedback is linked to both of.' })
export class SharedFeedbackPair {
  @Field(() => [AdapterNode], { description: 'The two, by id.' })
  adapters!: readonly AdapterNode[];

  @Field(() => Int, { description: 'How much feedback is linked to both.' })
  sharedCount!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A pair of adapters in a list.' })
export class SharedFeedbackPairEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => SharedFeedbackPair, { description: 'The pair.' })
  node!: SharedFeedbackPair;
}

export const SharedFeedbackPairConnection = connectionType(
  'SharedFeedbackPairConnection',
  () => SharedFeedbackPairEdge,
  'A page of the pairs of adapters that share feedback: most first, those that share as much by id.',
);
