import { GraphQLDateTime } from 'graphql-scalars';
import { Ctx, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { Derivation, DerivationRelation } from '../../adapters/lineage.js';
import type { RequestContext } from '../context.js';
import { connectionType } from './connection.js';
import { DerivationRelationEnum } from './derivation-relation.js';
import { FeedbackForEdge } from './feedback.js';
import { Node } from './node.js';

@ObjectType('Adapter', {
  simpleResolvers: true,
  description: 'A LoRA adapter, or the base model at the root of a lineage.',
  implements: Node,
})
export class AdapterNode implements Node {
  @Field(() => ID, { description: 'The id, as it was given.' })
  id!: string;

  @Field(() => Int, { description: 'Of the adapter itself, from 1; every registration makes a new one.' })
  revision!: number;

  @Field(() => String, { nullable: true, description: 'The version, as registered.' })
  version?: string;

  @Field(() => String, { nullable: true, description: 'The base model, as registered.' })
  baseModel?: string;

  @Field(() => String, {
    nullable: true,
    description: "The method of fine-tuning, in PEFT's names: `LORA`, `ADALORA`, …",
  })
  peftType?: string;

  @Field(() => Int, { nullable: true, description: 'The rank of the update matrices (`r` of PEFT).' })
  rank?: number;

  @Field(() => Float, { nullable: true, description: 'The updates are scaled by this over the rank (`lora_alpha`).' })
  loraAlpha?: number;

  @Field(() => [String], {
    nullable: true,
    description: 'Names of the adapted modules, or the one pattern that names them.',
  })
  targetModules?: readonly string[];

  @Field(() => [String], { nullable: true, description: 'The names of the datasets that it was trained on.' })
  datasets?: readonly string[];

  @Field(() => GraphQLDateTime, { description: 'When it was first named or registered.' })
  createdAt!: number;

  @Field(() => GraphQLDateTime, { description: 'When it was last registered.' })
  updatedAt!: number;
}

@ObjectType({ simpleResolvers: true, description: 'An adapter in a list.' })
export class AdapterEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => AdapterNode, { description: 'The adapter.' })
  node!: AdapterNode;
}

export const AdapterConnection = connectionType(
  'AdapterConnection',
  () => AdapterEdge,
  'A page of a list of adapters.',
);

@ObjectType({
  simpleResolvers: true,
  description: 'An adapter that a feedback is linked to, with the properties of the `FEEDBACK_FOR` edge.',
})
export class FeedbackAdapterEdge extends FeedbackForEdge {
  @Field(() => AdapterNode, { description: 'The adapter.' })
  node!: AdapterNode;
}

export const FeedbackAdapterConnection = connectionType(
  'FeedbackAdapterConnection',
  () => FeedbackAdapterEdge,
  'A page of the adapters that a feedback is linked to.',
);

@ObjectType({
  simpleResolvers: true,
  description: 'An adapter at the far end of a `DERIVED_FROM` edge, with its properties.',
})
export class DerivationEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => AdapterNode, { description: 'The parent, or the child.' })
  node!: AdapterNode;

  childId!: string;
  parentId!: string;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When the derivation was registered.' })
  async createdAt(@Ctx() context: RequestContext): Promise<number | null> {
    return (await this.derivation(context))?.createdAt ?? null;
  }

  @Field(() => DerivationRelationEnum, { nullable: true, description: 'How the child comes from the parent.' })
  async relation(@Ctx() context: RequestContext): Promise<DerivationRelation | null> {
    return (await this.derivation(context))?.relation ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The revision of the parent that the child comes from: a branch, a tag or a commit.',
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
  'A page of what an adapter was derived from, or of what was derived from it.',
);
