/** One step of a change to all entries of a batch: a chunk at a time keeps each commit small. */
import { findFeedback } from '../feedback/read.js';
import type { Feedback } from '../model/feedback.js';
import type { Transaction } from '../store/contract.js';
import { leaseKey, trainingBatchKey } from '../store/layout.js';
import { encodeRecord } from '../store/record.js';
import { type AllocatedBatch, changed, listInclusions, trainingBatchNode } from './batch.js';
import { ROWS_AT_ONCE } from './claim.js';

type Included = Awaited<ReturnType<typeof listInclusions>>;

export interface Chunk {
  readonly node: string;
  readonly included: Included;
  /** In the order of `included`; `undefined` for what was erased since. */
  readonly found: readonly (Feedback | undefined)[];
  /** Whether nothing follows. */
  readonly isLast: boolean;
}

/** What comes behind the batch's cursor. */
export async function nextIncluded(transaction: Transaction, org: string, batch: AllocatedBatch): Promise<Chunk> {
  const node = trainingBatchNode(batch.number);
  const included = await listInclusions(transaction, org, node, ROWS_AT_ONCE, batch.cursor);
  const ids = included.map(({ feedbackId }) => feedbackId);
  const found = await findFeedback(transaction, org, ids);
  return { node, included, found, isLast: included.length < ROWS_AT_ONCE };
}

/** Moves the batch's cursor behind a chunk that was dealt with; the last one ends its lease. */
export function putStep(
  transaction: Transaction,
  org: string,
  batch: AllocatedBatch,
  { included, isLast, at }: Pick<Chunk, 'included' | 'isLast'> & { readonly at: number },
  changes: Parameters<typeof changed>[1],
): AllocatedBatch {
  const key = trainingBatchKey(org, batch.number);
  const cursor = isLast ? undefined : included.at(-1)?.feedbackId;
  const after = changed(batch, { ...changes, cursor, updatedAt: at });
  transaction.put(key, encodeRecord(after));
  if (isLast) transaction.delete(leaseKey(batch.leaseUntil, key));
  return after;
}
