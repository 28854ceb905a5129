/** Validates submissions before they are stored, and again where they turn out to be about entries that are stored. */
import { ApiError } from '../errors.js';
import type { Submission } from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import type { ValidationServices } from '../services.js';
import type { Validate, Verdict } from '../validation/contract.js';
import { mapYielding } from '../yield-to-event-loop.js';
import { type PreparedSubmission, prepareSubmission, type TimedSubmission, withDoubt } from './prepare-submission.js';
import type { FeedbackRules } from './rules.js';

/** How often submissions are validated again because their entries were not known, or were others, when they were. */
const MAX_TRIES = 5;

/** A submission with its verdict. */
export interface ValidSubmission {
  /** As it came. */
  readonly given: TimedSubmission;
  /** As its submitter may submit it. */
  readonly bound: Submission;
  /** As the plugins changed it: only that one is ever stored. */
  readonly submission: Submission;
  readonly verdict: Verdict;
  /** Epoch ms; absent if it is made now. */
  readonly createdAt?: number;
  /** Why a person should look at it, whatever plugins say. */
  readonly doubt?: string;
  /** The entry that it was validated as the next version of. */
  readonly entryId?: string;
}

export type Validated = ValidSubmission | { readonly error: ApiError };

/** Submissions turn out to be about stored entries: they are to be validated as these, which they do not repeat. */
export class UnvalidatedError extends Error {
  override readonly name = 'UnvalidatedError';

  /** @param entryIds by the places of the submissions */
  constructor(readonly entryIds: ReadonlyMap<number, string>) {
    super('Submissions are to be validated as the next versions of their entries');
  }
}

/** Runs `work`, and again with submissions validated anew, in their places of `validated`, where it asks for that. */
export async function repeatUnvalidated<Done>(
  validate: Validate,
  validated: Validated[],
  org: string,
  work: () => Promise<Done>,
): Promise<Done> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UnvalidatedError)) throw error;
      if (tries === MAX_TRIES) throw new ApiError('CONFLICT', 'The feedback entry was changed in the meantime');
      await mapYielding([...error.entryIds], async ([place, entryId]) => {
        const each = validated[place];
        if (each === undefined || 'error' in each) return;
        const validation = await validate(each.bound, org, { id: entryId, all: false });
        const verdict = withDoubt(validation, each.doubt);
        validated[place] = { ...each, submission: changedBy(verdict, each.bound), verdict, entryId };
      }).then((validating) => Promise.all(validating));
    }
  }
}

/** Submissions that are validated at once: those of a batch spend no plugin's time limit on waiting for each other. */
const VALIDATED_AT_ONCE = 100;

/** Many at once, as plugins may wait for others; what they compute themselves gives way to other requests in between. */
export async function validateAll(
  services: ValidationServices,
  rules: FeedbackRules,
  submissions: readonly TimedSubmission[],
  org: string,
  bind: (submission: Submission) => Submission = (submission) => submission,
): Promise<Validated[]> {
  const all: Validated[] = [];
  for (let from = 0; from < submissions.length; from += VALIDATED_AT_ONCE) {
    const some = submissions.slice(from, from + VALIDATED_AT_ONCE);
    const validating = await mapYielding(some, (submission) => {
      const validated = validateOne(services, rules, submission, org, bind);
      // It is waited for below: until then it is no rejection that nobody handles.
      validated.catch(() => undefined);
      return validated;
    });
    for (const validated of await Promise.all(validating)) all.push(validated);
  }
  return all;
}

async function validateOne(
  { validate, entryLimits, now, newId }: ValidationServices,
  rules: FeedbackRules,
  given: TimedSubmission,
  org: string,
  bind: (submission: Submission) => Submission,
): Promise<Validated> {
  let prepared: PreparedSubmission;
  let bound: Submission;
  try {
    // Rows of an import were checked when they were read: those of an export may have equal answers.
    const answers = newId === undefined ? 'different' : 'any';
    prepared = prepareSubmission(given, rules, entryLimits, now(), answers);
    bound = bind(prepared.submission);
  } catch (error) {
    if (error instanceof ApiError) return { error };
    throw error;
  }
  const { createdAt, doubt } = prepared;
  const verdict = withDoubt(await validate(bound, org), doubt);
  const submission = changedBy(verdict, bound);
  if (createdAt === undefined && doubt === undefined) return { given, bound, submission, verdict };
  return { given, bound, submission, verdict, ...omitNullish({ createdAt, doubt }) };
}

/** As plugins have changed it: the same object where they have changed nothing. */
function changedBy({ changes }: Verdict, bound: Submission): Submission {
  return changes === undefined ? bound : { ...bound, ...changes };
}
