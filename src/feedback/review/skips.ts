/** The entries that a reviewer has skipped lately: the queue gives them to that reviewer only when it has no others. */
import type { KeyedHash } from '../../audit/keyed-hash.js';
import { isJsonObject } from '../../is-json-object.js';
import type { Key, Reader, Transaction } from '../../store/contract.js';
import { expiryKey, reviewSkipsKey } from '../../store/layout.js';
import { CorruptRecordError, decodeRecord, encodeRecord } from '../../store/record.js';

/** The most entries that are remembered of one reviewer; of more, the oldest are forgotten. */
export const MAX_SKIPS = 500;
/** How long an entry is remembered, ms: a day. */
export const SKIP_LASTS = 24 * 60 * 60 * 1000;

interface Skip {
  readonly id: string;
  /** Epoch ms. */
  readonly until: number;
}

/** What is stored of a reviewer. Ids alone, so that erasing an entry leaves nothing here. */
export interface ReviewSkips {
  /** In the order in which they were skipped. */
  readonly skips: readonly Skip[];
}

export function isReviewSkips(value: unknown): value is ReviewSkips {
  return (
    isJsonObject(value) &&
    Array.isArray(value.skips) &&
    value.skips.length > 0 &&
    value.skips.every((each) => isJsonObject(each) && typeof each.id === 'string' && isTime(each.until))
  );
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** When the record itself expires (epoch ms): with the last of its skips. */
export function expiryOfSkips({ skips }: ReviewSkips): number {
  return skips.at(-1)?.until ?? 0;
}

export function skipsKeyOf(keyedHash: KeyedHash, org: string, reviewer: string): Key {
  return reviewSkipsKey(org, keyedHash(org, reviewer));
}

/** The ids that a reviewer has skipped, those skipped first at the front. @param at epoch ms */
export async function readSkips(reader: Reader, key: Key, at: number): Promise<readonly string[]> {
  const record = await readRecord(reader, key);
  return (record?.skips ?? []).filter(({ until }) => until > at).map(({ id }) => id);
}

/** Remembers that a reviewer has skipped entries. @param at epoch ms */
export async function rememberSkips(
  transaction: Transaction,
  key: Key,
  ids: readonly string[],
  at: number,
): Promise<void> {
  if (ids.length === 0) return;
  const before = await readRecord(transaction, key);
  const again = new Set(ids);
  const kept = (before?.skips ?? []).filter(({ id, until }) => until > at && !again.has(id));
  const skips = [...kept, ...ids.map((id) => ({ id, until: at + SKIP_LASTS }))].slice(-MAX_SKIPS);
  if (before !== undefined) transaction.delete(expiryKey(expiryOfSkips(before), key));
  const after: ReviewSkips = { skips };
  transaction.put(key, encodeRecord(after));
  transaction.put(expiryKey(expiryOfSkips(after), key), Buffer.alloc(0));
}

/** Removes all that a reviewer has skipped. @returns the keys that are gone */
export async function forgetSkips(transaction: Transaction, key: Key): Promise<readonly Key[]> {
  const record = await readRecord(transaction, key);
  if (record === undefined) return [];
  const keys = [key, expiryKey(expiryOfSkips(record), key)];
  for (const each of keys) transaction.delete(each);
  return keys;
}

async function readRecord(reader: Reader, key: Key): Promise<ReviewSkips | undefined> {
  const stored = await reader.get(key);
  if (stored === undefined) return undefined;
  const record = decodeRecord(stored);
  if (!isReviewSkips(record)) throw new CorruptRecordError('its fields are not those of skipped entries');
  return record;
}
