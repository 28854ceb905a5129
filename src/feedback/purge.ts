import { v7 as uuidv7 } from 'uuid';
import { UnavailableError } from '../errors.js';
import { compareKeys } from '../store/byte-order.js';
import type { Key, KeyRange, Store, Transaction } from '../store/contract.js';
import { lastComponent, prefixRange } from '../store/keys.js';
import { PURGE_PREFIX } from '../store/layout.js';
import { findOrganizations } from '../store/organizations.js';
import { CorruptRecordError, decodeRecord, encodeRecord } from '../store/record.js';
import { SHARED_STREAM } from '../store/streams.js';
import { finishDiscarding } from './search/discard.js';
import { forgetEmptied, type SearchRemoval } from './search/edit.js';

/**
 * Notes in the transaction of an erasure that the files are still to be rid of it, so that an erasure that a crash
 * interrupts is finished at the next start, or by another server.
 * @param serverName which server carries it out
 */
export function intendPurge(transaction: Transaction, serverName: string | undefined): Key {
  const intent = PURGE_PREFIX + uuidv7({ msecs: transaction.stamp(SHARED_STREAM) });
  transaction.put(intent, serverName === undefined ? Buffer.alloc(0) : encodeRecord(serverName));
  return intent;
}

/**
 * Makes what stood under these keys, now deleted, unreadable in every file of the store, and the words that the
 * search index had of it.
 * @throws UnavailableError if the files cannot be rewritten now; {@link retryPurges} goes on with it
 */
export async function purge(
  store: Store,
  intents: readonly Key[],
  gone: readonly Key[],
  searched: readonly SearchRemoval[] = [],
): Promise<void> {
  try {
    const discarding = new Set(searched.filter(({ isDiscarding }) => isDiscarding).map(({ org }) => org));
    for (const org of discarding) await finishDiscarding(store, org);
    await store.purge([...rangesOf(gone), ...fewRanges(searched.flatMap(({ ranges }) => ranges))]);
    await forget(store, intents, searched);
  } catch (cause) {
    throw new UnavailableError(
      'The feedback is erased and can no longer be read, but files of the store still contain its texts; the server keeps trying to remove them',
      RETRY_SECONDS,
      { cause },
    );
  }
}

/** How soon a purge that failed is tried again, about. */
const RETRY_SECONDS = 60;

/** An intent of another server is left to it for so long, ms: the server may be in the middle of it. */
export const OTHERS_PURGE_AFTER = 10 * 60_000;

export interface PurgeRetry {
  /** Which server does it. */
  readonly serverName?: string | undefined;
  /** Epoch ms: those of this server's that it intended later may still be under way. */
  readonly ownBefore?: number;
  /** The same of those of other servers, and of those that no server intended. */
  readonly othersBefore?: number;
}

/**
 * Finishes the purges that a crash has interrupted or that have failed, and answers how many. Which keys they were about is
 * not known any more, so it takes all. They become this server's first, so that no other one does the same meanwhile.
 */
export async function retryPurges(
  store: Store,
  { serverName, ownBefore = Infinity, othersBefore = Infinity }: PurgeRetry = {},
): Promise<number> {
  const range = { ...prefixRange(PURGE_PREFIX), limit: 1_000 };
  const found = await store.read((reader) => reader.scan(range));
  const due = found
    .filter(({ key, value }) => {
      const isOwn = serverName !== undefined && serverOf(value) === serverName;
      return timeOfUuid(lastComponent(key)) < (isOwn ? ownBefore : othersBefore);
    })
    .map(({ key }) => key);
  if (due.length === 0) return 0;
  const taken = await store.transact(async (transaction) => {
    const values = await transaction.getMany(due);
    const left = due.filter((_, index) => values[index] !== undefined);
    for (const key of left) transaction.delete(key);
    return { count: left.length, intent: left.length === 0 ? undefined : intendPurge(transaction, serverName) };
  });
  if (taken.intent === undefined) return 0;
  await purgeAll(store);
  await forget(store, [taken.intent]);
  return taken.count;
}

/**
 * Makes everything that was ever erased unreadable in the files, and answers how many purges were still to be done.
 * @param rewrite does so where `Store.purge` leaves that to the operator
 */
export async function purgeEverything(store: Store, rewrite: () => Promise<void>): Promise<number> {
  const intents = await store.read((reader) => reader.scanKeys({ ...prefixRange(PURGE_PREFIX), limit: 1_000 }));
  await purgeAll(store);
  await rewrite();
  await forget(store, intents);
  return intents.length;
}

async function purgeAll(store: Store): Promise<void> {
  for (const org of await findOrganizations(store, 'search_index')) await finishDiscarding(store, org);
  await store.purge([{ gte: '\u0000', lt: '\u{10ffff}' }]);
}

/** Whose intent it is; of nobody's if it is damaged, or without a name as those of versions before 0.3.0. */
function serverOf(value: Buffer): string | undefined {
  try {
    const name = value.length === 0 ? undefined : decodeRecord(value);
    return typeof name === 'string' ? name : undefined;
  } catch (error) {
    if (error instanceof CorruptRecordError) return undefined;
    throw error;
  }
}

/** The moment in which a UUIDv7 was made, epoch ms (RFC 9562, section 5.7). */
function timeOfUuid(uuid: string): number {
  return Number.parseInt(uuid.replace('-', '').slice(0, 12), 16);
}

async function forget(store: Store, intents: readonly Key[], searched: readonly SearchRemoval[] = []): Promise<void> {
  await store.transact(async (transaction) => {
    for (const intent of intents) transaction.delete(intent);
    await forgetEmptied(transaction, searched);
  });
}

/** One range for each kind of key, from its first to its last. */
function rangesOf(keys: readonly Key[]): KeyRange[] {
  const ranges = new Map<string, KeyRange>();
  for (const key of [...keys].sort(compareKeys)) {
    const kind = kindOf(key);
    ranges.set(kind, { gte: ranges.get(kind)?.gte ?? key, lt: `${key}\0` });
  }
  return [...ranges.values()];
}

function kindOf(key: Key): string {
  return key.slice(0, key.indexOf(':'));
}

/** Of more ranges than these, what lies between them is rewritten as well: each rewriting takes some time of its own. */
const MAX_RANGES = 16;

function fewRanges(ranges: readonly KeyRange[]): KeyRange[] {
  const separate: KeyRange[] = [];
  for (const { gte, lt } of [...ranges].sort((one, other) => compareKeys(one.gte, other.gte))) {
    const before = separate.at(-1);
    if (before === undefined || compareKeys(gte, before.lt) > 0) separate.push({ gte, lt });
    else if (compareKeys(lt, before.lt) > 0) separate.splice(-1, 1, { gte: before.gte, lt });
  }
  if (separate.length <= MAX_RANGES) return separate;
  const byKind = new Map<string, KeyRange>();
  for (const { gte, lt } of separate) {
    byKind.set(kindOf(gte), { gte: byKind.get(kindOf(gte))?.gte ?? gte, lt });
  }
  return [...byKind.values()];
}
