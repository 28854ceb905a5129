import { ArgsType, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { DerivationRelation } from '../../adapters/lineage.js';
import { AdapterNode } from './adapter.js';
import { DerivationRelationEnum } from './derivation-relation.js';

const ADAPTER_ID = 'Id of the adapter: 1 to 256 bytes, not starting with `feedback-` or `batch-`.';
const EXPECTED_REVISION = 'Expected current revision of the adapter; 0 if it must not exist yet.';

@ArgsType()
export class RegisterAdapterArguments {
  @Field(() => ID, { description: ADAPTER_ID })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Version of the adapter.' })
  version?: string | null;

  @Field(() => String, { nullable: true, description: 'Base model of the adapter.' })
  baseModel?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'Ids of the parents, which are adapters or base models: at most 32.',
  })
  derivedFrom?: string[] | null;

  @Field(() => DerivationRelationEnum, {
    nullable: true,
    description: 'How the adapter was derived from each parent in `derivedFrom`, which is required with it.',
  })
  relation?: DerivationRelation | null;

  @Field(() => String, {
    nullable: true,
    description: 'Fine-tuning method, as named by PEFT: `LORA`, `ADALORA` and so on.',
  })
  peftType?: string | null;

  @Field(() => Int, { nullable: true, description: 'Rank of the update matrices (`r` in PEFT), from 1 to 1000000.' })
  rank?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'LoRA alpha (`lora_alpha` in PEFT), greater than 0. Updates are scaled by `loraAlpha / rank`.',
  })
  loraAlpha?: number | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Names of the adapted modules, or a single pattern that matches them: at most 2000, and 32 KiB in total.',
  })
  targetModules?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Names of the datasets the adapter was trained on: at most 100.',
  })
  datasets?: string[] | null;

  @Field(() => Int, { nullable: true, description: EXPECTED_REVISION })
  expectedRevision?: number | null;
}

@InputType({ description: 'An adapter described by the files its training produced. At least one file is required.' })
export class ImportAdapterInput {
  @Field(() => ID, { description: ADAPTER_ID })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Version of the adapter.' })
  version?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Contents of `adapter_config.json`, as written by PEFT: at most 128 KiB.',
  })
  adapterConfig?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Contents of the model card (`README.md`): at most 32 KiB. Only the YAML front matter is read.',
  })
  modelCard?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Name of the base model on this server, for files that name it by a local path on the training machine.',
  })
  baseModel?: string | null;

  @Field(() => Int, { nullable: true, description: EXPECTED_REVISION })
  expectedRevision?: number | null;
}

@ObjectType({ description: 'Result of importing an adapter.' })
export class ImportAdapterPayload {
  @Field(() => AdapterNode, { description: 'The imported adapter.' })
  adapter!: AdapterNode;

  @Field(() => [String], { description: 'Decisions made while reading the files, as readable sentences.' })
  notes!: readonly string[];
}
