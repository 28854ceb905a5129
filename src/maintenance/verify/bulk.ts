/** Bulk operations, their entries, and the links that they keep for their undo. */
import { BULK_KEPT_FOR, isUnderWay, PIECE } from '../../feedback/bulk/operation.js';
import { keyPrefix, lastComponent, prefixRange, splitKey } from '../../store/keys.js';
import {
  bulkEntriesKey,
  bulkOperationKey,
  bulkOperationPrefix,
  bulkRunningKey,
  bulkRunningPrefix,
  expiryKey,
  feedbackKey,
  removedLinkKey,
} from '../../store/layout.js';
import { putEmpty, remove } from '../repair.js';
import { type Check, eachChunk, malformed, reportInconsistency } from './check.js';
import { Lookups } from './cursor.js';
import { isBulkOperation, isBulkPiece, isRemovedLink, readRecord } from './shapes.js';

export async function checkBulkOperations(check: Check): Promise<void> {
  check.progress.phase('bulk operations');
  await checkOperations(check);
  await checkRunning(check);
  await checkPieces(check);
  await checkRemovedLinks(check);
}

async function checkOperations(check: Check): Promise<void> {
  const { org, store } = check;
  await eachChunk(check, 'bulk_operation', prefixRange(bulkOperationPrefix(org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key, value } of entries) {
      const id = lastComponent(key);
      if (key !== bulkOperationKey(org, id)) {
        malformed(check, 'bulk_operation', key);
        continue;
      }
      const { record, problem } = readRecord(value, isBulkOperation);
      if (record?.id !== id) {
        reportInconsistency(check, 'bulk_operation', id, problem ?? 'has the id of another operation');
        continue;
      }
      const expiry = expiryKey(record.createdAt + BULK_KEPT_FOR, key);
      lookups.find(expiry, (stored) => {
        if (stored === undefined) reportInconsistency(check, 'expiry', id, 'would never expire', [putEmpty(expiry)]);
      });
      const pieces = Math.ceil(record.total / PIECE);
      for (let piece = 0; piece < pieces; piece++) {
        lookups.find(bulkEntriesKey(org, id, piece), (stored) => {
          if (stored === undefined) reportInconsistency(check, 'bulk_entries', id, 'lacks some of its entries');
        });
      }
      if (!isUnderWay(record)) continue;
      const running = bulkRunningKey(org, id);
      lookups.find(running, (stored) => {
        if (stored !== undefined) return;
        reportInconsistency(check, 'bulk_running', id, 'would never be carried out', [putEmpty(running)]);
      });
    }
    await lookups.resolve(store);
  });
}

async function checkRunning(check: Check): Promise<void> {
  const { org, store } = check;
  await eachChunk(check, 'bulk_running', prefixRange(bulkRunningPrefix(org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key } of entries) {
      const id = lastComponent(key);
      lookups.find(bulkOperationKey(org, id), (stored) => {
        const operation = stored === undefined ? undefined : readRecord(stored, isBulkOperation);
        // A damaged one cannot say whether it is.
        if (operation !== undefined && (operation.record === undefined || isUnderWay(operation.record))) return;
        reportInconsistency(check, 'bulk_running', id, 'is no operation that is under way', [remove(key)]);
      });
    }
    await lookups.resolve(store);
  });
}

async function checkPieces(check: Check): Promise<void> {
  const { org, store } = check;
  await eachChunk(check, 'bulk_entries', prefixRange(keyPrefix('bulk_entries', org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key, value } of entries) {
      const [, , id = '', digits = ''] = splitKey(key);
      if (key !== bulkEntriesKey(org, id, Number(digits))) {
        malformed(check, 'bulk_entries', key);
        continue;
      }
      const { problem } = readRecord(value, isBulkPiece);
      if (problem !== undefined) reportInconsistency(check, 'bulk_entries', id, problem);
      lookups.find(bulkOperationKey(org, id), (stored) => {
        if (stored !== undefined) return;
        reportInconsistency(check, 'bulk_entries', id, 'is no operation that exists', [remove(key)]);
      });
    }
    await lookups.resolve(store);
  });
}

async function checkRemovedLinks(check: Check): Promise<void> {
  const { org, store } = check;
  await eachChunk(check, 'removed_link', prefixRange(keyPrefix('removed_link', org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key, value } of entries) {
      const [, , node = '', operation = ''] = splitKey(key);
      if (key !== removedLinkKey(org, node, operation)) {
        malformed(check, 'removed_link', key);
        continue;
      }
      const { record, problem } = readRecord(value, isRemovedLink);
      if (record === undefined) {
        reportInconsistency(check, 'removed_link', node, problem);
        continue;
      }
      const expiry = expiryKey(record.expiresAt, key);
      lookups.find(expiry, (stored) => {
        if (stored === undefined) reportInconsistency(check, 'expiry', node, 'would never expire', [putEmpty(expiry)]);
      });
      lookups.find(feedbackKey(org, node), (stored) => {
        if (stored !== undefined) return;
        const gone = [remove(key), remove(expiry)];
        reportInconsistency(check, 'removed_link', node, 'is no entry that a link could be restored of', gone);
      });
    }
    await lookups.resolve(store);
  });
}
