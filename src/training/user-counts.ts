import { findFeedback } from '../feedback/read.js';
import type { Feedback } from '../model/feedback.js';
import type { Reader } from '../store/contract.js';
import { type AllocatedBatch, listInclusions, trainingBatchNode } from './batch.js';

/** Whose judgement an entry is: the client's user, or who submitted it where the client names none. */
export function judgeOf({ userId, submittedBy }: Pick<Feedback, 'userId' | 'submittedBy'>): string {
  return userId ?? submittedBy;
}

/**
 * How many entries of each user a claiming batch has. Kept while one caller claims, and read anew where that begins in the
 * middle, or where another caller, of this server or another one, has gone on with the same batch.
 */
export interface UserCounts {
  /**
   * Those of the next entries that a batch takes, in their order: at most `room`, and of no user more than the batch's bound.
   * A transaction that is run again discards the selection, and asks again.
   * @param last the last id that was looked at: the batch's next cursor
   */
  select(
    reader: Reader,
    org: string,
    batch: AllocatedBatch,
    entries: readonly Feedback[],
    last: string | undefined,
    room: number,
  ): Promise<Feedback[]>;
  /** Says that the transaction of the latest selection was not committed: if the batch has moved, another caller did it. */
  discardLatest(): void;
}

const ENTRIES_AT_ONCE = 1_000;

export function createUserCounts(): UserCounts {
  let cursor: string | undefined;
  let counts = new Map<string, number>();
  /** What the latest selection adds, once its transaction has moved the batch's cursor. */
  let next: { readonly cursor: string | undefined; readonly counts: ReadonlyMap<string, number> } | undefined;

  const moveTo = async (reader: Reader, org: string, batch: AllocatedBatch): Promise<void> => {
    if (batch.cursor === cursor) return;
    if (next !== undefined && batch.cursor === next.cursor) {
      for (const [user, count] of next.counts) counts.set(user, count);
    } else {
      counts = await countIncluded(reader, org, batch);
    }
    cursor = batch.cursor;
    next = undefined;
  };

  return {
    select: async (reader, org, batch, entries, last, room) => {
      await moveTo(reader, org, batch);
      const { maxPerUser = Infinity } = batch;
      const added = new Map<string, number>();
      const selected: Feedback[] = [];
      for (const entry of entries) {
        if (selected.length === room) break;
        const user = judgeOf(entry);
        const before = added.get(user) ?? counts.get(user) ?? 0;
        if (before >= maxPerUser) continue;
        added.set(user, before + 1);
        selected.push(entry);
      }
      next = { cursor: last, counts: added };
      return selected;
    },
    discardLatest: () => {
      next = undefined;
    },
  };
}

async function countIncluded(reader: Reader, org: string, { number }: AllocatedBatch): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let after: string | undefined; ;) {
    const included = await listInclusions(reader, org, trainingBatchNode(number), ENTRIES_AT_ONCE, after);
    const ids = included.map(({ feedbackId }) => feedbackId);
    for (const entry of await findFeedback(reader, org, ids)) {
      if (entry === undefined) continue;
      const user = judgeOf(entry);
      counts.set(user, (counts.get(user) ?? 0) + 1);
    }
    after = ids.at(-1);
    if (after === undefined || ids.length < ENTRIES_AT_ONCE) return counts;
  }
}
