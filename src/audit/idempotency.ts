import { createHash } from 'node:crypto';
import { ApiError } from '../errors.js';
import type { Key, Reader, Store, Transaction } from '../store/contract.js';
import { lastComponent } from '../store/keys.js';
import { EXPIRY_PREFIX, expiryKey, idempotencyKey } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import { ORGANIZATION_STREAMS } from '../store/streams.js';
import { startStretches } from '../yield-to-event-loop.js';
import type { Actor } from './events.js';
import type { KeyedHash } from './keyed-hash.js';

/** How long the answer to an `Idempotency-Key` is kept, ms. */
export const KEPT_FOR = 24 * 60 * 60 * 1000;

/** A request that its client may send again without it taking place twice. */
export interface Idempotency {
  readonly org: string;
  /** Stands for the user and the key. */
  readonly keyHash: string;
  /** A hash of the request. */
  readonly fingerprint: string;
  /** Epoch ms. */
  readonly at: number;
}

/** The stored part of an answer: ids and flags, never a text, so that erasing an entry leaves nothing here. */
interface StoredAnswer {
  readonly fingerprint: string;
  readonly at: number;
  readonly answer: unknown;
}

/** The idempotency of one operation with its arguments, under the key that a user chose; keyed hashes of both. */
export function createIdempotency(
  hash: KeyedHash,
  actor: Actor,
  key: string,
  operation: string,
  asked: unknown,
  at: number,
): Idempotency {
  return identify(hash, actor, key, operation, JSON.stringify(asked), at);
}

/** JSON of arguments that is hashed in one go, in characters: a few milliseconds. */
const MAX_AT_ONCE = 1024 * 1024;

/** The same for arguments that may be long, which are hashed in turns. @param asked their JSON, in pieces of no half characters */
export async function createIdempotencyOfPieces(
  hash: KeyedHash,
  actor: Actor,
  key: string,
  operation: string,
  asked: Iterable<string>,
  at: number,
): Promise<Idempotency> {
  const { turn } = startStretches();
  const digest = createHash('sha256');
  const kept: string[] = [];
  let length = 0;
  for (const piece of asked) {
    length += piece.length;
    if (length <= MAX_AT_ONCE) kept.push(piece);
    digest.update(piece);
    await turn();
  }
  const request = length <= MAX_AT_ONCE ? kept.join('') : JSON.stringify(digest.digest('base64url'));
  return identify(hash, actor, key, operation, request, at);
}

/** @param request the JSON of what is asked, or a text that stands for it */
function identify(
  hash: KeyedHash,
  actor: Actor,
  key: string,
  operation: string,
  request: string,
  at: number,
): Idempotency {
  return {
    org: actor.org,
    keyHash: hash(actor.org, JSON.stringify([actor.sub, key])),
    fingerprint: hash(actor.org, `[${JSON.stringify(operation)},${request}]`),
    at,
  };
}

/**
 * Runs `work` unless its idempotency key is known already; then answers what the first run answered. What `work` answers
 * must be JSON, and hold no text of users.
 * @throws {ApiError} UNPROCESSABLE if the key was used for another request.
 */
export async function runIdempotent<Answer>(
  transaction: Transaction,
  idempotency: Idempotency | undefined,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (idempotency === undefined) return work();
  const { org, keyHash, fingerprint, at } = idempotency;
  const key = idempotencyKey(org, keyHash);
  const kept = await readKept(transaction, key);
  const first = answerOf(kept, idempotency);
  if (first !== undefined) return first.answer as Answer;
  const answer = await work();
  if (kept !== undefined) transaction.delete(expiryKey(kept.at + KEPT_FOR, key));
  transaction.put(key, encodeRecord({ fingerprint, at, answer } satisfies StoredAnswer));
  transaction.put(expiryKey(at + KEPT_FOR, key), Buffer.alloc(0));
  return answer;
}

/**
 * What the first run answered, if there was one: for work that has to prepare much before its transaction.
 * @throws {ApiError} as {@link runIdempotent}
 */
export async function findFirstAnswer(
  reader: Reader,
  idempotency: Idempotency | undefined,
): Promise<{ readonly answer: unknown } | undefined> {
  if (idempotency === undefined) return undefined;
  const key = idempotencyKey(idempotency.org, idempotency.keyHash);
  return answerOf(await readKept(reader, key), idempotency);
}

async function readKept(reader: Reader, key: Key): Promise<StoredAnswer | undefined> {
  const stored = await reader.get(key);
  return stored === undefined ? undefined : (decodeRecord(stored) as StoredAnswer);
}

function answerOf(
  kept: StoredAnswer | undefined,
  { fingerprint, at }: Idempotency,
): { readonly answer: unknown } | undefined {
  if (kept === undefined || kept.at + KEPT_FOR <= at) return undefined;
  if (kept.fingerprint !== fingerprint) {
    throw new ApiError('UNPROCESSABLE', "This 'Idempotency-Key' was already used for a different request");
  }
  return { answer: kept.answer };
}

const SWEPT_AT_ONCE = 1_000;

/**
 * Removes everything that has expired at `now` (epoch ms), in bounded transactions, from where the last sweep ended.
 * @returns where the next sweep starts: everything before it is removed, and its tombstones need not be read again.
 */
export async function sweepExpired(store: Store, now: number, from = EXPIRY_PREFIX): Promise<string> {
  const end = expiryKey(now, '');
  let start = from;
  for (;;) {
    const range = { gte: start, lt: end, limit: SWEPT_AT_ONCE };
    const expired = await store.read((reader) => reader.scanKeys(range));
    // Each organization on its own: one transaction for several would keep all of them from writing meanwhile.
    const byOrganization = new Map<string, Key[]>();
    for (const key of expired) {
      const organization = ORGANIZATION_STREAMS.ofKey(key);
      const others = byOrganization.get(organization);
      if (others === undefined) byOrganization.set(organization, [key]);
      else others.push(key);
    }
    for (const keys of byOrganization.values()) await removeExpired(store, keys);
    start = expired.at(-1) ?? start;
    if (expired.length < SWEPT_AT_ONCE) return start;
  }
}

function removeExpired(store: Store, keys: readonly Key[]): Promise<void> {
  return store.transact(async (transaction) => {
    const values = await transaction.getMany(keys);
    for (const [index, key] of keys.entries()) {
      // It was used again meanwhile, and expires at another time.
      if (values[index] === undefined) continue;
      transaction.delete(key);
      transaction.delete(lastComponent(key));
    }
  });
}
