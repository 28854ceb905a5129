/** Tags that others than the submitter put on entries, and take away. */
import type { Actor } from '../audit/events.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { FEEDBACK_FIELDS } from '../model/feedback-fields.js';
import type { Feedback } from '../model/feedback.js';
import type { Transaction } from '../store/contract.js';
import { ChangeRefusedError, trainingRefusal } from './refusal.js';
import { type FeedbackUpdate, updateFeedback } from './update.js';

export interface TagChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** The tags of an entry after a change: those that stay in their order, then those that are new. */
export function changedTags({ tags = [] }: Pick<Feedback, 'tags'>, { add, remove }: TagChange): readonly string[] {
  return [...tags.filter((tag) => !remove.includes(tag)), ...add.filter((tag) => !tags.includes(tag))];
}

/** What refuses a change of the tags of an entry. */
export function tagRefusal(feedback: Feedback, change: TagChange): ChangeRefusedError | undefined {
  const held = trainingRefusal(feedback);
  if (held !== undefined) return held;
  const { tags = [] } = feedback;
  const after = changedTags(feedback, change);
  if (after.length === tags.length && after.every((tag) => tags.includes(tag))) {
    return new ChangeRefusedError('unchanged', 'The feedback entry has these tags already');
  }
  const problem = FEEDBACK_FIELDS.tags.kind.problem(after);
  return problem === undefined ? undefined : new ChangeRefusedError('too_many_tags', `The tags ${problem}`);
}

/** Gives an entry other tags, as a new version. Plugins do not validate it again. */
export function putTags(
  transaction: Transaction,
  keyedHash: KeyedHash,
  actor: Actor,
  before: Feedback,
  tags: readonly string[],
  note: Pick<FeedbackUpdate, 'at' | 'details'>,
): Promise<Feedback> {
  const hasTags = tags.length > 0;
  return updateFeedback(transaction, keyedHash, actor, before, {
    ...note,
    action: 'feedback.tag',
    patch: hasTags ? { tags } : {},
    drop: hasTags ? [] : ['tags'],
  });
}
