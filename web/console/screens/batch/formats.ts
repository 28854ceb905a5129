import type { TrainingFormat } from './documents.generated.js';

/** The formats of exports, as trainers call them. */
const NAMES = {
  TRL_SFT: 'TRL: SFT, conversational',
  TRL_DPO: 'TRL: DPO, conversational',
  TRL_KTO: 'TRL: KTO, conversational',
  TRL_SFT_TEXT: 'TRL: SFT, plain text',
  TRL_DPO_TEXT: 'TRL: DPO, plain text',
  TRL_KTO_TEXT: 'TRL: KTO, plain text',
  OPENAI: 'OpenAI: messages',
  OPENAI_DPO: 'OpenAI: preferences',
  AXOLOTL_SFT: 'Axolotl: SFT',
  AXOLOTL_DPO: 'Axolotl: DPO',
  AXOLOTL_DPO_INTEL: 'Axolotl: DPO, chatml.intel',
  AXOLOTL_KTO: 'Axolotl: KTO',
  AXOLOTL_ORPO: 'Axolotl: ORPO',
  AXOLOTL_BRADLEY_TERRY: 'Axolotl: reward model',
  LLAMAFACTORY_ALPACA_SFT: 'LLaMA-Factory: alpaca, SFT',
  LLAMAFACTORY_ALPACA_DPO: 'LLaMA-Factory: alpaca, DPO',
  LLAMAFACTORY_ALPACA_KTO: 'LLaMA-Factory: alpaca, KTO',
  LLAMAFACTORY_SHAREGPT_SFT: 'LLaMA-Factory: sharegpt, SFT',
  LLAMAFACTORY_SHAREGPT_DPO: 'LLaMA-Factory: sharegpt, DPO',
  LLAMAFACTORY_SHAREGPT_KTO: 'LLaMA-Factory: sharegpt, KTO',
  LLAMAFACTORY_OPENAI_SFT: 'LLaMA-Factory: openai, SFT',
  LLAMAFACTORY_OPENAI_DPO: 'LLaMA-Factory: openai, DPO',
  LLAMAFACTORY_OPENAI_KTO: 'LLaMA-Factory: openai, KTO',
  RAW: 'Raw entries',
} as const satisfies Record<TrainingFormat, string>;

export const FORMATS = Object.keys(NAMES) as readonly TrainingFormat[];
export const SPLITS = ['TRAIN', 'HOLDOUT'] as const;

export function formatName(format: TrainingFormat): string {
  return NAMES[format];
}

/** As the REST API calls it. */
export function restFormat(format: TrainingFormat): string {
  return format.toLowerCase().replaceAll('_', '-');
}
