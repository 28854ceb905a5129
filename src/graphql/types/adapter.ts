import { GraphQLDateTime } from 'graphql-scalars';
import { Ctx, Field, ID, ObjectType } from 'type-graphql';
import type { Derivation } from '../../graph/lineage.js';
import type { RequestContext } from '../context.js';
import { connectionType } from './connection.js';
import { FeedbackForEdge } from './feedback.js';
import { Node } from './node.js';

@ObjectType('Adapter', {
  description: 'A LoRA adapter, or the base model at the root of a lineage.',
  implements: Node,
})
export class AdapterNode implements Node {
  @Field(() => ID, { description: 'The id, as it was given.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The version, as registered.' })
  version?: string;

  @Field(() => String, { nullable: true, description: 'The base model, as registered.' })
  baseModel?: string;

  @Field(() => GraphQLDateTime, { description: 'When it was first named or registered.' })
  createdAt!: number;

  @Field(() => GraphQLDateTime, { description: 'When it was last registered.' })
  updatedAt!: number;
}

@ObjectType({ description: 'An adapter in a list.' })
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

@ObjectType({ description: 'An adapter that a feedback is linked to, with the properties of the `FEEDBACK_FOR` edge.' })
export class FeedbackAdapterEdge extends FeedbackForEdge {
  @Field(() => AdapterNode, { description: 'The adapter.' })
  node!: AdapterNode;
}

export const FeedbackAdapterConnection = connectionType(
  'FeedbackAdapterConnection',
  () => FeedbackAdapterEdge,
  'A page of the adapters that a feedback is linked to.',
);

@ObjectType({ description: 'An adapter at the far end of a `DERIVED_FROM` edge, with its properties.' })
export class DerivationEdge {
  @Field(() => String, { description: 'To go on after this entry.' })
  cursor!: string;

  @Field(() => AdapterNode, { description: 'The parent, or the child.' })
  node!: AdapterNode;

  childId!: string;
  parentId!: string;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When the derivation was registered.' })
  async createdAt(@Ctx() { loaders }: RequestContext): Promise<number | null> {
    const ends = { type: 'DERIVED_FROM', from: this.childId, to: this.parentId } as const;
    const derivation: Derivation | undefined = await loaders.derivations.load(ends);
    return derivation?.createdAt ?? null;
  }
}

export const DerivationConnection = connectionType(
  'DerivationConnection',
  () => DerivationEdge,
  'A page of what an adapter was derived from, or of what was derived from it.',
);
