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
  description: 'How a model comes from another one, in the words of model cards (`base_model_relation`).',
  valuesConfig: {
    ADAPTER: { description: 'It is an adapter of it.' },
    FINETUNE: { description: 'It is a fine-tuned form of it.' },
    MERGE: { description: 'It was merged from it and others.' },
    QUANTIZED: { description: 'It is a quantized form of it.' },
  },
});
