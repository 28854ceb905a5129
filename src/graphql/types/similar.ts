import { Field, Float, ObjectType } from 'type-graphql';
import { FeedbackNode } from './feedback.js';

@ObjectType({ simpleResolvers: true, description: 'An entry that is similar to another one.' })
export class SimilarFeedback {
  @Field(() => FeedbackNode, { description: 'The similar entry.' })
  node!: FeedbackNode;

  @Field(() => Float, {
    description:
      'How alike question and answer of both are, from 0.5 to 1: the share of sequences of three words that both have, of ' +
      'all that either has.',
  })
  similarity!: number;
}
