import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Correctness } from '../../graph/compare-adapters.js';
import { AdapterNode } from './adapter.js';
import { FeedbackNode } from './feedback.js';

export const CorrectnessEnum = { RIGHT: 'right', WRONG: 'wrong', DISPUTED: 'disputed' } as const;
registerEnumType(CorrectnessEnum, {
  name: 'AnswerVerdict',
  description: "What people say of an adapter's answers to a question.",
  valuesConfig: {
    RIGHT: { description: 'More say that they are good.' },
    WRONG: { description: 'More say that they are not good.' },
    DISPUTED: { description: 'As many say so as the contrary.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'How one adapter does on the questions that are compared.' })
export class ComparedAdapterNode {
  @Field(() => AdapterNode, { description: 'The adapter.' })
  adapter!: AdapterNode;

  @Field(() => Int, { description: 'How much of its approved feedback was looked at: its newest 1,000 entries.' })
  examinedCount!: number;

  @Field(() => Boolean, { description: 'Whether it has more approved feedback than was looked at.' })
  truncated!: boolean;

  @Field(() => Int, { description: 'Compared questions that its answers are right on.' })
  rightCount!: number;

  @Field(() => Int, { description: 'Compared questions that its answers are wrong on.' })
  wrongCount!: number;

  @Field(() => Int, { description: 'Compared questions that its answers are disputed on.' })
  disputedCount!: number;
}

@ObjectType({ simpleResolvers: true, description: 'What was said of the answers of one adapter to one question.' })
export class ComparedJudgement {
  @Field(() => ID, { description: 'The id of the adapter.' })
  adapterId!: string;

  @Field(() => CorrectnessEnum, { description: 'What most say.' })
  verdict!: Correctness;

  @Field(() => Int, { description: 'Positive feedback.' })
  positiveCount!: number;

  @Field(() => Int, { description: 'Negative feedback.' })
  negativeCount!: number;

  @Field(() => FeedbackNode, { description: 'What was said last.' })
  newest!: FeedbackNode;
}

@ObjectType({ simpleResolvers: true, description: 'A step along a lineage that changed the verdict on a question.' })
export class ComparedStep {
  @Field(() => ID, { description: 'The id of the parent, or of an earlier ancestor.' })
  ancestorId!: string;

  @Field(() => ID, { description: 'The id of what was derived from it.' })
  descendantId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A question that several of the adapters were judged on.' })
export class ComparedQuestionNode {
  @Field(() => String, { description: 'The question, as it was asked last.' })
  question!: string;

  @Field(() => [ComparedJudgement], { description: 'By adapter, in the order in which they were named.' })
  judgements!: readonly ComparedJudgement[];

  @Field(() => [ComparedStep], { description: 'Descendants that are right where an ancestor is wrong.' })
  fixed!: readonly ComparedStep[];

  @Field(() => [ComparedStep], { description: 'Descendants that are wrong where an ancestor is right.' })
  broken!: readonly ComparedStep[];
}

@ObjectType({
  simpleResolvers: true,
  description: 'Adapters side by side on the same questions: the same text but for case, spaces and closing marks.',
})
export class AdapterComparison {
  @Field(() => [ComparedAdapterNode], { description: 'The adapters, in the order in which they were named.' })
  adapters!: readonly ComparedAdapterNode[];

  @Field(() => [ComparedQuestionNode], {
    description: 'The questions that at least two were judged on: where they differ first, then newest first.',
  })
  questions!: readonly ComparedQuestionNode[];

  @Field(() => Int, { description: 'How many such questions there are.' })
  questionCount!: number;

  @Field(() => Int, { description: 'Questions that a descendant is right on and an ancestor wrong.' })
  fixedCount!: number;

  @Field(() => Int, { description: 'Questions that a descendant is wrong on and an ancestor right.' })
  brokenCount!: number;
}
