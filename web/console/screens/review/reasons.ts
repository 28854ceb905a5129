import type { Draft } from './drafts.js';

/** Reasons by the number of their key, 1 to 9. These texts are stored; `messages.ts` has them in each language. */
export const REASONS = [
  'Wrong facts',
  'Incomplete',
  'Off topic',
  'Outdated',
  'Unsafe',
  'Wrong tone',
  'Personal data',
  'Duplicate',
  'Spam',
] as const;

export type Reason = (typeof REASONS)[number];

/** The longest reason that the server takes, in Unicode characters. */
export const MAX_REASON = 500;

/** Adds a reason to a draft, or takes it away. */
export function toggleReason(draft: Draft, reason: Reason): Draft {
  const has = draft.reasons.includes(reason);
  const reasons = REASONS.filter((each) => (each === reason ? !has : draft.reasons.includes(each)));
  return { ...draft, reasons };
}

/** The reason to store: those that were chosen, and the reviewer's own words. Undefined for none. */
export function reasonText({ reasons, note }: Draft): string | undefined {
  const chosen = reasons.join('; ');
  const text = [chosen, note.trim()].filter((part) => part !== '').join(': ');
  return text === '' ? undefined : text;
}

/** Characters that are left for the reviewer's own words. */
export function noteLimit({ reasons }: Draft): number {
  return MAX_REASON - reasons.join('; ').length - 2;
}
