/** Training batches with their chains, their leases and the number that was allocated last. */
import type { Entry } from '../../store/contract.js';
import { keyPrefix, lastComponent, prefixRange, unescapeComponent } from '../../store/keys.js';
import { LEASE_PREFIX, leaseKey, trainingBatchKey, trainingNumberKey } from '../../store/layout.js';
import { encodeRecord } from '../../store/record.js';
import { type TrainingBatch, trainingBatchNode } from '../../training/batch.js';
import { putEmpty, remove } from '../repair.js';
import { checkChains } from './audit.js';
import { type Check, reportInconsistency, eachChunk, malformed, type StoreCheck } from './check.js';
import { Lookups } from './cursor.js';
import { isNumber, isTrainingBatch, readRecord } from './shapes.js';

/**
 * @param included how many feedback each includes by its edges
 * @returns how many there are, how many entries they have claimed, and how many pointers to their audit events
 */
export async function checkTrainingBatches(
  check: Check,
  included: ReadonlyMap<string, number>,
): Promise<{ readonly batches: number; readonly claimed: number; readonly pointers: number }> {
  const { org, store } = check;
  check.progress.phase('training batches');
  let batches = 0;
  let pointers = 0;
  let highest = 0;
  let claimed = 0;
  await eachChunk(check, 'training_batch', prefixRange(keyPrefix('training_batch', org)), async (entries) => {
    const named = entries.filter((entry) => isBatchKey(check, entry));
    const found = named.flatMap((entry) => readBatch(check, entry, included));
    batches += named.length;
    const lookups = new Lookups();
    for (const batch of found) {
      if (batch.state === 'external') continue;
      highest = Math.max(highest, batch.number);
      claimed += batch.claimed.total;
      if (!holdsFeedback(batch)) continue;
      const lease = leaseKey(batch.leaseUntil, trainingBatchKey(org, batch.number));
      lookups.find(lease, (stored) => {
        if (stored !== undefined) return;
        reportInconsistency(check, 'lease', trainingBatchNode(batch.number), 'would never expire', [putEmpty(lease)]);
      });
    }
    await lookups.resolve(store);
    const nodes = found.map(({ number, audit }) => ({ id: trainingBatchNode(number), audit }));
    pointers += await checkChains(check, nodes);
  });
  await checkNumber(check, highest);
  return { batches, claimed, pointers };
}

function holdsFeedback({ state }: TrainingBatch): boolean {
  return state !== 'external' && state !== 'committed' && state !== 'released' && state !== 'expired';
}

function isBatchKey(check: Check, { key }: Entry): boolean {
  const digits = lastComponent(key);
  if (/^\d{10}$/.test(digits) && key === trainingBatchKey(check.org, Number(digits))) return true;
  malformed(check, 'training_batch', key);
  return false;
}

function readBatch(check: Check, { key, value }: Entry, included: ReadonlyMap<string, number>): TrainingBatch[] {
  const number = Number(lastComponent(key));
  const id = trainingBatchNode(number);
  const { record, problem } = readRecord(value, isTrainingBatch);
  if (record === undefined) {
    reportInconsistency(check, 'training_batch', id, problem);
    return [];
  }
  if (record.number !== number) {
    reportInconsistency(check, 'training_batch', id, `holds the record of ${trainingBatchNode(record.number)}`);
    return [];
  }
  const edges = included.get(id) ?? 0;
  if (record.feedbackCount !== edges) {
    reportInconsistency(
      check,
      'training_batch',
      id,
      `includes ${edges} feedback by its edges, and ${record.feedbackCount} by its record`,
    );
  }
  return [record];
}

/** A number must not be given to a second batch. */
async function checkNumber(check: Check, highest: number): Promise<void> {
  const { org } = check;
  let last = 0;
  await eachChunk(check, 'training_number', prefixRange(keyPrefix('training_number', org)), (entries) => {
    for (const { key, value } of entries) {
      if (key !== trainingNumberKey(org)) {
        malformed(check, 'training_number', key);
        continue;
      }
      last = readRecord(value, isNumber).record ?? 0;
    }
  });
  if (last >= highest) return;
  reportInconsistency(check, 'training_number', 'last', `is not ${highest}, the highest number allocated`, [
    { key: trainingNumberKey(org), value: encodeRecord(highest) },
  ]);
}

/** Leases, of the whole store: each leads to a batch that holds feedback until just then. */
export async function checkLeases(check: StoreCheck): Promise<void> {
  check.progress.phase('leases');
  await eachChunk(check, 'lease', prefixRange(LEASE_PREFIX), async (entries) => {
    const lookups = new Lookups();
    for (const { key } of entries) {
      const [, digits, rest] = /^lease:(\d{15}):(training_batch%3A[^:]+)$/.exec(key) ?? [];
      const batchKey = unescapeComponent(rest ?? '');
      if (digits === undefined || leaseKey(Number(digits), batchKey) !== key) {
        malformed(check, 'lease', key);
        continue;
      }
      lookups.find(batchKey, (stored) => {
        const batch = stored === undefined ? undefined : readRecord(stored, isTrainingBatch).record;
        // A damaged record cannot say whether it holds feedback.
        if (stored !== undefined && batch === undefined) return;
        const holds = batch !== undefined && holdsFeedback(batch) && 'leaseUntil' in batch;
        if (holds && batch.leaseUntil === Number(digits)) return;
        reportInconsistency(check, 'lease', batchKey, 'does not hold feedback until then', [remove(key)]);
      });
    }
    await lookups.resolve(check.store);
  });
}
