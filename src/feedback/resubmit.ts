/** Submissions for which there is an entry already: the same again, or a change of mind, which is its next version. */
import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../audit/events.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { ApiError } from '../errors.js';
import { type FieldName, FIELDS } from '../model/feedback-fields.js';
import type { Feedback } from '../model/feedback.js';
import { namedAdapters } from '../model/preference.js';
import { collectFields, type Submission } from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import type { Transaction } from '../store/contract.js';
import type { Verdict } from '../validation/contract.js';
import { GENERATED_ID_PREFIX } from './external-ids.js';
import { refuseHeld } from './refusal.js';
import { type ClearableField, type Droppable, FIXED_FIELDS, type FixedField, updateLinkedFeedback } from './update.js';
import { digestOf, markRevised } from './votes.js';

/** Whether a submission says something else of a field; one that it leaves out it says nothing of. */
export function differs(entry: Feedback, submission: Submission, field: FieldName): boolean {
  return submission[field] !== undefined && !isEqual(submission[field], entry[field]);
}

function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  return typeof one === 'object' && typeof other === 'object' && isDeepStrictEqual(one, other);
}

const CLEARABLE = FIELDS.filter(({ revisable, required }) => revisable === true && required !== true).map(
  ({ name }) => name as ClearableField,
);

/** The fields that a submitter leaves out to take them back. */
function clearedBy(entry: Feedback, submission: Submission): ClearableField[] {
  return CLEARABLE.filter((field) => entry[field] !== undefined && submission[field] === undefined);
}

/**
 * Whether an entry says already what is submitted.
 * @param given the submission as it came, `submission` as plugins have changed it
 */
export function saysTheSame(entry: Feedback, given: Submission, submission: Submission): boolean {
  if (entry.withdrawn !== undefined) return false;
  if (entry.said === digestOf(given)) return true;
  // A generated id is of the row of a file, and is another one once the row says something else.
  const compared = FIELDS.filter(
    ({ name }) => name !== 'externalId' || submission.externalId?.startsWith(GENERATED_ID_PREFIX) !== true,
  );
  const ordered = inOrderOf(entry, submission);
  return compared.every(({ name }) => !differs(entry, ordered, name)) && clearedBy(entry, ordered).length === 0;
}

/** A preference between the answers of an entry, in the order of that: it says the same in whatever order they were shown. */
function inOrderOf(entry: Feedback, submission: Submission): Submission {
  const { candidates: shown, preferred } = submission;
  if (entry.candidates === undefined || shown?.length !== entry.candidates.length) return submission;
  const places = entry.candidates.map((candidate) => shown.findIndex((each) => isEqual(each, candidate)));
  if (places.includes(-1)) return submission;
  const { candidates, answer } = entry;
  // The answer of a tie is the first one.
  if (typeof preferred !== 'number') return { ...submission, candidates, answer };
  return { ...submission, candidates, preferred: places.indexOf(preferred) };
}

/** Whether an entry has been revised since what is submitted was submitted last. */
export function isRevisedSince(entry: Feedback, given: Submission): boolean {
  return entry.said === markRevised(digestOf(given));
}

const FIXED_WORDS: Readonly<Record<FixedField, string>> = {
  userId: 'user',
  interactionId: 'interaction',
  adapterId: 'adapter',
  adapterVersion: 'adapter version',
  externalId: 'external id',
};

/**
 * Why an entry may not become what is submitted, if it may not.
 * @param at epoch ms
 */
export function refusalOf(entry: Feedback, submission: Submission, at: number): ApiError | undefined {
  try {
    refuseHeld(entry);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  const { review, reviewClaim } = entry;
  if (review !== undefined) {
    const decided = review.verdict === 'approve' ? 'approved' : 'rejected';
    return new ApiError('CONFLICT', `A reviewer has ${decided} the feedback entry; to change it anyway, revise it`);
  }
  if (reviewClaim !== undefined && reviewClaim.until > at) {
    const until = new Date(reviewClaim.until).toISOString();
    return new ApiError('CONFLICT', `A reviewer has claimed the feedback entry until ${until}`);
  }
  // One that is about the same vote may go by another external id.
  const other = FIXED_FIELDS.find((field) => field !== 'externalId' && differs(entry, submission, field));
  // A preference has these in its candidates alone, and the entry keeps them for good.
  const kept =
    submission.candidates === undefined
      ? undefined
      : (['adapterId', 'adapterVersion'] as const).find((field) => entry[field] !== undefined);
  const fixed = other ?? kept;
  const word = fixed === undefined ? undefined : FIXED_WORDS[fixed];
  const wrong = word ?? (comparesOthers(entry, submission) ? FIXED_WORDS.adapterId : undefined);
  if (wrong === undefined) return undefined;
  return new ApiError(
    'CONFLICT',
    `The feedback entry with this external id belongs to another ${wrong}: submit this one under another external id`,
  );
}

/** Whether a preference is between other adapters than the entry is linked to for good. */
function comparesOthers(entry: Feedback, submission: Submission): boolean {
  if (entry.candidates === undefined && submission.candidates === undefined) return false;
  return !isDeepStrictEqual(new Set(namedAdapters(entry)), new Set(namedAdapters(submission)));
}

/** Makes what is submitted the next version of an entry, which may become it. */
export function changeMind(
  transaction: Transaction,
  keyedHash: KeyedHash,
  actor: Actor,
  { feedback: before, adapters }: { readonly feedback: Feedback; readonly adapters: readonly string[] },
  {
    given,
    submission,
    verdict,
    saidAt,
  }: {
    readonly given: Submission;
    readonly submission: Submission;
    readonly verdict: Verdict;
    /** Epoch ms. */
    readonly saidAt: number;
  },
  at: number,
): Feedback {
  const { findings, fingerprint, status, reasons, unfinished } = verdict;
  const isPending = unfinished === true && status !== 'rejected';
  const fixed: readonly string[] = FIXED_FIELDS;
  const drop: Droppable[] = ['withdrawn', 'reviewClaim', 'votedOn', ...clearedBy(before, submission)];
  if (submission.candidates === undefined) drop.push('candidates');
  // Of a preference it says that all candidates share it.
  else if (submission.modelVersion === undefined) drop.push('modelVersion');
  if (findings === undefined) drop.push('findings');
  if (fingerprint === undefined) drop.push('fingerprint');
  // A conversation is left out where another question or answer is given without one.
  if (submission.messages === undefined && isOfOtherTexts(before, submission)) {
    drop.push('messages');
    if (submission.tools === undefined) drop.push('tools');
  }
  return updateLinkedFeedback(transaction, keyedHash, actor, before, adapters, {
    action: 'feedback.revise',
    at,
    patch: {
      ...collectFields(
        FIELDS.filter(({ name }) => !fixed.includes(name)),
        ({ name }) => submission[name],
      ),
      said: digestOf(given),
      saidAt,
      validationStatus: isPending ? 'pending' : status,
      validationReasons: reasons,
      ...omitNullish({ findings, fingerprint: fingerprint?.value }),
      ...(isPending ? { judging: { failures: 0, due: at } } : {}),
    },
    drop,
  });
}

function isOfOtherTexts(entry: Feedback, { question, answer }: Submission): boolean {
  return entry.question !== question || entry.answer !== answer;
}
