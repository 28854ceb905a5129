/** Why a change leaves an entry as it is. A change of one entry throws it, a change of many counts it. */
import { ApiError, type ErrorCode } from '../errors.js';
import type { Feedback } from '../model/feedback.js';

/** Stored in records of bulk operations: never rename one. */
export const REFUSAL_REASONS = [
  'unchanged',
  'not_found',
  'erased',
  'held_for_training',
  'used_for_training',
  'claimed_by_reviewer',
  'withdrawn',
  'not_reviewed',
  'too_many_tags',
  'too_many_links',
  'named_by_submission',
  'linked_by_other',
  'changed_since',
  'failed',
] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** A change that an entry does not take as it is now. */
export class ChangeRefusedError extends ApiError {
  override readonly name = 'ChangeRefusedError';

  constructor(
    readonly reason: RefusalReason,
    message: string,
    code: ErrorCode = 'CONFLICT',
  ) {
    super(code, message);
  }
}

/** What refuses to change an entry that training has. */
export function trainingRefusal({ use, trainingBatchId }: Feedback): ChangeRefusedError | undefined {
  if (use === 'used') {
    return new ChangeRefusedError('used_for_training', `Training batch ${trainingBatchId} has used the feedback entry`);
  }
  return heldRefusal({ use, trainingBatchId });
}

/** What refuses to change an entry while a training batch that is not committed holds it. */
export function heldRefusal({
  use,
  trainingBatchId,
}: Pick<Feedback, 'use' | 'trainingBatchId'>): ChangeRefusedError | undefined {
  if (use !== 'claimed') return undefined;
  return new ChangeRefusedError('held_for_training', `Training batch ${trainingBatchId} holds the feedback entry`);
}

/** @throws {ChangeRefusedError} CONFLICT if training has the entry */
export function refuseHeld(feedback: Feedback): void {
  throwRefusal(trainingRefusal(feedback));
}

/** @throws {ChangeRefusedError} if there is one */
export function throwRefusal(refusal: ChangeRefusedError | undefined): void {
  if (refusal !== undefined) throw refusal;
}
