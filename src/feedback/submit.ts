import { ensureAdapters } from '../adapters/adapters.js';
import { type Actor, recordChange } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { awaitAll } from '../await-all.js';
import { ApiError } from '../errors.js';
import { encodeFeedback, type Feedback, feedbackFacet } from '../model/feedback.js';
import { feedbackIdAt, feedbackIdTime, newFeedbackId } from '../model/ids.js';
import { EMPTY_CHAIN } from '../model/node.js';
import { namedAdapters } from '../model/preference.js';
import type { Submission } from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import type { ValidationServices } from '../services.js';
import type { Store, Transaction } from '../store/contract.js';
import { feedbackKey } from '../store/layout.js';
import type { Verdict } from '../validation/contract.js';
import { mapYielding } from '../yield-to-event-loop.js';
import { EarlierEntries, type EarlierEntry } from './earlier-entries.js';
import { GENERATED_ID_PREFIX } from './external-ids.js';
import { firstWithFingerprint, flagRepeated } from './fingerprints.js';
import { readAdapterSets } from './index/adapter-sets.js';
import { addToIndex, listIndexes } from './index/membership.js';
import { createNewLinks } from './links.js';
import { rulesFor, type TimedSubmission } from './prepare-submission.js';
import { getFeedback } from './read.js';
import { changeMind, isRevisedSince, refusalOf, saysTheSame } from './resubmit.js';
import { getSubmissionOrder } from './submission-order.js';
import {
  repeatUnvalidated,
  UnvalidatedError,
  validateAll,
  type Validated,
  type ValidSubmission,
} from './validate-submissions.js';
import { feedbackVersion } from './versions.js';
import { digestSubmission } from './votes.js';

/** The most entries of one batch: one commit stays small enough to leave others their turn. */
export const MAX_BATCH = 1_000;

/** What became of an entry: made, changed by a change of mind, or left as it was, as it says the same already. */
export type SubmitEffect = 'created' | 'updated' | 'unchanged';

export interface Submitted {
  readonly feedback: Feedback;
  readonly effect: SubmitEffect;
}

/** The outcome of one entry of a batch. */
export type SubmitOutcome = Submitted | { readonly error: ApiError };

/**
 * The part of an outcome kept for repeated requests: the entry's id, what became of it, and its version then; why it may not
 * change; or null if it was refused. Servers before 0.3.0 kept whether the entry was new.
 */
type OutcomeNote =
  | readonly [id: string, effect: SubmitEffect, version: number]
  | readonly [id: string, created: boolean]
  | { readonly conflict: string }
  | null;

/**
 * Validates a submission and stores it with its edge, index entries, counters, audit event and change, in one commit. If it is
 * about an entry that is there already, it becomes the next version of that one.
 * @throws {InvalidInputError} naming each field that is not allowed; nothing is stored then.
 * @throws {ApiError} CONFLICT if it says something else than an entry that may not change any more
 */
export async function submitFeedback(
  services: ValidationServices,
  actor: Actor,
  submission: TimedSubmission,
  idempotency?: Idempotency,
  bind?: (submission: Submission) => Submission,
): Promise<Submitted> {
  const [outcome] = await submitAll(services, actor, [submission], { idempotency, bind, throwsConflict: true });
  if (outcome === undefined) throw new Error('A submission has no outcome');
  if ('error' in outcome) throw outcome.error;
  return outcome;
}

/**
 * Validates each submission on its own and stores all that are allowed, in one commit.
 * @param bind what is stored in place of each; it throws an `ApiError` for one that the submitter may not submit
 * @returns the outcome of each, in their order.
 */
export function submitBatch(
  services: ValidationServices,
  actor: Actor,
  submissions: readonly TimedSubmission[],
  idempotency?: Idempotency,
  bind?: (submission: Submission) => Submission,
): Promise<SubmitOutcome[]> {
  return submitAll(services, actor, submissions, { idempotency, bind, throwsConflict: false });
}

interface SubmitOptions {
  readonly idempotency: Idempotency | undefined;
  readonly bind?: ((submission: Submission) => Submission) | undefined;
  /** Whether a conflict ends it, so that it is not remembered for repeated requests. */
  readonly throwsConflict: boolean;
}

async function submitAll(
  services: ValidationServices,
  actor: Actor,
  submissions: readonly TimedSubmission[],
  { idempotency, bind, throwsConflict }: SubmitOptions,
): Promise<SubmitOutcome[]> {
  const { store, stored, judged, pending } = services;
  const { org } = actor;
  const rules = await rulesFor((work) => store.read(work), org, submissions);
  const validated = await validateAll(services, rules, submissions, org, bind);
  // Where nothing is stored, nothing is kept under the key: the client may send what is right under the same one.
  const refused = validated.filter((each) => 'error' in each);
  if (refused.length === validated.length) return refused;
  const written = new WrittenEntries();
  const notes = await repeatUnvalidated(services.validate, validated, org, () =>
    store.transact(async (transaction) => {
      written.clear();
      return runIdempotent(transaction, idempotency, () =>
        storeAll(services, transaction, actor, validated, written, throwsConflict),
      );
    }),
  );
  if (written.isPending) pending?.(org);
  if (judged !== undefined) judged(org, written.judged);
  if (stored !== undefined) await mapYielding(written.created, (feedback) => stored(org, feedback));
  return awaitAll(
    validated.map((each, index): SubmitOutcome | Promise<SubmitOutcome> => {
      if ('error' in each) return each;
      const note = notes[index];
      if (note === null || note === undefined) throw new Error('A stored submission has no outcome');
      if ('conflict' in note) return { error: new ApiError('CONFLICT', note.conflict) };
      const [id, noted] = note;
      const version = note.length === 3 ? note[2] : 1;
      const effect = typeof noted === 'string' ? noted : noted ? 'created' : 'unchanged';
      const feedback = written.find(id, version);
      if (feedback !== undefined) return { feedback, effect };
      return storedBefore(store, org, id, effect, version).then((before) => ({ feedback: before, effect }));
    }),
  );
}

/** The entries that a transaction writes or finds as they are to be. */
class WrittenEntries {
  readonly #versions = new Map<string, Feedback>();
  /** The newest version of each that is new or changed, and whether it is new. */
  readonly #newest = new Map<string, { feedback: Feedback; readonly isNew: boolean }>();
  isPending = false;

  get created(): readonly Feedback[] {
    const created: Feedback[] = [];
    for (const { feedback, isNew } of this.#newest.values()) if (isNew) created.push(feedback);
    return created;
  }

  get judged(): readonly Feedback[] {
    return Array.from(this.#newest.values(), ({ feedback }) => feedback);
  }

  clear(): void {
    this.#versions.clear();
    this.#newest.clear();
    this.isPending = false;
  }

  find(id: string, version: number): Feedback | undefined {
    return this.#versions.get(versionName(id, version));
  }

  add(feedback: Feedback, effect: SubmitEffect): OutcomeNote {
    const { id, version } = feedback;
    this.#versions.set(versionName(id, version), feedback);
    if (effect !== 'unchanged') {
      const before = this.#newest.get(id);
      if (before === undefined) this.#newest.set(id, { feedback, isNew: effect === 'created' });
      else before.feedback = feedback;
      const isNew = before?.isNew ?? effect === 'created';
      if (!isNew && feedback.validationStatus === 'pending') this.isPending = true;
    }
    return [id, effect, version];
  }
}

function versionName(id: string, version: number): string {
  return version === 1 ? id : `${id} ${version}`;
}

async function storeAll(
  services: ValidationServices,
  transaction: Transaction,
  actor: Actor,
  validated: readonly Validated[],
  written: WrittenEntries,
  throwsConflict: boolean,
): Promise<OutcomeNote[]> {
  const { keyedHash, keepsVotes = false } = services;
  const at = services.now();
  const allowed = validated.filter((each): each is ValidSubmission => !('error' in each));
  const submissions = allowed.map(({ submission }) => submission);
  const earlier = await EarlierEntries.read(transaction, keyedHash, actor, submissions, keepsVotes);
  const changes = await changesOf(services, validated, earlier, at);
  const named = submissions.filter((each) => earlier.find(each) === undefined).map(namedAdapters);
  const adapters = new Set(named.flat());
  const verdicts = allowed.map(({ verdict }) => verdict);
  const firsts = await firstWithFingerprint(transaction, keyedHash, actor.org, verdicts, at);
  await earlier.readVotesOf(transaction, changes);
  if (adapters.size > 0) await ensureAdapters(transaction, actor, adapters, at);
  const sets = await readAdapterSets(transaction, actor.org, named);
  const inserting = { transaction, actor, keyedHash, at, link: createNewLinks(transaction, actor, at) };
  // Nothing may be awaited behind this: ids are then in the order of commits.
  return getSubmissionOrder(services.store).inOrder(validated, (each): OutcomeNote => {
    if ('error' in each) return null;
    const { given, bound, submission, createdAt, verdict } = each;
    const entry = earlier.find(submission);
    if (entry === undefined) {
      const now = transaction.stamp(actor.org);
      const made = services.newId?.(given, now) ?? newEntry(actor.org, now, createdAt);
      const judgement = flagRepeated(verdict, made.createdAt, firsts);
      const feedback = insert(inserting, made, { bound, submission }, judgement);
      const { fingerprint } = verdict;
      if (fingerprint !== undefined && !firsts.has(fingerprint.value)) firsts.set(fingerprint.value, feedback.id);
      sets.enter(namedAdapters(submission));
      earlier.putNew(transaction, submission, feedback);
      return written.add(feedback, 'created');
    }
    const { feedback: before } = entry;
    if (isUnchanged(services, each, before, at)) return written.add(before, 'unchanged');
    const refusal = refusalOf(before, submission, at);
    if (refusal !== undefined && throwsConflict) throw refusal;
    if (refusal !== undefined) return { conflict: refusal.message };
    const first = firsts.get(verdict.fingerprint?.value ?? '');
    const isRepeated = first !== undefined && first < before.id;
    const judgement = isRepeated ? flagRepeated(verdict, before.createdAt, firsts) : verdict;
    const change = { given: bound, submission, verdict: judgement, saidAt: saidEarlier(services, each, at) ?? at };
    const feedback = changeMind(transaction, keyedHash, actor, entry, change, at);
    earlier.put(transaction, feedback, entry.adapters, entry.isNew);
    return written.add(feedback, 'updated');
  });
}

/** Whether an entry stays as it is: it says the same already, or what was said after what is submitted. */
function isUnchanged(
  services: Pick<ValidationServices, 'newId' | 'keepsRevised'>,
  validated: ValidSubmission,
  before: Feedback,
  at: number,
): boolean {
  const { bound, submission } = validated;
  if (saysTheSame(before, bound, submission)) return true;
  // A file that is imported again says what it said; a user who says something again means it.
  const isRow =
    services.newId !== undefined ||
    services.keepsRevised === true ||
    submission.externalId?.startsWith(GENERATED_ID_PREFIX) === true;
  if (isRow && isRevisedSince(before, bound)) return true;
  const saidAt = saidEarlier(services, validated, at);
  return saidAt !== undefined && saidAt < (before.saidAt ?? before.createdAt);
}

/** When what is submitted was said, epoch ms; undefined if that is now. */
function saidEarlier(
  { newId }: Pick<ValidationServices, 'newId'>,
  { given, createdAt }: ValidSubmission,
  at: number,
): number | undefined {
  return newId?.(given, at).createdAt ?? createdAt;
}

/**
 * The submissions that change stored entries.
 * @throws {UnvalidatedError} if one of them was not validated as that entry
 */
async function changesOf(
  services: Pick<ValidationServices, 'newId' | 'keepsRevised'>,
  validated: readonly Validated[],
  earlier: EarlierEntries,
  at: number,
): Promise<{ readonly entry: EarlierEntry; readonly submission: Submission }[]> {
  const unvalidated = new Map<number, string>();
  const changes: { readonly entry: EarlierEntry; readonly submission: Submission }[] = [];
  if (earlier.isEmpty) return changes;
  await mapYielding(validated, (each, place) => {
    if ('error' in each) return;
    const { submission, entryId } = each;
    const entry = earlier.find(submission);
    if (entry === undefined || isUnchanged(services, each, entry.feedback, at)) return;
    if (refusalOf(entry.feedback, submission, at) !== undefined) return;
    if (entryId !== entry.feedback.id) unvalidated.set(place, entry.feedback.id);
    changes.push({ entry, submission });
  });
  if (unvalidated.size > 0) throw new UnvalidatedError(unvalidated);
  return changes;
}

/** An entry was made at the time that its id holds: a bound on one is a bound on the other. */
function newEntry(
  org: string,
  now: number,
  earlier: number | undefined,
): { readonly id: string; readonly createdAt: number } {
  const id = earlier === undefined ? newFeedbackId(org, now) : feedbackIdAt(earlier);
  return { id, createdAt: feedbackIdTime(id) };
}

/** What the new entries of a transaction have in common. */
interface Inserting {
  readonly transaction: Transaction;
  readonly actor: Actor;
  readonly keyedHash: KeyedHash;
  /** Epoch ms. */
  readonly at: number;
  readonly link: ReturnType<typeof createNewLinks>;
}

function insert(
  { transaction, actor, keyedHash, at, link }: Inserting,
  { id, createdAt }: { readonly id: string; readonly createdAt: number },
  { bound, submission }: Pick<ValidSubmission, 'bound' | 'submission'>,
  verdict: Verdict,
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
  const isFoundAgain = submission.externalId !== undefined || submission.interactionId !== undefined;
  // Not a literal with the submission spread in it, which takes V8 of Node.js 20 twenty times as long.
  const feedback: Feedback = Object.assign(
    {
      id,
      version: 1,
      validationStatus: isPending ? ('pending' as const) : verdict.status,
      validationReasons: verdict.reasons,
      use: 'unused' as const,
      trainingBatchId: 0,
      createdAt,
      updatedAt: Math.max(at, createdAt),
      submittedBy: actor.sub,
      audit,
    },
    submission,
    omitNullish({
      findings: verdict.findings,
      fingerprint: verdict.fingerprint?.value,
      judging: isPending ? { failures: 0, due: at } : undefined,
      said: isFoundAgain ? digestSubmission(bound) : undefined,
    }),
  );
  transaction.put(feedbackKey(org, id), encodeFeedback(feedback));
  const { adapterVersion } = submission;
  const adapters = namedAdapters(submission);
  for (const adapter of adapters) link(id, adapter, adapterVersion);
  const facet = feedbackFacet(feedback);
  for (const index of listIndexes(org, feedback, adapters, keyedHash)) {
    addToIndex(transaction, org, index, facet, id);
  }
  return feedback;
}

/** The entry of a repeated request: as that request stored it, or as it is now if that request left it alone. */
async function storedBefore(
  store: Store,
  org: string,
  id: string,
  effect: SubmitEffect,
  version: number,
): Promise<Feedback> {
  return store.read(async (reader) => {
    const current = await getFeedback(reader, org, id);
    const found = effect === 'unchanged' ? current : await feedbackVersion(reader, org, current, version);
    if (found === undefined) throw new Error('A version of a feedback entry is missing');
    return found;
  });
}
