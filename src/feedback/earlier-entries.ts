/** The entries of a submitter that submissions may be about, by external id and by vote. */
import type { Actor } from '../audit/events.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import type { Feedback } from '../model/feedback.js';
import { namedAdapters } from '../model/preference.js';
import type { Submission } from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import type { Key, Transaction } from '../store/contract.js';
import { mapYielding } from '../yield-to-event-loop.js';
import { externalIdKeys, GENERATED_ID_PREFIX } from './external-ids.js';
import { findLinkedAdapters } from './links.js';
import { findFeedback } from './read.js';
import { differs } from './resubmit.js';
import { decodePointer, digestOfJudged, encodePointer, isOfOtherAnswers, keyOfVote, newestOfVote } from './votes.js';

/** An entry that submissions may be about. */
export interface EarlierEntry {
  readonly feedback: Feedback;
  /** All that it is linked to. */
  readonly adapters: readonly string[];
  /** Whether the same transaction makes it. */
  readonly isNew: boolean;
}

/**
 * How many users and interactions of one transaction are looked at that may be those of the entry of an external id. Usually
 * they are the first ones; not if that submission is about an entry with another external id.
 */
const MAKERS = 8;

const NO_KEYS: readonly Key[] = [];

/** The submitter's entries that the submissions of one transaction are about, kept up as the transaction goes on. */
export class EarlierEntries {
  readonly #keyedHash: KeyedHash;
  readonly #actor: Actor;
  readonly #keepsVotes: boolean;
  readonly #idOfKey = new Map<Key, string>();
  readonly #entries = new Map<string, EarlierEntry>();
  /** The other entries of a vote, older than the one that its key leads to. */
  readonly #older = new Map<Key, Set<string>>();
  /** The keys of the votes that submissions and entries are, which are asked for several times. */
  readonly #votes = new Map<Submission, Key | undefined>();
  /** The keys of external ids, which are asked for as often. */
  readonly #externalKeys = new Map<string, readonly Key[]>();

  private constructor(keyedHash: KeyedHash, actor: Actor, keepsVotes: boolean) {
    this.#keyedHash = keyedHash;
    this.#actor = actor;
    this.#keepsVotes = keepsVotes;
  }

  /** One look at all keys, and at the entries that they lead to if they lead to any. */
  static async read(
    transaction: Transaction,
    keyedHash: KeyedHash,
    actor: Actor,
    submissions: readonly Submission[],
    keepsVotes: boolean,
  ): Promise<EarlierEntries> {
    const earlier = new EarlierEntries(keyedHash, actor, keepsVotes);
    const named = await mapYielding(submissions, (each) => earlier.#keysOf(each));
    const keys = [...new Set([...named.flat(), ...(await earlier.#votesInNameOfOthers(submissions))])];
    if (keys.length === 0) return earlier;
    await earlier.#readPointers(transaction, keys);
    const ids = [...new Set(earlier.#idOfKey.values())];
    if (ids.length === 0) return earlier;
    const [found, adapters] = await Promise.all([
      findFeedback(transaction, actor.org, ids),
      findLinkedAdapters(transaction, actor.org, ids),
    ]);
    found.forEach((feedback, index) => {
      // An external id of a store of before may be another's: nobody can occupy one of somebody else.
      if (feedback?.submittedBy !== actor.sub) return;
      earlier.#entries.set(feedback.id, { feedback, adapters: adapters[index] ?? [], isNew: false });
    });
    return earlier;
  }

  async #readPointers(transaction: Transaction, keys: readonly Key[]): Promise<void> {
    const pointers = await transaction.getMany(keys);
    pointers.forEach((pointer, index) => {
      const key = keys[index];
      if (pointer !== undefined && key !== undefined) this.#idOfKey.set(key, decodePointer(pointer));
    });
  }

  /** Whether no submission can be about an entry, as there is none so far. */
  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  #keyOfVote(submission: Submission): Key | undefined {
    const known = this.#votes.get(submission);
    if (known !== undefined || submission.interactionId === undefined) return known;
    const { org, sub: submittedBy } = this.#actor;
    const key = keyOfVote(this.#keyedHash, org, Object.assign({ submittedBy }, submission));
    this.#votes.set(submission, key);
    return key;
  }

  #keysOf(submission: Submission): Key[] {
    const vote = this.#keyOfVote(submission);
    return [...this.#externalKeysOf(submission), ...(vote === undefined ? [] : [vote])];
  }

  /**
   * The votes of submissions that name no user or interaction, as the entries would have them that others of the same external
   * id may make in the same transaction.
   */
  async #votesInNameOfOthers(submissions: readonly Submission[]): Promise<Key[]> {
    const makers = new Map<string, Map<string, Pick<Submission, 'userId' | 'interactionId'>>>();
    const votes: Key[] = [];
    await mapYielding(submissions, (submission) => {
      const { externalId, userId, interactionId } = submission;
      if (externalId === undefined) return;
      const known = makers.get(externalId);
      if (known !== undefined && (userId === undefined || interactionId === undefined)) {
        const votedOn = digestOfJudged(submission);
        for (const maker of known.values()) {
          const { org, sub: submittedBy } = this.#actor;
          const vote = keyOfVote(this.#keyedHash, org, { submittedBy, ...submission, ...maker, votedOn });
          if (vote !== undefined) votes.push(vote);
        }
      }
      if (interactionId === undefined || (known?.size ?? 0) >= MAKERS) return;
      const those = known ?? new Map<string, Pick<Submission, 'userId' | 'interactionId'>>();
      those.set(JSON.stringify([userId, interactionId]), omitNullish({ userId, interactionId }));
      makers.set(externalId, those);
    });
    return votes;
  }

  #externalKeysOf({ externalId }: Submission): readonly Key[] {
    if (externalId === undefined) return NO_KEYS;
    const known = this.#externalKeys.get(externalId);
    if (known !== undefined) return known;
    const { org, sub: submittedBy } = this.#actor;
    const keys = externalIdKeys(this.#keyedHash, org, { externalId, submittedBy });
    this.#externalKeys.set(externalId, keys);
    return keys;
  }

  #entryAt(key: Key | undefined): EarlierEntry | undefined {
    const id = key === undefined ? undefined : this.#idOfKey.get(key);
    return id === undefined ? undefined : this.#entries.get(id);
  }

  /** The entry that a submission is about: of the same external id, or else of the same vote. */
  find(submission: Submission): EarlierEntry | undefined {
    if (this.isEmpty) return undefined;
    for (const key of this.#externalKeysOf(submission)) {
      const entry = this.#entryAt(key);
      if (entry?.feedback.externalId === submission.externalId) return entry;
    }
    const ofVote = this.#keepsVotes ? undefined : this.#entryAt(this.#keyOfVote(submission));
    if (ofVote === undefined || this.#keyOfVote(ofVote.feedback) !== this.#keyOfVote(submission)) return undefined;
    return isSameVote(ofVote.feedback, submission) ? ofVote : undefined;
  }

  /** As `put`, of the entry that a submission has become, which is of the same vote; writes the key of its external id, too. */
  putNew(transaction: Transaction, submission: Submission, feedback: Feedback): void {
    const [external] = this.#externalKeysOf(submission);
    if (external !== undefined) transaction.put(external, encodePointer(feedback.id));
    this.#votes.set(feedback, this.#keyOfVote(submission));
    this.put(transaction, feedback, namedAdapters(submission), true);
  }

  /** From now on submissions are about this state of the entry; writes the key of its vote. */
  put(transaction: Transaction, feedback: Feedback, adapters: readonly string[], isNew: boolean): void {
    const before = this.#entries.get(feedback.id);
    this.#entries.set(feedback.id, { feedback, adapters, isNew });
    const [external] = this.#externalKeysOf(feedback);
    if (external !== undefined) this.#idOfKey.set(external, feedback.id);
    const vote = this.#keyOfVote(feedback);
    const voteBefore = before === undefined ? undefined : this.#keyOfVote(before.feedback);
    if (voteBefore !== undefined && vote !== voteBefore) this.#leave(transaction, voteBefore, feedback.id);
    if (vote === undefined) return;
    // One of a store of before has no such key yet.
    const known = this.#idOfKey.get(vote);
    if (known === feedback.id) return;
    if (known !== undefined) this.#addOlder(vote, known < feedback.id ? known : feedback.id);
    if (known !== undefined && known > feedback.id) return;
    transaction.put(vote, encodePointer(feedback.id));
    this.#idOfKey.set(vote, feedback.id);
  }

  #addOlder(vote: Key, id: string): void {
    const older = this.#older.get(vote);
    if (older === undefined) this.#older.set(vote, new Set([id]));
    else older.add(id);
  }

  /** Takes an entry from a vote, whose key then leads to the newest that is left. */
  #leave(transaction: Transaction, vote: Key, id: string): void {
    const older = this.#older.get(vote);
    older?.delete(id);
    if (this.#idOfKey.get(vote) !== id) return;
    const heir = [...(older ?? [])].sort().at(-1);
    if (heir === undefined) {
      transaction.delete(vote);
      this.#idOfKey.delete(vote);
      return;
    }
    transaction.put(vote, encodePointer(heir));
    this.#idOfKey.set(vote, heir);
    older?.delete(heir);
  }

  /**
   * Reads where the votes of stored entries lead that change, and who inherits those that they leave with another question or
   * answer: submissions need not name the user and interaction of an entry again.
   */
  async readVotesOf(
    transaction: Transaction,
    changes: readonly { readonly entry: EarlierEntry; readonly submission: Submission }[],
  ): Promise<void> {
    const changed = changes.flatMap(({ entry: { feedback }, submission }) => {
      const vote = this.#keyOfVote(feedback);
      if (vote === undefined) return [];
      if (!isOfOtherAnswers(feedback, submission)) return [{ feedback, vote, after: vote }];
      const { question, answer, candidates } = submission;
      // White space around a text makes no other vote.
      const { candidates: _, votedOn: __, ...before } = feedback;
      const after = this.#keyOfVote({ ...before, question, answer, ...omitNullish({ candidates }) });
      return [{ feedback, vote, after: after ?? vote }];
    });
    if (changed.length === 0) return;
    await this.#readPointers(transaction, [...new Set(changed.flatMap(({ vote, after }) => [vote, after]))]);
    const leaving = changed.filter(({ vote, after }) => vote !== after);
    const ids = new Set(leaving.map(({ feedback }) => feedback.id));
    for (const { feedback, vote } of leaving) {
      if (this.#idOfKey.get(vote) !== feedback.id) continue;
      const heir = await newestOfVote(transaction, this.#keyedHash, this.#actor.org, feedback, vote, ids);
      if (heir !== undefined) this.#addOlder(vote, heir);
    }
  }
}

/** Whether a vote that leads to an entry is about it: not if the client tells them apart, or two models gave one answer. */
function isSameVote(entry: Feedback, submission: Submission): boolean {
  const { externalId } = submission;
  const isNamedByClient = externalId !== undefined && !externalId.startsWith(GENERATED_ID_PREFIX);
  if (isNamedByClient && differs(entry, submission, 'externalId') && entry.externalId !== undefined) return false;
  return !(['modelVersion', 'adapterId', 'adapterVersion'] as const).some((field) => differs(entry, submission, field));
}
