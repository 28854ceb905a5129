import { type Actor, recordChange } from '../audit/events.js';
import { type ErasedFeedback, type Feedback, feedbackFacet } from '../model/feedback.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { Key, Reader, Store, Transaction } from '../store/contract.js';
import { lastComponent, prefixEnd, prefixRange } from '../store/keys.js';
import {
  edgeInKey,
  edgeInPrefix,
  edgeOutKey,
  erasedCounter,
  erasedFeedbackKey,
  feedbackKey,
  feedbackVersionPrefix,
  NO_FACET,
} from '../store/layout.js';
import { encodeRecord } from '../store/record.js';
import { externalIdKeysOf } from './external-ids.js';
import { unlistEmptySets } from './index/adapter-sets.js';
import { type FilterPlan, planFilter } from './index/filter.js';
import { listIndexes, removeFromIndex } from './index/membership.js';
import { selectedIds } from './index/selected-ids.js';
import { linkedAdapters } from './links.js';
import { intendPurge, purge } from './purge.js';
import { expectVersion, findFeedback, getFeedback } from './read.js';
import { removedLinkKeys } from './removed-links.js';
import { removeFromSearch, type SearchRemoval } from './search/edit.js';
import { leaveVote } from './votes.js';

/** The training batches and adapters that have learned from the erased entries. */
export interface LearnedFrom {
  readonly trainingBatches: readonly string[];
  readonly adapters: readonly string[];
}

export interface ErasedOfUser extends LearnedFrom {
  readonly erasedCount: number;
}

export interface EraseOptions {
  readonly expectedVersion?: number;
  /** Kept in the audit trail, so it must not repeat anything that is to be erased. */
  readonly reason?: string;
}

/**
 * Erases one feedback: record, versions, edges, index entries and words of the search index go, a tombstone and the audit
 * trail stay. Once this resolves, no file of the store holds what was said or by whom, but for single words that RocksDB may
 * note as bounds of its files.
 * @throws {ApiError} NOT_FOUND, GONE, or CONFLICT if another version is expected.
 */
export async function eraseFeedback(
  services: DomainServices,
  actor: Actor,
  id: string,
  options: EraseOptions = {},
): Promise<LearnedFrom & { readonly erased: ErasedFeedback }> {
  const { store } = services;
  const done = await store.transact(async (transaction) => {
    const feedback = await getFeedback(transaction, actor.org, id);
    expectVersion(feedback, options.expectedVersion);
    const learned = await learnedFrom(transaction, actor.org, id);
    const erasure = await prepareErasure(services, transaction, actor.org, feedback, new Set([id]));
    const erased = writeErasure(services, transaction, actor, erasure, options.reason);
    const { gone, linked } = erasure;
    await unlistEmptySets(transaction, actor.org, [linked]);
    const searched = await removeFromSearch(transaction, actor.org, [feedback]);
    return { learned, erased, gone, searched, intent: intendPurge(transaction, services.serverName) };
  });
  await purge(store, [done.intent], done.gone, [done.searched]);
  return { ...done.learned, erased: done.erased };
}

/** Entries that one transaction erases at most. */
export const ERASED_AT_ONCE = 100;
const VERSIONS_AT_ONCE = 1_000;
/** Adapters of one batch and batches of one feedback that an answer names. */
const NAMED_AT_MOST = 1_000;

/** Erases everything that a user, as clients name them, has given so far. Can be repeated after a failure. */
export async function eraseFeedbackOfUser(
  services: DomainServices,
  actor: Actor,
  userId: string,
  reason?: string,
): Promise<ErasedOfUser> {
  const { store, keyedHash, now } = services;
  const { org } = actor;
  // Entries submitted from now on are left alone, so this ends however busy the user is.
  const plan = planFilter(org, { userId, until: now() + 1 }, keyedHash);
  const chunks: ErasedChunk[] = [];
  for (;;) {
    const chunk = await store.transact((transaction) => eraseOldest(services, transaction, actor, plan, reason));
    chunks.push(chunk);
    if (chunk.count < ERASED_AT_ONCE) break;
  }
  return finishErasure(store, chunks);
}

/**
 * Erases those of the given entries that a user has submitted, as their token names them.
 * @param ids of entries that may be gone, or somebody else's
 */
export async function eraseFeedbackSubmittedBy(
  services: DomainServices,
  actor: Actor,
  sub: string,
  ids: AsyncIterable<readonly string[]>,
  reason?: string,
): Promise<ErasedOfUser> {
  const chunks: ErasedChunk[] = [];
  for await (const some of ids) {
    for (let from = 0; from < some.length; from += ERASED_AT_ONCE) {
      const chunk = some.slice(from, from + ERASED_AT_ONCE);
      const isTheirs = ({ submittedBy }: Feedback): boolean => submittedBy === sub;
      chunks.push(
        await services.store.transact((transaction) =>
          eraseChunk(services, transaction, actor, chunk, isTheirs, reason),
        ),
      );
    }
  }
  return finishErasure(services.store, chunks);
}

/** What one transaction has erased, for {@link finishErasure}. */
export interface ErasedChunk {
  readonly count: number;
  readonly learned: readonly LearnedFrom[];
  readonly gone: readonly Key[];
  /** Where the search index had them. */
  readonly searched: SearchRemoval;
  readonly intent: Key;
}

/** Erases the oldest entries that a plan selects, {@link ERASED_AT_ONCE} at most: fewer if these are all. */
export async function eraseOldest(
  services: DomainServices,
  transaction: Transaction,
  actor: Actor,
  plan: FilterPlan,
  reason: string | undefined,
): Promise<ErasedChunk> {
  const ids = await (await selectedIds(transaction, plan, false))(plan.bounds, ERASED_AT_ONCE);
  return eraseChunk(services, transaction, actor, ids, () => true, reason);
}

async function eraseChunk(
  services: DomainServices,
  transaction: Transaction,
  actor: Actor,
  ids: readonly string[],
  isTheirs: (feedback: Feedback) => boolean,
  reason: string | undefined,
): Promise<ErasedChunk> {
  const { org } = actor;
  const found = await findFeedback(transaction, org, ids);
  const theirs = found.filter((each) => each !== undefined).filter(isTheirs);
  const learned = await Promise.all(theirs.map(({ id }) => learnedFrom(transaction, org, id)));
  const leaving = new Set(theirs.map(({ id }) => id));
  const erasures = await Promise.all(
    theirs.map((feedback) => prepareErasure(services, transaction, org, feedback, leaving)),
  );
  // In their order, whichever was prepared first.
  for (const erasure of erasures) writeErasure(services, transaction, actor, erasure, reason);
  await unlistEmptySets(
    transaction,
    org,
    erasures.map(({ linked }) => linked),
  );
  return {
    count: theirs.length,
    learned,
    gone: erasures.flatMap((each) => each.gone),
    searched: await removeFromSearch(transaction, org, theirs),
    intent: intendPurge(transaction, services.serverName),
  };
}

/**
 * Makes what was erased unreadable in every file of the store.
 * @throws {UnavailableError} if the files cannot be rewritten now; the server keeps trying
 */
export async function finishErasure(store: Store, chunks: readonly ErasedChunk[]): Promise<ErasedOfUser> {
  const unique = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())];
  await purge(
    store,
    chunks.map(({ intent }) => intent),
    chunks.flatMap(({ gone }) => gone),
    chunks.map(({ searched }) => searched),
  );
  const learned = chunks.flatMap((chunk) => chunk.learned);
  return {
    erasedCount: chunks.reduce((sum, { count }) => sum + count, 0),
    trainingBatches: unique(learned.map(({ trainingBatches }) => trainingBatches)),
    adapters: unique(learned.map(({ adapters }) => adapters)),
  };
}

/** What goes with a feedback entry. */
interface Erasure {
  readonly feedback: Feedback;
  /** The adapters that it is linked to. */
  readonly linked: readonly string[];
  readonly gone: readonly Key[];
  /** The training batches that include it. */
  readonly batches: readonly string[];
}

/**
 * Reads what goes with an entry, and hands on its vote.
 * @param leaving all entries that are erased in the transaction
 */
async function prepareErasure(
  { keyedHash }: Pick<DomainServices, 'keyedHash'>,
  transaction: Transaction,
  org: string,
  feedback: Feedback,
  leaving: ReadonlySet<string>,
): Promise<Erasure> {
  const { id } = feedback;
  const linked = await linkedAdapters(transaction, org, id);
  const gone = [
    feedbackKey(org, id),
    ...(await allKeys(transaction, feedbackVersionPrefix(org, id))),
    ...(await removedLinkKeys(transaction, org, id)),
    ...linked.map((adapter) => edgeOutKey(org, 'FEEDBACK_FOR', id, adapter)),
    ...linked.map((adapter) => edgeInKey(org, 'FEEDBACK_FOR', adapter, feedbackFacet(feedback), id)),
    ...(await externalIdKeysOf(transaction, keyedHash, org, feedback)),
  ];
  const vote = await leaveVote(transaction, keyedHash, org, feedback, leaving);
  if (vote !== undefined) gone.push(vote);
  return { feedback, linked, gone, batches: await farEnds(transaction, edgeInPrefix(org, 'INCLUDES', id, NO_FACET)) };
}

function writeErasure(
  { keyedHash, now }: Pick<DomainServices, 'keyedHash' | 'now'>,
  transaction: Transaction,
  actor: Actor,
  { feedback, linked, gone, batches }: Erasure,
  reason: string | undefined,
): ErasedFeedback {
  const { org } = actor;
  const { id } = feedback;
  for (const index of listIndexes(org, feedback, linked, keyedHash)) {
    removeFromIndex(transaction, org, index, feedbackFacet(feedback), id);
  }
  for (const key of gone) transaction.delete(key);
  // Training batches keep their edges to it, and are to know that it is gone.
  for (const batch of batches) transaction.add(erasedCounter(org, batch), 1);
  const at = now();
  const version = feedback.version + 1;
  const audit = recordChange(transaction, actor, feedback.audit, {
    at,
    action: 'feedback.erase',
    node: id,
    versionBefore: feedback.version,
    versionAfter: version,
    ...omitNullish({ reason }),
  });
  const erased: ErasedFeedback = { id, version, erasedAt: at, audit };
  transaction.put(erasedFeedbackKey(org, id), encodeRecord(erased));
  return erased;
}

async function allKeys(reader: Reader, prefix: Key): Promise<Key[]> {
  const all: Key[] = [];
  for (let gte = prefix; ;) {
    const keys = await reader.scanKeys({ gte, lt: prefixEnd(prefix), limit: VERSIONS_AT_ONCE });
    all.push(...keys);
    const last = keys.at(-1);
    if (last === undefined || keys.length < VERSIONS_AT_ONCE) return all;
    gte = `${last}\0`;
  }
}

/** The training batches that include a feedback entry, and the adapters that were trained on them. */
async function learnedFrom(reader: Reader, org: string, id: string): Promise<LearnedFrom> {
  const trainingBatches = await farEnds(reader, edgeInPrefix(org, 'INCLUDES', id, NO_FACET));
  const adapters = await Promise.all(
    trainingBatches.map((batch) => farEnds(reader, edgeInPrefix(org, 'TRAINED_ON', batch, NO_FACET))),
  );
  return { trainingBatches, adapters: [...new Set(adapters.flat())] };
}

async function farEnds(reader: Reader, prefix: Key): Promise<string[]> {
  const keys = await reader.scanKeys({ ...prefixRange(prefix), limit: NAMED_AT_MOST });
  return keys.map(lastComponent);
}
