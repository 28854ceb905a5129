/** What a token makes of the submissions that it sends. */
import { InvalidInputError } from '../errors.js';
import type { Feedback } from '../model/feedback.js';
import type { Submission } from '../model/submission.js';
import { hasPermission, type Principal } from '../principal.js';

export interface BoundSubmission {
  /**
   * The submission as the token may submit it.
   * @throws {InvalidInputError} if it says something else.
   */
  readonly bind: (submission: Submission) => Submission;
  /**
   * Makes sure that what stands for the submission is about what the token is for: the user may have given its external id
   * to an entry about another interaction, which the token does not read.
   * @throws {InvalidInputError}
   */
  readonly expectWithin: (stored: Feedback) => void;
  /** Tells it from other tokens of the user, for requests that are repeated. */
  readonly name: unknown;
}

/**
 * Whoever cannot read what others submit speaks for the token's own user alone, and a token for one interaction, model or
 * adapter for that one.
 * @returns undefined if the token may submit anything
 */
export function boundSubmission(principal: Principal): BoundSubmission | undefined {
  const { sub, scope = {} } = principal;
  const userId = hasPermission(principal, 'feedback:read') ? undefined : sub;
  const fixed = Object.entries({ ...scope, userId }).filter(
    (entry): entry is [keyof typeof scope | 'userId', string] => entry[1] !== undefined,
  );
  if (fixed.length === 0) return undefined;
  const bind = (submission: Submission): Submission => {
    const [wrong, ...others] = fixed.flatMap(([field, value]) =>
      submission[field] === undefined || submission[field] === value
        ? []
        : [
            {
              field,
              problem:
                field === 'userId'
                  ? "must be omitted or the token's own `sub`"
                  : `must be omitted or '${value}', which the token is for`,
            },
          ],
    );
    if (wrong !== undefined) throw new InvalidInputError([wrong, ...others]);
    return { ...submission, ...Object.fromEntries(fixed) };
  };
  const { interactionId } = scope;
  const expectWithin = (stored: Feedback): void => {
    if (interactionId === undefined || stored.interactionId === interactionId) return;
    throw new InvalidInputError([
      { field: 'externalId', problem: 'must not be that of an entry about another interaction than the token is for' },
    ]);
  };
  return { bind, expectWithin, name: fixed };
}
