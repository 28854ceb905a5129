import { omitNullish } from '../omit-nullish.js';
import { ADAPTER_STAGES, type AdapterStage } from './adapters.js';

type Given<T> = T | null | undefined;

/** An adapter by the names of the GraphQL schema; a null property is absent. */
export interface AdapterFields<Names extends readonly string[]> {
  readonly id: string;
  readonly revision: number;
  readonly version?: Given<string>;
  readonly baseModel?: Given<string>;
  readonly peftType?: Given<string>;
  readonly rank?: Given<number>;
  readonly loraAlpha?: Given<number>;
  readonly targetModules?: Given<Names>;
  readonly datasets?: Given<Names>;
  /** In capitals in the GraphQL schema. */
  readonly stage?: Given<AdapterStage | Uppercase<AdapterStage>>;
  readonly stageVersion?: Given<string>;
}

/** An adapter by its documented names. Times are epoch ms. */
export function documentedAdapter<Names extends readonly string[]>(
  adapter: AdapterFields<Names>,
  { createdAt, updatedAt }: { readonly createdAt: number; readonly updatedAt: number },
) {
  return {
    id: adapter.id,
    revision: adapter.revision,
    ...omitNullish({
      version: adapter.version,
      base_model: adapter.baseModel,
      peft_type: adapter.peftType,
      rank: adapter.rank,
      lora_alpha: adapter.loraAlpha,
      target_modules: adapter.targetModules,
      datasets: adapter.datasets,
      stage: ADAPTER_STAGES.find((stage) => stage === adapter.stage?.toLowerCase()),
      stage_version: adapter.stageVersion,
    }),
    created_at: createdAt,
    updated_at: updatedAt,
  };
}
