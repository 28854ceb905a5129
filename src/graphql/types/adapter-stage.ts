import { registerEnumType } from 'type-graphql';
import type { AdapterStage } from '../../adapters/adapters.js';

export const AdapterStageEnum = {
  CANDIDATE: 'candidate',
  PRODUCTION: 'production',
  RETIRED: 'retired',
} as const satisfies Record<Uppercase<AdapterStage>, AdapterStage>;
registerEnumType(AdapterStageEnum, {
  name: 'AdapterStage',
  description: 'How far an adapter has come. Several adapters can be at each stage.',
  valuesConfig: {
    CANDIDATE: { description: 'Considered for production.' },
    PRODUCTION: { description: 'In use.' },
    RETIRED: { description: 'No longer in use.' },
  },
});
