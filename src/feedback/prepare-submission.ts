/** A submission as it came, made what is validated and stored. */
import { InvalidInputError } from '../errors.js';
import type { EntryLimits } from '../model/input.js';
import { type CandidateAnswers, isPreference } from '../model/preference.js';
import { completeSubmission, type GivenSubmission, type Submission } from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import type { Reader } from '../store/contract.js';
import { type Verdict, worseStatus } from '../validation/contract.js';
import { checkAgainstRules, decideType, type FeedbackRules, NO_RULES, readRules } from './rules.js';

/** A submission of something that happened earlier. */
export interface TimedSubmission extends GivenSubmission {
  /** Epoch ms; now if absent. */
  readonly createdAt?: number;
}

export interface PreparedSubmission {
  readonly submission: Submission;
  /** Epoch ms; absent if it is made now. */
  readonly createdAt?: number;
  /** Why a person should look at it, whatever plugins say. */
  readonly doubt?: string;
}

/** How far the clock of a client may be ahead, ms: what happened then happens now. */
const CLOCK_SKEW = 60_000;

/** What an organization's rules say, read only if one of the submissions depends on them. */
export async function rulesFor(
  read: <Answer>(work: (reader: Reader) => Promise<Answer>) => Promise<Answer>,
  org: string,
  submissions: readonly GivenSubmission[],
): Promise<FeedbackRules> {
  const depends = submissions.some(
    (each) => isTypeDecided(each) || each.scores !== undefined || each.tags !== undefined,
  );
  return depends ? read((reader) => readRules(reader, org)) : NO_RULES;
}

/** Whether scores decide the type. */
function isTypeDecided(given: GivenSubmission): boolean {
  return given.type === undefined && !isPreference(given);
}

/**
 * @param now epoch ms
 * @param answers whether the candidates of a preference need different answers
 * @throws {InvalidInputError} naming every field that is missing or not allowed
 */
export function prepareSubmission(
  timed: TimedSubmission,
  rules: FeedbackRules,
  limits: EntryLimits | undefined,
  now: number,
  answers: CandidateAnswers,
): PreparedSubmission {
  const { createdAt } = timed;
  // One that is complete stays the object that it is.
  const given = 'createdAt' in timed ? withoutTime(timed) : timed;
  const decision = isTypeDecided(given) ? decideType(rules, given.scores) : undefined;
  const typed = decision === undefined ? given : { ...given, type: decision.type };
  const submission = completeSubmission(typed, limits, answers);
  checkAgainstRules(rules, submission);
  if (createdAt !== undefined && createdAt > now + CLOCK_SKEW) {
    throw new InvalidInputError([{ field: 'createdAt', problem: 'must not be in the future' }]);
  }
  // The ids of entries hold their time, counted from then on.
  if (createdAt !== undefined && createdAt < 0) {
    throw new InvalidInputError([{ field: 'createdAt', problem: 'must not be before 1970' }]);
  }
  const isEarlier = createdAt !== undefined && createdAt < now;
  if (!isEarlier && decision?.doubt === undefined) return { submission };
  return { submission, ...(isEarlier && { createdAt }), ...omitNullish({ doubt: decision?.doubt }) };
}

function withoutTime({ createdAt: _, ...given }: TimedSubmission): GivenSubmission {
  return given;
}

/** The verdict, made worse by a doubt. */
export function withDoubt(verdict: Verdict, doubt: string | undefined): Verdict {
  if (doubt === undefined) return verdict;
  return { ...verdict, status: worseStatus(verdict.status, 'flagged'), reasons: [...verdict.reasons, doubt] };
}
