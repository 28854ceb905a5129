/** Why an entry makes no row of an export, with a sentence for each: the one table that manifests and advice read. */
export const DROP_REASONS = {
  blank_text: 'A text required by the row has no visible characters.',
  conversation_not_supported: 'The format has no place for earlier turns, tools or images of the conversation.',
  superseded: 'The same user judged the same interaction, or the same answer to the same question, again later.',
  correction_equals_answer: 'The correction is the same as the answer.',
  outvoted: 'More users judged the same answer, the correction or the same two answers the other way.',
  tied: 'As many users judged the same answer, the correction or the same two answers the other way.',
  positive_has_no_rejected_answer:
    'A preference pair needs a worse answer to the same question, and the training batch has none left.',
  answers_are_equal: 'The preferred answer is the same as the others, perhaps since a plugin has replaced texts.',
  preference_tied: 'The user prefers none of the answers.',
  preference_is_no_verdict: 'A preference says which answer is better, and not that one is good or bad.',
  negative_without_correction: 'The answer is bad and there is no better one to learn from.',
} as const satisfies Readonly<Record<string, string>>;

export type DropReason = keyof typeof DROP_REASONS;

/** In the order of the table. */
export const DROP_REASON_NAMES = Object.keys(DROP_REASONS) as readonly DropReason[];

/** Counts by reason, of which each is there. */
export function countDrops(): Record<DropReason, number> {
  return Object.fromEntries(DROP_REASON_NAMES.map((reason) => [reason, 0])) as Record<DropReason, number>;
}
