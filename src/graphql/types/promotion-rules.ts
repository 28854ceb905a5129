/** What adapters must fulfil before they are promoted. */
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { GatedStage, RateBound, RuleKind } from '../../adapters/promotion-rules.js';

export const RuleKindEnum = {
  ENTRIES: 'entries',
  POSITIVE_SHARE: 'positive_share',
  WIN_RATE: 'win_rate',
  METRIC: 'metric',
  METRIC_AGAINST_PARENT: 'metric_against_parent',
} as const satisfies Record<Uppercase<RuleKind>, RuleKind>;
registerEnumType(RuleKindEnum, {
  name: 'PromotionRuleKind',
  description: 'What a promotion rule measures.',
  valuesConfig: {
    ENTRIES: { description: 'The number of approved entries linked to the adapter.' },
    POSITIVE_SHARE: {
      description:
        'On the questions that the adapter and a parent were both judged on, as in `compareAdapters`: the share it got ' +
        'right minus the share the parent got right, from -1 to 1. With several parents, the smallest difference.',
    },
    WIN_RATE: { description: "The share of decided preferences that the adapter's answers won, from 0 to 1." },
    METRIC: {
      description:
        "The newest evaluation of the adapter's registered version by a metric, on a dataset if one is named.",
    },
    METRIC_AGAINST_PARENT: {
      description:
        'As METRIC, minus the value of a parent by the same metric on the same dataset. With several parents or datasets, the ' +
        'rule must hold for each pair that has both values. An adapter without an evaluation of its own does not pass.',
    },
  },
});

export const GatedStageEnum = { CANDIDATE: 'candidate', PRODUCTION: 'production' } as const satisfies Record<
  Uppercase<GatedStage>,
  GatedStage
>;
registerEnumType(GatedStageEnum, {
  name: 'PromotionStage',
  description: 'A stage with rules.',
  valuesConfig: {
    CANDIDATE: { description: 'Considered for production.' },
    PRODUCTION: { description: 'In use.' },
  },
});

export const RateBoundEnum = { RATE: 'rate', LOW: 'low' } as const satisfies Record<Uppercase<RateBound>, RateBound>;
registerEnumType(RateBoundEnum, {
  name: 'WinRateBound',
  description: 'The value a rule of the kind WIN_RATE compares.',
  valuesConfig: {
    RATE: { description: 'The win rate itself.' },
    LOW: { description: 'The lower bound of its 95 % confidence interval (Wilson score interval, 1927).' },
  },
});

const AT_LEAST =
  'Smallest allowed value: an integer from 1 for ENTRIES, from -1 to 1 for POSITIVE_SHARE, from 0 to 1 for WIN_RATE.';
const AT_MOST =
  'Largest allowed value, as of a loss. Only for METRIC and METRIC_AGAINST_PARENT, which require one of the two bounds.';
const MINIMUM_COUNT =
  'Smallest number of common questions (POSITIVE_SHARE) or decided preferences (WIN_RATE) for the value to count; 1 by default.';
const DATASET =
  'Dataset the metric was measured on. If omitted, the newest evaluation on any dataset counts (METRIC), or every dataset both were measured on (METRIC_AGAINST_PARENT).';
const PASSES_UNMEASURED =
  'Whether an adapter whose value cannot be determined passes; false by default. For METRIC_AGAINST_PARENT: whether one passes if no parent has a value to compare with.';

@ObjectType('PromotionRule', { simpleResolvers: true, description: 'A condition for promoting an adapter.' })
export class PromotionRuleNode {
  @Field(() => RuleKindEnum, { description: 'What the rule measures.' })
  kind!: RuleKind;

  @Field(() => GatedStageEnum, { description: 'Promotions to this stage are subject to the rule.' })
  stage!: GatedStage;

  @Field(() => Float, { nullable: true, description: AT_LEAST })
  atLeast?: number;

  @Field(() => Float, { nullable: true, description: AT_MOST })
  atMost?: number;

  @Field(() => Int, { nullable: true, description: MINIMUM_COUNT })
  minimumCount?: number;

  @Field(() => RateBoundEnum, { nullable: true, description: 'For WIN_RATE: the value to compare; RATE by default.' })
  bound?: RateBound;

  @Field(() => String, { nullable: true, description: 'For METRIC and METRIC_AGAINST_PARENT: name of the metric.' })
  metric?: string;

  @Field(() => String, { nullable: true, description: DATASET })
  dataset?: string;

  @Field(() => Boolean, { nullable: true, description: PASSES_UNMEASURED })
  passesUnmeasured?: boolean;
}

@ObjectType('PromotionRules', { simpleResolvers: true, description: 'The rules of the organization for promotions.' })
export class PromotionRulesNode {
  @Field(() => [PromotionRuleNode], { description: 'The rules. All rules of a stage must hold.' })
  rules!: readonly PromotionRuleNode[];

  @Field(() => Int, {
    description:
      'Revision number of the rules, incremented by every change; 0 until they are first set and the defaults apply.',
  })
  revision!: number;
}

@InputType({ description: 'A condition for promoting an adapter.' })
export class PromotionRuleInput {
  @Field(() => RuleKindEnum, { description: 'What the rule measures.' })
  kind!: RuleKind;

  @Field(() => GatedStageEnum, {
    nullable: true,
    description: 'Promotions to this stage are subject to the rule; PRODUCTION by default.',
  })
  stage?: GatedStage | null;

  @Field(() => Float, { nullable: true, description: AT_LEAST })
  atLeast?: number | null;

  @Field(() => Float, { nullable: true, description: AT_MOST })
  atMost?: number | null;

  @Field(() => Int, { nullable: true, description: MINIMUM_COUNT })
  minimumCount?: number | null;

  @Field(() => RateBoundEnum, { nullable: true, description: 'For WIN_RATE: the value to compare; RATE by default.' })
  bound?: RateBound | null;

  @Field(() => String, {
    nullable: true,
    description: 'For METRIC and METRIC_AGAINST_PARENT: name of the metric, 1 to 256 bytes.',
  })
  metric?: string | null;

  @Field(() => String, { nullable: true, description: DATASET })
  dataset?: string | null;

  @Field(() => Boolean, { nullable: true, description: PASSES_UNMEASURED })
  passesUnmeasured?: boolean | null;
}
