import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { PreferenceOutcome } from '../../model/preference.js';

const PreferenceOutcomeEnum = { WON: 'won', LOST: 'lost', TIED: 'tied' } as const satisfies Record<
  Uppercase<PreferenceOutcome>,
  PreferenceOutcome
>;
registerEnumType(PreferenceOutcomeEnum, {
  name: 'PreferenceOutcome',
  description: "What became of an adapter's answers in a preference.",
  valuesConfig: {
    WON: { description: 'One of its answers was preferred.' },
    LOST: { description: 'The answer of something else was preferred.' },
    TIED: { description: 'No answer was preferred.' },
  },
});
export { PreferenceOutcomeEnum };

@ObjectType('PreferenceStats', {
  simpleResolvers: true,
  description: 'Counts of approved preferences by outcome, and the share that was won.',
})
export class PreferenceStatsNode {
  @Field(() => Int, { description: 'Number of preferences won.' })
  wonCount!: number;

  @Field(() => Int, { description: 'Number of preferences lost.' })
  lostCount!: number;

  @Field(() => Int, { description: 'Number of ties.' })
  tiedCount!: number;

  @Field(() => Float, {
    nullable: true,
    description: '`wonCount / (wonCount + lostCount)`: ties are left out. Null if there are neither.',
  })
  winRate?: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Lower bound of the 95 % confidence interval of `winRate` (Wilson score interval, 1927).',
  })
  winRateLow?: number;

  @Field(() => Float, { nullable: true, description: 'Upper bound of the same interval.' })
  winRateHigh?: number;
}

@ObjectType({ description: 'Preferences between the answers of two adapters.' })
export class HeadToHead extends PreferenceStatsNode {
  @Field(() => ID, { description: 'Id of the adapter whose outcomes are counted.' })
  adapterId!: string;

  @Field(() => ID, { description: 'Id of the adapter that it was compared with.' })
  opponentId!: string;
}
