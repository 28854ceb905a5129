import { useMessages } from '../messages/messages.js';
import { Badge, type Tone } from './badge.js';
import { commonMessages } from './messages.js';

export type Stage = 'CANDIDATE' | 'PRODUCTION' | 'RETIRED';

const TONES = { CANDIDATE: 'info', PRODUCTION: 'positive', RETIRED: 'neutral' } as const satisfies Record<Stage, Tone>;

/** How far an adapter has come, in colour and in words. */
export function StageBadge({ stage }: { readonly stage: Stage }) {
  const { stages } = useMessages(commonMessages);
  return <Badge tone={TONES[stage]}>{stages[stage]}</Badge>;
}
