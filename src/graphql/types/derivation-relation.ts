import { registerEnumType } from 'type-graphql';
import type { DerivationRelation } from '../../adapters/lineage.js';

export const DerivationRelationEnum = {
  ADAPTER: 'adapter',
  FINETUNE: 'finetune',
  MERGE: 'merge',
  QUANTIZED: 'quantized',
} as const satisfies Record<Uppercase<DerivationRelation>, DerivationRelation>;

registerEnumType(DerivationRelationEnum, {
  name: 'DerivationRelation',
  description: 'How a model was derived from another, in the vocabulary of model cards (`base_model_relation`).',
  valuesConfig: {
    ADAPTER: { description: 'The child is an adapter for the parent.' },
    FINETUNE: { description: 'The child is a fine-tuned version of the parent.' },
    MERGE: { description: 'The child was merged from the parent and other models.' },
    QUANTIZED: { description: 'The child is a quantized version of the parent.' },
  },
});
