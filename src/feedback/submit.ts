import { ensureAdapters } from '../adapters/adapters.js';
import { type Actor, recordChange } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { ApiError } from '../errors.js';
import { encodeFeedback, type Feedback, feedbackFacet } from '../model/feedback.js';
import { feedbackIdAt, feedbackIdTime, newFeedbackId } from '../model/ids.js';
import { EMPTY_CHAIN } from '../model/node.js';
import type { Submission } from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import type { ValidationServices } from '../services.js';
import type { Reader, Store, Transaction } from '../store/contract.js';
import { feedbackKey } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import { type Fingerprint, type Verdict, worseStatus } from '../validation/contract.js';
import { mapYielding } from '../yield-to-event-loop.js';
import { externalIdKeys } from './external-ids.js';
import { planFilter, selectedIds } from './index/filter.js';
import { addToIndex, listIndexes } from './index/membership.js';
import { putLink } from './links.js';
import { toPluginSubmission } from './plugin-host.js';
import {
  type PreparedSubmission,
  prepareSubmission,
  rulesFor,
  type TimedSubmission,
  withDoubt,
} from './prepare-submission.js';
import { findFeedback, getFeedback } from './read.js';
import type { FeedbackRules } from './rules.js';
import { getSubmissionOrder } from './submission-order.js';
import { feedbackVersion } from './versions.js';

/** The most entries of one batch: one commit stays small enough to leave others their turn. */
export const MAX_BATCH = 1_000;

/** The outcome of one entry of a batch. `created` is false if its external id was stored already. */
export type SubmitOutcome = { readonly feedback: Feedback; readonly created: boolean } | { readonly error: ApiError };

/** The part of an outcome kept for repeated requests: the entry's id and whether it is new; null if it was refused. */
type OutcomeNote = readonly [id: string, created: boolean] | null;

/**
 * Validates a submission and stores it with its edge, index entries, counters, audit event and change, in one commit.
 * @throws {InvalidInputError} naming each field that is not allowed; nothing is stored then.
 */
export async function submitFeedback(
  services: ValidationServices,
  actor: Actor,
  submission: TimedSubmission,
  idempotency?: Idempotency,
  bind?: (submission: Submission) => Submission,
): Promise<{ readonly feedback: Feedback; readonly created: boolean }> {
  const [outcome] = await submitBatch(services, actor, [submission], idempotency, bind);
  if (outcome === undefined) throw new Error('A submission has no outcome');
  if ('error' in outcome) throw outcome.error;
  return outcome;
}

/**
 * Validates each submission on its own and stores all that are allowed, in one commit.
 * @param bind what is stored in place of each; it throws an `ApiError` for one that the submitter may not submit
 * @returns the outcome of each, in their order.
 */
export async function submitBatch(
  services: ValidationServices,
  actor: Actor,
  submissions: readonly TimedSubmission[],
  idempotency?: Idempotency,
  bind?: (submission: Submission) => Submission,
): Promise<SubmitOutcome[]> {
  const rules = await rulesFor((work) => services.store.read(work), actor.org, submissions);
  const validated = await validateAll(services, rules, submissions, actor.org, bind);
  // Where nothing is stored, nothing is kept under the key: the client may send what is right under the same one.
  const refused = validated.flatMap((each) => ('error' in each ? [each] : []));
  if (refused.length === validated.length) return refused;
  const fresh = new Map<string, Feedback>();
  const notes = await services.store.transact(async (transaction) => {
    fresh.clear();
    return runIdempotent(transaction, idempotency, () => storeAll(services, transaction, actor, validated, fresh));
  });
  if (services.stored !== undefined) {
    const { stored } = services;
    await mapYielding([...fresh.values()], (feedback) =>
      stored(feedback.id, toPluginSubmission(actor.org, feedback), feedback.validationStatus === 'pending'),
    );
  }
  return Promise.all(
    validated.map(async (each, index): Promise<SubmitOutcome> => {
      if ('error' in each) return each;
      const note = notes[index];
      if (note === null || note === undefined) throw new Error('A stored submission has no outcome');
      const [id, created] = note;
      return { feedback: fresh.get(id) ?? (await storedBefore(services.store, actor.org, id, created)), created };
    }),
  );
}

/** `given` is the submission as it came, `submission` as the plugins changed it: only that one is ever stored. */
type Validated =
  | {
      readonly given: TimedSubmission;
      readonly submission: Submission;
      readonly createdAt?: number;
      readonly verdict: Verdict;
    }
  | { readonly error: ApiError };

/** All at once, as plugins may wait for others; what they compute themselves gives way to other requests in between. */
async function validateAll(
  services: ValidationServices,
  rules: FeedbackRules,
  submissions: readonly TimedSubmission[],
  org: string,
  bind: (submission: Submission) => Submission = (submission) => submission,
): Promise<Validated[]> {
  const validating = await mapYielding(submissions, (submission) => {
    const validated = validateOne(services, rules, submission, org, bind);
    // It is waited for below: until then it is no rejection that nobody handles.
    validated.catch(() => undefined);
    return validated;
  });
  return Promise.all(validating);
}

async function validateOne(
  { validate, entryLimits, now }: ValidationServices,
  rules: FeedbackRules,
  given: TimedSubmission,
  org: string,
  bind: (submission: Submission) => Submission,
): Promise<Validated> {
  let prepared: PreparedSubmission;
  let submission: Submission;
  try {
    prepared = prepareSubmission(given, rules, entryLimits, now());
    submission = bind(prepared.submission);
  } catch (error) {
    if (error instanceof ApiError) return { error };
    throw error;
  }
  const { createdAt, doubt } = prepared;
  const verdict = withDoubt(await validate(submission, org), doubt);
  return { given, submission: { ...submission, ...verdict.changes }, verdict, ...omitNullish({ createdAt }) };
}

async function storeAll(
  services: ValidationServices,
  transaction: Transaction,
  actor: Actor,
  validated: readonly Validated[],
  fresh: Map<string, Feedback>,
): Promise<OutcomeNote[]> {
  const at = services.now();
  const allowed = validated.flatMap((each) => ('error' in each ? [] : [each.submission]));
  const known = await knownExternalIds(services.keyedHash, transaction, actor, allowed);
  const adapters = new Set(
    allowed.flatMap(({ adapterId, externalId }) =>
      adapterId === undefined || (externalId !== undefined && known.has(externalId)) ? [] : [adapterId],
    ),
  );
  const verdicts = validated.flatMap((each) => ('error' in each ? [] : [each.verdict]));
  const firsts = await firstWithFingerprint(transaction, services.keyedHash, actor.org, verdicts, at);
  if (adapters.size > 0) await ensureAdapters(transaction, actor, adapters, at);
  // Nothing may be awaited behind this: ids are then in the order of commits.
  return getSubmissionOrder(services.store).inOrder(validated, (each): OutcomeNote => {
    if ('error' in each) return null;
    const { given, submission, createdAt, verdict } = each;
    const first = submission.externalId === undefined ? undefined : known.get(submission.externalId);
    if (first !== undefined) return [first, false];
    const made = services.newId?.(given) ?? newEntry(actor.org, createdAt);
    const judgement = flagRepeated(verdict, made.createdAt, firsts);
    const feedback = insert(services, transaction, actor, made, submission, judgement, at);
    if (verdict.fingerprint !== undefined && !firsts.has(verdict.fingerprint.value)) {
      firsts.set(verdict.fingerprint.value, feedback.id);
    }
    fresh.set(feedback.id, feedback);
    if (feedback.externalId !== undefined) known.set(feedback.externalId, feedback.id);
    return [feedback.id, true];
  });
}

/** The first entry of each fingerprint that is not too old to count, read by the commit that it is for. */
export async function firstWithFingerprint(
  reader: Reader,
  keyedHash: KeyedHash,
  org: string,
  verdicts: readonly Verdict[],
  at: number,
): Promise<Map<string, string>> {
  const wanted = new Map<string, Fingerprint>();
  for (const { fingerprint } of verdicts) if (fingerprint !== undefined) wanted.set(fingerprint.value, fingerprint);
  const found = await Promise.all(
    [...wanted.values()].map(async ({ value, window }): Promise<[string, string][]> => {
      const plan = planFilter(org, { since: at - window }, keyedHash);
      const narrowed = { ...plan, indexes: [{ kind: 'fingerprint', value }] as const };
      const [first] = await (await selectedIds(reader, narrowed, false))(plan.bounds, 1);
      return first === undefined ? [] : [[value, first]];
    }),
  );
  return new Map(found.flat());
}

/** The verdict, made worse where an entry within the window says the same already. */
export function flagRepeated(verdict: Verdict, createdAt: number, firsts: ReadonlyMap<string, string>): Verdict {
  const { fingerprint } = verdict;
  const first = fingerprint === undefined ? undefined : firsts.get(fingerprint.value);
  if (fingerprint === undefined || first === undefined) return verdict;
  if (Math.abs(createdAt - feedbackIdTime(first)) > fingerprint.window) return verdict;
  // One that says the very same needs no second reason for being alike.
  const reasons = verdict.reasons.filter((reason) => !reason.endsWith(first));
  return {
    ...verdict,
    status: worseStatus(verdict.status, 'flagged'),
    reasons: [...reasons, `It says the same as ${first}`],
  };
}

/**
 * The submitter's entries that stand for the external ids of these submissions already. The ids of others are no
 * concern of theirs: nobody can occupy another's.
 */
async function knownExternalIds(
  hash: KeyedHash,
  transaction: Transaction,
  { org, sub }: Actor,
  submissions: readonly Submission[],
): Promise<Map<string, string>> {
  const named = [...new Set(submissions.flatMap(({ externalId }) => externalId ?? []))];
  if (named.length === 0) return new Map();
  const values = await transaction.getMany(
    named.flatMap((externalId) => externalIdKeys(hash, org, { externalId, submittedBy: sub })),
  );
  const ids = values.flatMap((value) =>
    value === undefined ? [] : [(decodeRecord(value) as { feedbackId: string }).feedbackId],
  );
  const found = await findFeedback(transaction, org, [...new Set(ids)]);
  return new Map(
    found.flatMap((feedback): [string, string][] =>
      feedback?.externalId !== undefined && feedback.submittedBy === sub ? [[feedback.externalId, feedback.id]] : [],
    ),
  );
}

/** An entry was made at the time that its id holds: a bound on one is a bound on the other. */
function newEntry(org: string, earlier: number | undefined): { readonly id: string; readonly createdAt: number } {
  const id = earlier === undefined ? newFeedbackId(org) : feedbackIdAt(earlier);
  return { id, createdAt: feedbackIdTime(id) };
}

function insert(
  { keyedHash }: ValidationServices,
  transaction: Transaction,
  actor: Actor,
  { id, createdAt }: { readonly id: string; readonly createdAt: number },
  submission: Submission,
  verdict: Verdict,
  at: number,
): Feedback {
  const { org } = actor;
  const audit = recordChange(transaction, actor, EMPTY_CHAIN, {
    at,
    action: 'feedback.submit',
    node: id,
    versionBefore: 0,
    versionAfter: 1,
  });
  const isPending = verdict.unfinished === true && verdict.status !== 'rejected';
  const feedback: Feedback = {
    ...submission,
    id,
    version: 1,
    validationStatus: isPending ? 'pending' : verdict.status,
    validationReasons: verdict.reasons,
    ...omitNullish({ findings: verdict.findings, fingerprint: verdict.fingerprint?.value }),
    ...(isPending ? { judging: { failures: 0, due: at } } : {}),
    use: 'unused',
    trainingBatchId: 0,
    createdAt,
    updatedAt: Math.max(at, createdAt),
    submittedBy: actor.sub,
    audit,
  };
  transaction.put(feedbackKey(org, id), encodeFeedback(feedback));
  const { adapterId, adapterVersion, externalId } = submission;
  if (externalId !== undefined) {
    const [key] = externalIdKeys(keyedHash, org, { externalId, submittedBy: actor.sub });
    transaction.put(key, encodeRecord({ feedbackId: id }));
  }
  if (adapterId !== undefined) {
    const link = { createdAt: at, updatedAt: at, createdBy: actor.sub, ...omitNullish({ adapterVersion }) };
    putLink(transaction, org, id, adapterId, link);
  }
  const facet = feedbackFacet(feedback);
  for (const index of listIndexes(org, feedback, adapterId === undefined ? [] : [adapterId], keyedHash)) {
    addToIndex(transaction, org, index, facet, id);
  }
  return feedback;
}

/**
 * The entry that is stored already: for a repeated request, as that request stored it; for an external id that is
 * submitted again, as it is now.
 */
async function storedBefore(store: Store, org: string, id: string, asCreated: boolean): Promise<Feedback> {
  return store.read(async (reader) => {
    const current = await getFeedback(reader, org, id);
    const found = asCreated ? await feedbackVersion(reader, org, current, 1) : current;
    if (found === undefined) throw new Error('The first version of a feedback entry is missing');
    return found;
  });
}
