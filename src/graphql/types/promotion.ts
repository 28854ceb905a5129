/** The stages of adapters, and what led to them. */
import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { AdapterStage } from '../../adapters/adapters.js';
import { type DocumentedResult, documentedResult, type GatedStage, MAX_RULES } from '../../adapters/promotion-rules.js';
import type { StageChange } from '../../adapters/stages.js';
import { MAX_RETIRED, MAX_STAGE_REASON } from '../../graph/promotion.js';
import { AdapterStageEnum } from './adapter-stage.js';
import { AdapterNode } from './adapter.js';
import { connectionType, ListEdge } from './connection.js';
import { PromotionResultDocument } from './json.js';
import { GatedStageEnum, PromotionRuleInput, PromotionRuleNode } from './promotion-rules.js';

export const RuleSourceEnum = { ORGANIZATION: 'organization', REQUEST: 'request' } as const;
registerEnumType(RuleSourceEnum, {
  name: 'PromotionRuleSource',
  description: 'Where a promotion rule comes from.',
  valuesConfig: {
    ORGANIZATION: { description: 'The rules of the organization.' },
    REQUEST: { description: 'The request, which can add rules.' },
  },
});

@ObjectType('PromotionRuleResult', { simpleResolvers: true, description: 'A promotion rule and what was measured.' })
export class PromotionRuleResultNode {
  @Field(() => PromotionRuleNode, { description: 'The rule.' })
  rule!: PromotionRuleNode;

  @Field(() => RuleSourceEnum, { description: 'Where the rule comes from.' })
  source!: 'organization' | 'request';

  @Field(() => Boolean, { description: 'Whether the rule holds.' })
  passed!: boolean;

  @Field(() => Float, { nullable: true, description: 'The measured value. Null if it cannot be determined.' })
  measured?: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Number of entries, common questions or decided preferences the value is based on.',
  })
  count?: number;

  @Field(() => ID, {
    nullable: true,
    description: 'Id of the parent it was compared with: the one it did worst against.',
  })
  parentId?: string;

  @Field(() => String, { description: 'The finding, as a readable sentence.' })
  explanation!: string;
}

@ObjectType('PromotionCheck', { simpleResolvers: true, description: 'An adapter checked against the promotion rules.' })
export class PromotionCheckNode {
  @Field(() => GatedStageEnum, { description: 'The stage whose rules were checked.' })
  stage!: GatedStage;

  @Field(() => Boolean, { description: 'Whether every rule holds.' })
  passed!: boolean;

  @Field(() => [PromotionRuleResultNode], { description: 'The rules of the stage with their results.' })
  results!: readonly PromotionRuleResultNode[];

  @Field(() => Int, { description: "Revision of the organization's rules." })
  rulesRevision!: number;
}

@ObjectType('AdapterStageChange', { simpleResolvers: true, description: 'A change of the stage of an adapter.' })
export class AdapterStageChangeNode {
  @Field(() => ID, { description: 'Id of the change. Ids are in chronological order.' })
  id!: string;

  @Field(() => AdapterStageEnum, { description: 'The new stage.' })
  stage!: AdapterStage;

  @Field(() => AdapterStageEnum, { nullable: true, description: 'The previous stage, if there was one.' })
  previousStage?: AdapterStage;

  @Field(() => GraphQLDateTime, { description: 'Time of the change.' })
  createdAt!: number;

  @Field(() => String, { description: "Who made the change: the token's `sub`." })
  createdBy!: string;

  @Field(() => String, { nullable: true, description: 'The stated reason.' })
  reason?: string;

  @Field(() => Boolean, { description: 'Whether the adapter was promoted although a rule did not hold.' })
  forced!: boolean;

  @Field(() => String, { nullable: true, description: 'Registered version of the adapter at that time.' })
  adapterVersion?: string;

  @Field(() => Int, { description: 'Revision of the adapter that the change made.' })
  revision!: number;

  @Field(() => Int, {
    nullable: true,
    description: "Revision of the organization's rules that were checked. Null if none had to be checked.",
  })
  rulesRevision?: number;

  @Field(() => ID, { nullable: true, description: 'Id of the adapter whose promotion retired this one.' })
  replacedBy?: string;

  @Field(() => [PromotionRuleResultNode], { description: 'The rules that were checked, with their results.' })
  results!: readonly PromotionRuleResultNode[];

  @Field(() => [PromotionResultDocument], {
    description: 'The results as JSON objects, which cost less in long lists.',
  })
  resultDocuments!: readonly DocumentedResult[];
}

export function toStageChangeNode(change: StageChange): AdapterStageChangeNode {
  return { ...change, resultDocuments: change.results.map(documentedResult) };
}

@ObjectType({ simpleResolvers: true, description: 'A change of the stage of an adapter in a list.' })
export class AdapterStageChangeEdge extends ListEdge {
  @Field(() => AdapterStageChangeNode, { description: 'The change.' })
  node!: AdapterStageChangeNode;
}

export const AdapterStageChangeConnection = connectionType(
  'AdapterStageChangeConnection',
  () => AdapterStageChangeEdge,
  'A page of the changes of the stage of an adapter, newest first.',
);

@InputType({ description: 'A change of the stage of an adapter.' })
export class PromoteAdapterInput {
  @Field(() => ID, { description: 'Id of the adapter.' })
  id!: string;

  @Field(() => AdapterStageEnum, { nullable: true, description: 'The new stage; PRODUCTION by default.' })
  stage?: AdapterStage | null;

  @Field(() => String, {
    nullable: true,
    description: `The reason, at most ${MAX_STAGE_REASON} characters; required with \`force\`. It must not name persons.`,
  })
  reason?: string | null;

  @Field(() => [PromotionRuleInput], {
    nullable: true,
    description: `Rules that must hold in addition to those of the organization: at most ${MAX_RULES}.`,
  })
  rules?: readonly PromotionRuleInput[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether to promote the adapter even if a rule does not hold; false by default. Requires the permission `org:admin`.',
  })
  force?: boolean | null;

  @Field(() => [ID], {
    nullable: true,
    description: `Ids of adapters to retire in the same change: at most ${MAX_RETIRED}.`,
  })
  retire?: readonly string[] | null;

  @Field(() => Int, { nullable: true, description: 'Expected current revision of the adapter.' })
  expectedRevision?: number | null;
}

@ObjectType({ simpleResolvers: true, description: 'Result of promoting an adapter.' })
export class PromoteAdapterPayload {
  @Field(() => Boolean, {
    description: 'Whether the adapter is at the requested stage. False if a rule does not hold.',
  })
  promoted!: boolean;

  @Field(() => AdapterNode, { description: 'The adapter.' })
  adapter!: AdapterNode;

  @Field(() => AdapterStageChangeNode, {
    nullable: true,
    description:
      'The change. Null if a rule does not hold, or if the adapter was at the stage already with its registered version.',
  })
  change?: AdapterStageChangeNode | null;

  @Field(() => PromotionCheckNode, {
    nullable: true,
    description:
      'The checked rules. Null if none had to be checked: for RETIRED, and if the adapter was at the stage already with its registered version.',
  })
  check?: PromotionCheckNode | null;

  @Field(() => [ID], { description: 'Ids of the adapters that the change retired.' })
  retired!: readonly string[];
}
