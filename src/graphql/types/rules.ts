/** What an organization takes scores and tags for. */
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { type ScoreKind } from '../../feedback/rules.js';

export const ScoreKindEnum = { NUMBER: 'number', BOOLEAN: 'boolean', CATEGORY: 'category' } as const;
registerEnumType(ScoreKindEnum, {
  name: 'ScoreKind',
  description: 'Kind of the values of a score.',
  valuesConfig: {
    NUMBER: { description: 'Numbers.' },
    BOOLEAN: { description: 'True or false.' },
    CATEGORY: { description: 'Names of categories.' },
  },
});

@ObjectType('ScoreCondition', {
  simpleResolvers: true,
  description: 'A condition on the value of a score. Every given bound must hold.',
})
export class ScoreConditionNode {
  @Field(() => Float, { nullable: true, description: 'Smallest matching number.' })
  atLeast?: number;

  @Field(() => Float, { nullable: true, description: 'Largest matching number.' })
  atMost?: number;

  @Field(() => [String], { nullable: true, description: 'Matching categories, or `true` and `false` for a boolean.' })
  oneOf?: readonly string[];
}

@ObjectType('ScoreDefinition', { simpleResolvers: true, description: 'A score that entries may have.' })
export class ScoreDefinitionNode {
  @Field(() => String, { description: 'Name of the score.' })
  name!: string;

  @Field(() => ScoreKindEnum, { description: 'Kind of its values.' })
  kind!: ScoreKind;

  @Field(() => Float, { nullable: true, description: 'Smallest number allowed.' })
  min?: number;

  @Field(() => Float, { nullable: true, description: 'Largest number allowed.' })
  max?: number;

  @Field(() => [String], { nullable: true, description: 'Allowed categories. If null, every category is allowed.' })
  categories?: readonly string[];

  @Field(() => ScoreConditionNode, { nullable: true, description: 'Values that mean the answer was good.' })
  positive?: ScoreConditionNode;

  @Field(() => ScoreConditionNode, { nullable: true, description: 'Values that mean the answer was bad.' })
  negative?: ScoreConditionNode;
}

@ObjectType('FeedbackRules', {
  simpleResolvers: true,
  description:
    'The scores and tags that entries of the organization may have, and which scores decide the type of an entry.',
})
export class FeedbackRulesNode {
  @Field(() => [ScoreDefinitionNode], {
    description:
      'Definitions of the allowed scores. If empty, every score is allowed. An entry submitted without a `type` takes it ' +
      'from its first score, in this order, whose definition says which values are good or bad; if the value is neither, ' +
      'the entry is negative and flagged.',
  })
  scoreDefinitions!: readonly ScoreDefinitionNode[];

  @Field(() => [String], { description: 'Allowed tags. If empty, every tag is allowed.' })
  allowedTags!: readonly string[];

  @Field(() => Int, {
    description: 'Revision number of the rules, incremented by every change; 0 until they are first set.',
  })
  revision!: number;
}

@InputType({ description: 'A condition on the value of a score. Every given bound must hold.' })
export class ScoreConditionInput {
  @Field(() => Float, { nullable: true, description: 'Smallest matching number.' })
  atLeast?: number | null;

  @Field(() => Float, { nullable: true, description: 'Largest matching number.' })
  atMost?: number | null;

  @Field(() => [String], { nullable: true, description: 'Matching categories, or `true` and `false` for a boolean.' })
  oneOf?: readonly string[] | null;
}

@InputType({ description: 'A score that entries may have.' })
export class ScoreDefinitionInput {
  @Field(() => String, { description: 'Name of the score, 1 to 256 bytes.' })
  name!: string;

  @Field(() => ScoreKindEnum, { description: 'Kind of its values.' })
  kind!: ScoreKind;

  @Field(() => Float, { nullable: true, description: 'Smallest number allowed.' })
  min?: number | null;

  @Field(() => Float, { nullable: true, description: 'Largest number allowed.' })
  max?: number | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Allowed categories, at most 100. If omitted, every category is allowed.',
  })
  categories?: readonly string[] | null;

  @Field(() => ScoreConditionInput, { nullable: true, description: 'Values that mean the answer was good.' })
  positive?: ScoreConditionInput | null;

  @Field(() => ScoreConditionInput, { nullable: true, description: 'Values that mean the answer was bad.' })
  negative?: ScoreConditionInput | null;
}

@InputType({ description: 'The scores and tags entries may have. Replaces all rules: omitted ones are removed.' })
export class FeedbackRulesInput {
  @Field(() => [ScoreDefinitionInput], {
    nullable: true,
    description: 'Definitions of the allowed scores, at most 50.',
  })
  scoreDefinitions?: readonly ScoreDefinitionInput[] | null;

  @Field(() => [String], { nullable: true, description: 'Allowed tags: at most 1,000, of 1 to 256 bytes each.' })
  allowedTags?: readonly string[] | null;
}
