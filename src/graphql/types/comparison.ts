import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Correctness } from '../../graph/compare-adapters.js';
import { AdapterNode } from './adapter.js';
import { FeedbackNode } from './feedback.js';
import { HeadToHead, PreferenceStatsNode } from './preference-stats.js';

export const CorrectnessEnum = { RIGHT: 'right', WRONG: 'wrong', DISPUTED: 'disputed' } as const;
registerEnumType(CorrectnessEnum, {
  name: 'AnswerVerdict',
  description: "The majority verdict on an adapter's answers to a question.",
  valuesConfig: {
    RIGHT: { description: 'Most entries are positive.' },
    WRONG: { description: 'Most entries are negative.' },
    DISPUTED: { description: 'Positive and negative entries are tied.' },
  },
});

@ObjectType({ simpleResolvers: true, description: "One adapter's results on the compared questions." })
export class ComparedAdapterNode {
  @Field(() => AdapterNode, { description: 'The adapter.' })
  adapter!: AdapterNode;

  @Field(() => Int, {
    description: 'Number of approved entries examined: the newest, at most 1,000 verdicts and 1,000 preferences.',
  })
  examinedCount!: number;

  @Field(() => Boolean, { description: 'Whether the adapter has approved entries that were not examined.' })
  truncated!: boolean;

  @Field(() => Int, { description: 'Number of compared questions the adapter got right.' })
  rightCount!: number;

  @Field(() => Int, { description: 'Number of compared questions the adapter got wrong.' })
  wrongCount!: number;

  @Field(() => Int, { description: 'Number of compared questions on which judgements of the adapter are tied.' })
  disputedCount!: number;

  @Field(() => PreferenceStatsNode, {
    description: "Preferences between the adapter's answers and any others, as in `Adapter.preferences`.",
  })
  preferences!: PreferenceStatsNode;
}

@ObjectType({ simpleResolvers: true, description: "Judgements of one adapter's answers to one question." })
export class ComparedJudgement {
  @Field(() => ID, { description: 'Id of the adapter.' })
  adapterId!: string;

  @Field(() => CorrectnessEnum, { description: 'The majority verdict.' })
  verdict!: Correctness;

  @Field(() => Int, { description: 'Number of positive entries.' })
  positiveCount!: number;

  @Field(() => Int, { description: 'Number of negative entries.' })
  negativeCount!: number;

  @Field(() => FeedbackNode, { description: 'The newest entry.' })
  newest!: FeedbackNode;
}

@ObjectType({ simpleResolvers: true, description: 'A step in a lineage at which the verdict on a question changed.' })
export class ComparedStep {
  @Field(() => ID, { description: 'Id of the ancestor.' })
  ancestorId!: string;

  @Field(() => ID, { description: 'Id of the descendant.' })
  descendantId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A question on which several of the adapters were judged.' })
export class ComparedQuestionNode {
  @Field(() => String, { description: 'The question, as most recently asked.' })
  question!: string;

  @Field(() => [ComparedJudgement], { description: 'Judgements by adapter, in the order requested.' })
  judgements!: readonly ComparedJudgement[];

  @Field(() => [ComparedStep], { description: 'Lineage steps on which a descendant is right and an ancestor wrong.' })
  fixed!: readonly ComparedStep[];

  @Field(() => [ComparedStep], { description: 'Lineage steps on which a descendant is wrong and an ancestor right.' })
  broken!: readonly ComparedStep[];
}

@ObjectType({
  simpleResolvers: true,
  description:
    'A comparison of adapters on the same questions. Questions are the same if they differ only in case, spaces ' +
    'and closing punctuation.',
})
export class AdapterComparison {
  @Field(() => [ComparedAdapterNode], { description: 'The compared adapters, in the order requested.' })
  adapters!: readonly ComparedAdapterNode[];

  @Field(() => [ComparedQuestionNode], {
    description:
      'Questions on which at least two of the adapters were judged: those with different verdicts first, then ' +
      'newest first.',
  })
  questions!: readonly ComparedQuestionNode[];

  @Field(() => [HeadToHead], {
    description:
      'Preferences between the answers of each two of the adapters, among the entries examined: for both of them, and only ' +
      'for those that were compared with each other.',
  })
  headToHead!: readonly HeadToHead[];

  @Field(() => Int, { description: 'Number of such questions in total.' })
  questionCount!: number;

  @Field(() => Int, { description: 'Number of questions a descendant got right and an ancestor got wrong.' })
  fixedCount!: number;

  @Field(() => Int, { description: 'Number of questions a descendant got wrong and an ancestor got right.' })
  brokenCount!: number;
}
