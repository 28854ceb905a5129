/** What a token makes of the submissions that it sends. */
import { InvalidInputError, type Issue } from '../errors.js';
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

type FixedField = keyof NonNullable<Principal['scope']> | 'userId';
type Fixed<Field extends FixedField = FixedField> = readonly [field: Field, value: string];

function isOfCandidates(fixed: Fixed): fixed is Fixed<'adapterId' | 'modelVersion'> {
  return fixed[0] === 'adapterId' || fixed[0] === 'modelVersion';
}

function wrongValue(at: string, field: FixedField, given: string | undefined, value: string): readonly Issue[] {
  if (given === undefined || given === value) return [];
  const problem =
    field === 'userId'
      ? "must be omitted or the token's own `sub`"
      : `must be omitted or '${value}', which the token is for`;
  return [{ field: at, problem }];
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
    (entry): entry is [FixedField, string] => entry[1] !== undefined,
  );
  if (fixed.length === 0) return undefined;
  const bind = (submission: Submission): Submission => {
    const { candidates } = submission;
    // Of a preference each candidate has its own adapter and model.
    const ofCandidates = candidates === undefined ? [] : fixed.filter((each) => isOfCandidates(each));
    const ofEntry = fixed.filter((each) => !ofCandidates.some((other) => other === each));
    const [wrong, ...others] = [
      ...ofEntry.flatMap(([field, value]) => wrongValue(field, field, submission[field], value)),
      ...ofCandidates.flatMap(([field, value]) =>
        (candidates ?? []).flatMap((each, place) =>
          wrongValue(`candidates[${place}].${field}`, field, each[field], value),
        ),
      ),
    ];
    if (wrong !== undefined) throw new InvalidInputError([wrong, ...others]);
    const bound = { ...submission, ...Object.fromEntries(ofEntry) };
    if (candidates === undefined || ofCandidates.length === 0) return bound;
    const own = Object.fromEntries(ofCandidates);
    const { modelVersion } = scope;
    return {
      ...bound,
      candidates: candidates.map((each) => ({ ...each, ...own })),
      ...(modelVersion !== undefined && { modelVersion }),
    };
  };
  const { interactionId } = scope;
  const expectWithin = (stored: Feedback): void => {
    if (interactionId === undefined || stored.interactionId === interactionId) return;
    throw new InvalidInputError([
      { field: 'externalId', problem: 'must not name an entry about an interaction other than that of the token' },
    ]);
  };
  return { bind, expectWithin, name: fixed };
}
