/** External ids, votes, and what expires: idempotency records, and what reviewers have skipped. */
import { KEPT_FOR } from '../../audit/idempotency.js';
import { externalIdKeys } from '../../feedback/external-ids.js';
import { expiryOfSkips, isReviewSkips } from '../../feedback/review/skips.js';
import { keyOfVote } from '../../feedback/votes.js';
import type { Feedback } from '../../model/feedback.js';
import type { Key } from '../../store/contract.js';
import { keyPrefix, lastComponent, prefixRange, unescapeComponent } from '../../store/keys.js';
import {
  EXPIRY_PREFIX,
  expiryKey,
  externalIdKey,
  feedbackKey,
  idempotencyKey,
  reviewSkipsKey,
  voteKey,
} from '../../store/layout.js';
import { putEmpty, remove } from '../repair.js';
import { type Check, reportInconsistency, eachChunk, malformed, type StoreCheck } from './check.js';
import { Lookups } from './cursor.js';
import { isExternalId, isRemembered, readFeedback, readRecord } from './shapes.js';

/** External ids and votes that lead to no feedback that has them; the other direction belongs to the feedback. */
export async function checkPointers(check: Check): Promise<void> {
  const { org, keyedHash } = check;
  if (keyedHash === undefined) return;
  check.progress.phase('external ids and votes');
  await checkPointersOf(check, 'external_id', externalIdKey, ({ externalId, submittedBy }) =>
    externalId === undefined ? [] : externalIdKeys(keyedHash, org, { externalId, submittedBy }),
  );
  await checkPointersOf(check, 'vote', voteKey, (feedback) => keyOfVote(keyedHash, org, feedback) ?? []);
}

async function checkPointersOf(
  check: Check,
  kind: 'external_id' | 'vote',
  toKey: (org: string, hash: string) => Key,
  keysOf: (feedback: Feedback) => readonly Key[] | Key,
): Promise<void> {
  const { org, store } = check;
  await eachChunk(check, kind, prefixRange(keyPrefix(kind, org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key, value } of entries) {
      const hash = lastComponent(key);
      if (key !== toKey(org, hash)) {
        malformed(check, kind, key);
        continue;
      }
      const { record, problem } = readRecord(value, isExternalId);
      if (record === undefined) {
        // Rebuilt from the feedback that has it, if there is one.
        reportInconsistency(check, kind, hash, problem, [remove(key)]);
        continue;
      }
      const { feedbackId } = record;
      lookups.find(feedbackKey(org, feedbackId), (stored) => {
        const feedback = stored === undefined ? undefined : readFeedback(stored, feedbackId);
        // A damaged record cannot say whether it has this key.
        if (stored !== undefined && feedback === undefined) return;
        if (feedback !== undefined && [keysOf(feedback)].flat().includes(key)) return;
        const what = feedback === undefined ? 'which does not exist' : 'which does not have it';
        reportInconsistency(check, kind, hash, `leads to ${feedbackId}, ${what}`, [remove(key)]);
      });
    }
    await lookups.resolve(store);
  });
}

export async function checkIdempotency(check: Check): Promise<void> {
  const { org, store } = check;
  check.progress.phase('idempotency records');
  await eachChunk(check, 'idempotency', prefixRange(keyPrefix('idempotency', org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key, value } of entries) {
      const keyHash = lastComponent(key);
      if (key !== idempotencyKey(org, keyHash)) {
        malformed(check, 'idempotency', key);
        continue;
      }
      const { record, problem } = readRecord(value, isRemembered);
      if (record === undefined) {
        reportInconsistency(check, 'idempotency', keyHash, problem);
        continue;
      }
      const expiry = expiryKey(record.at + KEPT_FOR, key);
      lookups.find(expiry, (stored) => {
        if (stored === undefined)
          reportInconsistency(check, 'expiry', keyHash, 'would never expire', [putEmpty(expiry)]);
      });
    }
    await lookups.resolve(store);
  });
}

export async function checkReviewSkips(check: Check): Promise<void> {
  const { org, store } = check;
  await eachChunk(check, 'review_skips', prefixRange(keyPrefix('review_skips', org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key, value } of entries) {
      const reviewerHash = lastComponent(key);
      if (key !== reviewSkipsKey(org, reviewerHash)) {
        malformed(check, 'review_skips', key);
        continue;
      }
      const { record, problem } = readRecord(value, isReviewSkips);
      if (record === undefined) {
        // Its reviewer is given what was skipped once more.
        reportInconsistency(check, 'review_skips', reviewerHash, problem, [remove(key)]);
        continue;
      }
      const expiry = expiryKey(expiryOfSkips(record), key);
      lookups.find(expiry, (stored) => {
        if (stored !== undefined) return;
        reportInconsistency(check, 'expiry', reviewerHash, 'would never expire', [putEmpty(expiry)]);
      });
    }
    await lookups.resolve(store);
  });
}

/** What expires, of the whole store: each leads to something that ends just then. */
export async function checkExpiry(check: StoreCheck): Promise<void> {
  check.progress.phase('expiry');
  await eachChunk(check, 'expiry', prefixRange(EXPIRY_PREFIX), async (entries) => {
    const lookups = new Lookups();
    for (const { key } of entries) {
      const [at, expiring] = parseExpiry(key) ?? [];
      if (at === undefined || expiring === undefined) {
        malformed(check, 'expiry', key);
        continue;
      }
      const stray = (problem: string): void => reportInconsistency(check, 'expiry', expiring, problem, [remove(key)]);
      lookups.find(expiring, (stored) => {
        if (stored === undefined) {
          stray('is to expire but does not exist');
          return;
        }
        const ends = endOf(expiring, stored);
        if (ends !== undefined && ends !== at) stray('expires at a different time');
      });
    }
    await lookups.resolve(check.store);
  });
}

/** When a record says that it ends (epoch ms), as far as it can be read. */
function endOf(key: Key, stored: Buffer): number | undefined {
  if (key.startsWith('review_skips:')) {
    const { record } = readRecord(stored, isReviewSkips);
    return record && expiryOfSkips(record);
  }
  if (!key.startsWith('idempotency:')) return undefined;
  const { record } = readRecord(stored, isRemembered);
  return record && record.at + KEPT_FOR;
}

function parseExpiry(key: Key): [at: number, expiring: Key] | undefined {
  const [, digits, rest] = /^expiry:(\d{15}):([^:]+)$/.exec(key) ?? [];
  if (digits === undefined || rest === undefined) return undefined;
  const [at, expiring] = [Number(digits), unescapeComponent(rest)];
  // What could not be a key at all is not to be looked up.
  return /^[a-z_]+:/.test(expiring) && expiryKey(at, expiring) === key ? [at, expiring] : undefined;
}
