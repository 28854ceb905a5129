/** How long entries are kept, as operators say it. */
import type { FeedbackFilter } from '../../feedback/index/filter.js';

/**
 * What an entry is as far as retention goes, exactly one of these: `used` if training has learned from it, else its
 * validation status. What an open training batch holds is none of them, for as long as it is held.
 */
export const RETENTION_CLASSES = ['pending', 'approved', 'flagged', 'rejected', 'used'] as const;

export type RetentionClass = (typeof RETENTION_CLASSES)[number];

/** For how long after its submission an entry of a class is kept, seconds; forever where the class is missing. */
export type RetentionPolicy = ReadonlyMap<RetentionClass, number>;

const HOUR = 3600;
const DAY = 24 * HOUR;

/** The entries of a class that are past their retention. @param now epoch ms */
export function expiredFilter(kind: RetentionClass, seconds: number, now: number): FeedbackFilter {
  const until = now - seconds * 1000;
  return kind === 'used' ? { use: 'used', until } : { validationStatus: kind, use: 'unused', until };
}

/** A rule as the setting has it: `rejected=30d`. */
export function ruleText(kind: RetentionClass, seconds: number): string {
  if (seconds % DAY === 0) return `${kind}=${seconds / DAY}d`;
  return seconds % HOUR === 0 ? `${kind}=${seconds / HOUR}h` : `${kind}=${seconds}s`;
}
