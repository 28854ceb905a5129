import type { ReactNode } from 'react';
import { useMessages } from '../messages/messages.js';
import styles from './badge.module.css';
import { classNames } from './class-names.js';
import { Icon } from './icon.js';
import { commonMessages } from './messages.js';

export type Tone = 'positive' | 'negative' | 'caution' | 'info' | 'neutral';

export interface BadgeProps {
  readonly tone?: Tone;
  /** Whether it may have several lines, for what users have written. */
  readonly wraps?: boolean;
  readonly children: ReactNode;
}

export function Badge({ tone = 'neutral', wraps = false, children }: BadgeProps) {
  return <span className={classNames(styles['badge'], styles[tone], wraps && styles['wraps'])}>{children}</span>;
}

export type Status = 'PENDING' | 'APPROVED' | 'REJECTED' | 'FLAGGED';

const STATUS_TONES = {
  PENDING: 'info',
  APPROVED: 'positive',
  REJECTED: 'negative',
  FLAGGED: 'caution',
} as const satisfies Record<Status, Tone>;

/** The validation status of an entry, in colour and in words. */
export function StatusBadge({ status }: { readonly status: Status }) {
  const { statuses } = useMessages(commonMessages);
  return <Badge tone={STATUS_TONES[status]}>{statuses[status]}</Badge>;
}

export type Judgement = 'POSITIVE' | 'NEGATIVE' | 'PREFERENCE';

const JUDGEMENTS = {
  POSITIVE: { tone: 'positive', icon: 'up' },
  NEGATIVE: { tone: 'negative', icon: 'down' },
  PREFERENCE: { tone: 'info', icon: 'versus' },
} as const satisfies Record<Judgement, { tone: Tone; icon: string }>;

/** Thumbs up, thumbs down or a preference, as a drawing with its word. */
export function JudgementBadge({ type }: { readonly type: Judgement }) {
  const { types } = useMessages(commonMessages);
  const { tone, icon } = JUDGEMENTS[type];
  return (
    <Badge tone={tone}>
      <Icon name={icon} size={12} />
      {types[type]}
    </Badge>
  );
}
