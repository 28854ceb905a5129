import type { AdapterStage } from './documents.generated.js';

export const STAGES = ['all', 'production', 'candidate', 'retired'] as const;
export type StageFilter = (typeof STAGES)[number];

/** As the API names it; undefined for whatever stage an adapter is at, if any. */
export function toStage(stage: StageFilter): AdapterStage | undefined {
  return ({ all: undefined, candidate: 'CANDIDATE', production: 'PRODUCTION', retired: 'RETIRED' } as const)[stage];
}
