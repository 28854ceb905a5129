/**
 * Where the entry is in which a user has judged an answer. What they say of the same answer of the same interaction later is
 * a change of mind, and becomes the next version of that entry.
 */
import { isDeepStrictEqual } from 'node:util';
import { ERASED_NAME } from '../audit/actor-note.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { memoizeByIdentity } from '../memoize-by-identity.js';
import type { Feedback } from '../model/feedback.js';
import type { Candidate } from '../model/preference.js';
import { pickSubmission, type Submission } from '../model/submission.js';
import { shortDigest } from '../short-digest.js';
import type { Key, Reader, Transaction } from '../store/contract.js';
import { lastComponent } from '../store/keys.js';
import { voteKey } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import { entriesOfAllFacets } from './index/index-keys.js';
import { findFeedback } from './read.js';

/** The part of an entry that tells whose judgement of what it is. */
export type Vote = Pick<Feedback, 'submittedBy' | 'userId' | 'interactionId' | 'votedOn' | JudgedField>;

/** What a vote is about: an answer, or the answers of a preference, in whatever order they were shown. */
export const JUDGED_FIELDS = ['question', 'answer', 'candidates'] as const;
type JudgedField = (typeof JUDGED_FIELDS)[number];

/** Whether two versions say something else of what is judged. */
export function isOfOtherAnswers(one: Pick<Feedback, JudgedField>, other: Pick<Feedback, JudgedField>): boolean {
  return JUDGED_FIELDS.some((field) => !isDeepStrictEqual(one[field], other[field]));
}

/**
 * The key that leads to the entry of a vote, the newest of several: of one submitter, their user and one answer of an
 * interaction, as clients may take one id for a whole conversation.
 * @returns undefined without an interaction
 */
export function keyOfVote(keyedHash: KeyedHash, org: string, vote: Vote): Key | undefined {
  const { submittedBy, userId, interactionId } = vote;
  // What a person who was erased submitted for others is found by it no more.
  if (interactionId === undefined || submittedBy === ERASED_NAME) return undefined;
  const name = JSON.stringify(['vote', submittedBy, userId ?? null, interactionId, digestOfJudged(vote)]);
  return voteKey(org, keyedHash(org, name, true));
}

/** A digest, whatever is around the texts, as they were when they were judged. */
export function digestOfJudged({ votedOn, question, answer, candidates }: Omit<Vote, 'submittedBy'>): string {
  if (votedOn !== undefined) return votedOn;
  return digest([question.trim(), candidates === undefined ? answer.trim() : candidates.map(describeCandidate).sort()]);
}

function describeCandidate({ answer, adapterId, modelVersion }: Candidate): string {
  return JSON.stringify([answer.trim(), adapterId ?? null, modelVersion ?? null]);
}

/** Stands for everything that a submission says, to tell whether it is sent again. It is kept in the entry alone. */
export function digestSubmission(submission: Submission): string {
  return digest(pickSubmission(submission));
}

/** The same, where it is asked for several times on the way of one submission, whose texts may be long. */
export const digestOf = memoizeByIdentity(digestSubmission);

const REVISED = 'revised:';

/** What stands in an entry for what was submitted, once it was revised. */
export function markRevised(said: string): string {
  return said.startsWith(REVISED) ? said : `${REVISED}${said}`;
}

function digest(value: unknown): string {
  return shortDigest(JSON.stringify(value));
}

export function encodePointer(feedbackId: string): Buffer {
  return encodeRecord({ feedbackId });
}

/** The checksum of the record vouches for its shape: only {@link encodePointer} writes under these keys. */
export function decodePointer(value: Buffer): string {
  return (decodeRecord(value) as { readonly feedbackId: string }).feedbackId;
}

/** Entries of one interaction that are looked through for another of the same vote. */
const LOOKED_AT = 200;
/** Of these, as many are held at once: many may be looked for at a time, and an entry may have 256 KiB. */
const HELD = 4;

/**
 * Takes from an entry the key that leads to it, because it goes or is of another answer from now on. There may be others of the
 * same vote, of stores before or where each vote is an entry: the key then leads to the newest of them.
 * @param leaving the entries that leave in the same transaction
 * @returns the key, if it is no more
 */
export async function leaveVote(
  transaction: Transaction,
  keyedHash: KeyedHash,
  org: string,
  entry: Vote & Pick<Feedback, 'id'>,
  leaving: ReadonlySet<string>,
): Promise<Key | undefined> {
  const key = keyOfVote(keyedHash, org, entry);
  if (key === undefined) return undefined;
  const pointer = await transaction.get(key);
  if (pointer === undefined || decodePointer(pointer) !== entry.id) return undefined;
  const heir = await newestOfVote(transaction, keyedHash, org, entry, key, leaving);
  if (heir !== undefined) {
    transaction.put(key, encodePointer(heir));
    return undefined;
  }
  transaction.delete(key);
  return key;
}

/** Makes an entry found by the vote that it is from now on, where a change made it one of another answer. */
export async function moveVote(
  transaction: Transaction,
  keyedHash: KeyedHash,
  org: string,
  before: Feedback,
  after: Feedback,
): Promise<void> {
  if (!isOfOtherAnswers(before, after)) return;
  const key = keyOfVote(keyedHash, org, after);
  if (key === undefined || key === keyOfVote(keyedHash, org, before)) return;
  await leaveVote(transaction, keyedHash, org, before, new Set([before.id]));
  const pointer = await transaction.get(key);
  if (pointer === undefined || decodePointer(pointer) < after.id) transaction.put(key, encodePointer(after.id));
}

/**
 * The newest entry of a vote, of the first {@link LOOKED_AT} of its interaction.
 * @param key of the vote
 * @param leaving entries that are not asked for
 */
export async function newestOfVote(
  reader: Reader,
  keyedHash: KeyedHash,
  org: string,
  { interactionId = '' }: Vote,
  key: Key,
  leaving: ReadonlySet<string>,
): Promise<string | undefined> {
  const entries = entriesOfAllFacets(org, { kind: 'interaction', value: interactionId });
  const ids = (await reader.scanKeys({ ...entries, limit: LOOKED_AT + leaving.size }))
    .map(lastComponent)
    .filter((id) => !leaving.has(id))
    .slice(0, LOOKED_AT)
    .sort()
    .reverse();
  for (let start = 0; start < ids.length; start += HELD) {
    const found = await findFeedback(reader, org, ids.slice(start, start + HELD));
    const heir = found.find((each) => each !== undefined && keyOfVote(keyedHash, org, each) === key);
    if (heir !== undefined) return heir.id;
  }
  return undefined;
}
