import { GraphQLDateTime } from 'graphql-scalars';
import { Ctx, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { AdapterStage } from '../../adapters/adapters.js';
import type { Derivation, DerivationRelation } from '../../adapters/lineage.js';
import type { RequestContext } from '../context.js';
import { AdapterStageEnum } from './adapter-stage.js';
import { connectionType, ListEdge } from './connection.js';
import { DerivationRelationEnum } from './derivation-relation.js';
import { FeedbackForEdge } from './feedback-connections.js';
import { Node } from './node.js';

@ObjectType('Adapter', {
  simpleResolvers: true,
  description: 'A LoRA adapter, or the base model at the root of a lineage.',
  implements: Node,
})
export class AdapterNode implements Node {
  @Field(() => ID, { description: 'Id of the adapter, as chosen by the client.' })
  id!: string;

  @Field(() => Int, {
    description: 'Revision number, starting at 1 and incremented by every registration and every change of the stage.',
  })
  revision!: number;

  @Field(() => String, { nullable: true, description: 'Registered version of the adapter.' })
  version?: string;

  @Field(() => String, { nullable: true, description: 'Registered base model of the adapter.' })
  baseModel?: string;

  @Field(() => String, {
    nullable: true,
    description: 'Fine-tuning method, as named by PEFT: `LORA`, `ADALORA` and so on.',
  })
  peftType?: string;

  @Field(() => Int, { nullable: true, description: 'Rank of the update matrices (`r` in PEFT).' })
  rank?: number;

  @Field(() => Float, {
    nullable: true,
    description: 'LoRA alpha (`lora_alpha` in PEFT). Updates are scaled by `loraAlpha / rank`.',
  })
  loraAlpha?: number;

  @Field(() => [String], {
    nullable: true,
    description: 'Names of the adapted modules, or a single pattern that matches them.',
  })
  targetModules?: readonly string[];

  @Field(() => [String], { nullable: true, description: 'Names of the datasets the adapter was trained on.' })
  datasets?: readonly string[];

  @Field(() => AdapterStageEnum, { nullable: true, description: 'Stage of the adapter. Null until it is first set.' })
  stage?: AdapterStage;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Time the stage last changed.' })
  stageChangedAt?: number;

  @Field(() => String, {
    nullable: true,
    description:
      'Version the adapter had when it was put at its stage. A version registered since then was not checked for the stage.',
  })
  stageVersion?: string;

  @Field(() => GraphQLDateTime, { description: 'Time the adapter was first named or registered.' })
  createdAt!: number;

  @Field(() => GraphQLDateTime, { description: 'Time the adapter was last registered.' })
  updatedAt!: number;
}

@ObjectType({ simpleResolvers: true, description: 'An adapter in a list.' })
export class AdapterEdge extends ListEdge {
  @Field(() => AdapterNode, { description: 'The adapter.' })
  node!: AdapterNode;
}

export const AdapterConnection = connectionType('AdapterConnection', () => AdapterEdge, 'A page of adapters.');

@ObjectType({
  simpleResolvers: true,
  description: 'An adapter a feedback entry is linked to, with the properties of the `FEEDBACK_FOR` edge.',
})
export class FeedbackAdapterEdge extends FeedbackForEdge {
  @Field(() => AdapterNode, { description: 'The adapter.' })
  node!: AdapterNode;
}

export const FeedbackAdapterConnection = connectionType(
  'FeedbackAdapterConnection',
  () => FeedbackAdapterEdge,
  'A page of the adapters a feedback entry is linked to.',
);

@ObjectType({
  simpleResolvers: true,
  description: 'An adapter connected by a `DERIVED_FROM` edge, with the properties of the edge.',
})
export class DerivationEdge extends ListEdge {
  @Field(() => AdapterNode, { description: 'The parent or child.' })
  node!: AdapterNode;

  childId!: string;
  parentId!: string;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Time the derivation was registered.' })
  async createdAt(@Ctx() context: RequestContext): Promise<number | null> {
    return (await this.derivation(context))?.createdAt ?? null;
  }

  @Field(() => DerivationRelationEnum, { nullable: true, description: 'How the child was derived from the parent.' })
  async relation(@Ctx() context: RequestContext): Promise<DerivationRelation | null> {
    return (await this.derivation(context))?.relation ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The revision of the parent that the child was derived from: a branch, a tag or a commit.',
  })
  async revision(@Ctx() context: RequestContext): Promise<string | null> {
    return (await this.derivation(context))?.revision ?? null;
  }

  private derivation({ loaders }: RequestContext): Promise<Derivation | undefined> {
    return loaders.derivations.load({ from: this.childId, to: this.parentId });
  }
}

export const DerivationConnection = connectionType(
  'DerivationConnection',
  () => DerivationEdge,
  'A page of the parents or children of an adapter.',
);
