import { defineMessages, useMessages } from '../messages/messages.js';
import { Badge, type Tone } from './badge.js';

export const BATCH_STATES = [
  'CLAIMING',
  'OPEN',
  'EXPORTED',
  'COMMITTING',
  'COMMITTED',
  'RELEASING',
  'RELEASED',
  'EXPIRED',
  'EXTERNAL',
] as const;

export type BatchState = (typeof BATCH_STATES)[number];

const TONES = {
  CLAIMING: 'info',
  OPEN: 'info',
  EXPORTED: 'caution',
  COMMITTING: 'positive',
  COMMITTED: 'positive',
  RELEASING: 'neutral',
  RELEASED: 'neutral',
  EXPIRED: 'negative',
  EXTERNAL: 'neutral',
} as const satisfies Record<BatchState, Tone>;

export const batchStateMessages = defineMessages<Record<BatchState, string>>(
  () => ({
    CLAIMING: 'Claiming',
    OPEN: 'Open',
    EXPORTED: 'Exported',
    COMMITTING: 'Committing',
    COMMITTED: 'Committed',
    RELEASING: 'Releasing',
    RELEASED: 'Released',
    EXPIRED: 'Expired',
    EXTERNAL: 'External',
  }),
  () => ({
    CLAIMING: 'Reserviert gerade',
    OPEN: 'Offen',
    EXPORTED: 'Exportiert',
    COMMITTING: 'Schließt ab',
    COMMITTED: 'Abgeschlossen',
    RELEASING: 'Gibt zurück',
    RELEASED: 'Zurückgegeben',
    EXPIRED: 'Abgelaufen',
    EXTERNAL: 'Extern',
  }),
);

/** The state of a training batch, in colour and in words. */
export function BatchStateBadge({ state }: { readonly state: BatchState }) {
  const states = useMessages(batchStateMessages);
  return <Badge tone={TONES[state]}>{states[state]}</Badge>;
}

/** Whether a batch holds its entries, so that it can be downloaded, renewed, committed and released. */
export function isHeld(state: BatchState): boolean {
  return state === 'OPEN' || state === 'EXPORTED';
}

/** Whether the server is at work on a batch, which ends by itself. */
export function isUnderWay(state: BatchState): boolean {
  return state === 'CLAIMING' || state === 'COMMITTING' || state === 'RELEASING';
}
