/** What an organization takes scores and tags for. */
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { type ScoreKind } from '../../feedback/rules.js';

export const ScoreKindEnum = { NUMBER: 'number', BOOLEAN: 'boolean', CATEGORY: 'category' } as const;
registerEnumType(ScoreKindEnum, {
  name: 'ScoreKind',
  description: 'What values a score has.',
  valuesConfig: {
    NUMBER: { description: 'Numbers.' },
    BOOLEAN: { description: 'True or false.' },
    CATEGORY: { description: 'Names of categories.' },
  },
});

@ObjectType('ScoreCondition', { simpleResolvers: true, description: 'Values of a score; all that is given must hold.' })
export class ScoreConditionNode {
  @Field(() => Float, { nullable: true, description: 'The least number.' })
  atLeast?: number;

  @Field(() => Float, { nullable: true, description: 'The greatest number.' })
  atMost?: number;

  @Field(() => [String], { nullable: true, description: 'Categories, or `true` and `false`.' })
  oneOf?: readonly string[];
}

@ObjectType('ScoreDefinition', { simpleResolvers: true, description: 'A score that entries may have.' })
export class ScoreDefinitionNode {
  @Field(() => String, { description: 'Name of the score.' })
  name!: string;

  @Field(() => ScoreKindEnum, { description: 'What values it has.' })
  kind!: ScoreKind;

  @Field(() => Float, { nullable: true, description: 'The least number allowed.' })
  min?: number;

  @Field(() => Float, { nullable: true, description: 'The greatest number allowed.' })
  max?: number;

  @Field(() => [String], { nullable: true, description: 'The categories allowed; any if absent.' })
  categories?: readonly string[];

  @Field(() => ScoreConditionNode, { nullable: true, description: 'Values that say that the answer was good.' })
  positive?: ScoreConditionNode;

  @Field(() => ScoreConditionNode, { nullable: true, description: 'Values that say that the answer was bad.' })
  negative?: ScoreConditionNode;
}

@ObjectType('FeedbackRules', {
  simpleResolvers: true,
  description: 'The scores and tags that the entries of the organization may have, and what scores say of an answer.',
})
export class FeedbackRulesNode {
  @Field(() => [ScoreDefinitionNode], {
    description:
      'The scores; any if there are none. The first one that an entry has and that says what is good decides the type of ' +
      'an entry without one; if it says neither, the entry is negative and flagged.',
  })
  scoreDefinitions!: readonly ScoreDefinitionNode[];

  @Field(() => [String], { description: 'The tags; any if there are none.' })
  allowedTags!: readonly string[];

  @Field(() => Int, { description: 'Incremented by every change; 0 until the rules are set for the first time.' })
  revision!: number;
}

@InputType({ description: 'Values of a score; all that is given must hold.' })
export class ScoreConditionInput {
  @Field(() => Float, { nullable: true, description: 'The least number.' })
  atLeast?: number | null;

  @Field(() => Float, { nullable: true, description: 'The greatest number.' })
  atMost?: number | null;

  @Field(() => [String], { nullable: true, description: 'Categories, or `true` and `false`.' })
  oneOf?: readonly string[] | null;
}

@InputType({ description: 'A score that entries may have.' })
export class ScoreDefinitionInput {
  @Field(() => String, { description: 'Name of the score, 1 to 256 bytes.' })
  name!: string;

  @Field(() => ScoreKindEnum, { description: 'What values it has.' })
  kind!: ScoreKind;

  @Field(() => Float, { nullable: true, description: 'The least number allowed.' })
  min?: number | null;

  @Field(() => Float, { nullable: true, description: 'The greatest number allowed.' })
  max?: number | null;

  @Field(() => [String], { nullable: true, description: 'The categories allowed, up to 100; any if absent.' })
  categories?: readonly string[] | null;

  @Field(() => ScoreConditionInput, { nullable: true, description: 'Values that say that the answer was good.' })
  positive?: ScoreConditionInput | null;

  @Field(() => ScoreConditionInput, { nullable: true, description: 'Values that say that the answer was bad.' })
  negative?: ScoreConditionInput | null;
}

@InputType({ description: 'The scores and tags that entries may have. What is omitted is removed.' })
export class FeedbackRulesInput {
  @Field(() => [ScoreDefinitionInput], { nullable: true, description: 'The scores, up to 50.' })
  scoreDefinitions?: readonly ScoreDefinitionInput[] | null;

  @Field(() => [String], { nullable: true, description: 'The tags, up to 1,000 of 1 to 256 bytes each.' })
  allowedTags?: readonly string[] | null;
}
