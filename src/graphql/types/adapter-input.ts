import { ArgsType, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { DerivationRelation } from '../../adapters/lineage.js';
import { AdapterNode } from './adapter.js';
import { DerivationRelationEnum } from './derivation-relation.js';

const ADAPTER_ID = 'The id of the adapter: 1 to 256 bytes, not starting with `feedback-` or `batch-`.';
const EXPECTED_REVISION = 'The revision that the adapter must be at; 0: it must not be known yet.';

@ArgsType()
export class RegisterAdapterArguments {
  @Field(() => ID, { description: ADAPTER_ID })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The version of the adapter.' })
  version?: string | null;

  @Field(() => String, { nullable: true, description: 'The base model that it adapts.' })
  baseModel?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'The adapters or base models that it was derived from: at most 32.',
  })
  derivedFrom?: string[] | null;

  @Field(() => DerivationRelationEnum, {
    nullable: true,
    description: 'How it comes from each of `derivedFrom`, which must be given with it.',
  })
  relation?: DerivationRelation | null;

  @Field(() => String, { nullable: true, description: "The method of fine-tuning, in PEFT's names: `LORA`, …" })
  peftType?: string | null;

  @Field(() => Int, { nullable: true, description: 'The rank of the update matrices: 1 to 1000000.' })
  rank?: number | null;

  @Field(() => Float, { nullable: true, description: 'The updates are scaled by this over the rank; above 0.' })
  loraAlpha?: number | null;

  @Field(() => [String], { nullable: true, description: 'The adapted modules: at most 2000, 32 KiB together.' })
  targetModules?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'The datasets that it was trained on: at most 100.' })
  datasets?: string[] | null;

  @Field(() => Int, { nullable: true, description: EXPECTED_REVISION })
  expectedRevision?: number | null;
}

@InputType({ description: "An adapter by the files that its training left. At least one file's text is given." })
export class ImportAdapterInput {
  @Field(() => ID, { description: ADAPTER_ID })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The version of the adapter.' })
  version?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The text of `adapter_config.json`, as PEFT writes it: at most 128 KiB.',
  })
  adapterConfig?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The text of the model card (`README.md`), of which the YAML front matter is read: at most 32 KiB.',
  })
  modelCard?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the base model is called here, where the files name it by a path of the machine that trained.',
  })
  baseModel?: string | null;

  @Field(() => Int, { nullable: true, description: EXPECTED_REVISION })
  expectedRevision?: number | null;
}

@ObjectType({ description: 'What importing an adapter did.' })
export class ImportAdapterPayload {
  @Field(() => AdapterNode, { description: 'The adapter, as it is now.' })
  adapter!: AdapterNode;

  @Field(() => [String], { description: 'What was decided in reading the files, in sentences.' })
  notes!: readonly string[];
}
