/** The entries of a batch as they were when they were claimed. */
import { ApiError } from '../../errors.js';
import { findFeedback } from '../../feedback/read.js';
import { findVersions } from '../../feedback/versions.js';
import type { Feedback } from '../../model/feedback.js';
import { omitNullish } from '../../omit-nullish.js';
import type { Reader, Store } from '../../store/contract.js';
import { type AllocatedBatch, listInclusions, type Split, trainingBatchNode } from '../batch.js';

/** Entries that are in memory at once; each may be as long as a request. */
const ENTRIES_AT_ONCE = 32;

export interface PinnedEntry {
  readonly id: string;
  readonly version: number;
  readonly split: Split;
  /** As of that version; absent if it was erased since. */
  readonly feedback?: Feedback;
}

/** Entries in the order of ids, some at a time, the same each time it is called. */
export type EntrySource = () => AsyncGenerator<readonly PinnedEntry[], void>;

/**
 * The entries of a batch in the order of ids, as they were when they were claimed, some at a time.
 * @throws {ApiError} CONFLICT if the batch is given back meanwhile: what came before is not the whole of it
 */
export async function* pinnedEntries(
  store: Pick<Store, 'read'>,
  org: string,
  { number, feedbackCount }: AllocatedBatch,
): AsyncGenerator<readonly PinnedEntry[], void> {
  const node = trainingBatchNode(number);
  let seen = 0;
  for (let after: string | undefined; ;) {
    const from = after;
    const entries = await store.read((reader) => readPinned(reader, org, node, from));
    seen += entries.length;
    if (entries.length > 0) yield entries;
    after = entries.at(-1)?.id;
    if (entries.length < ENTRIES_AT_ONCE) break;
  }
  if (seen !== feedbackCount) {
    throw new ApiError('CONFLICT', `Training batch ${number} was released during the export`);
  }
}

async function readPinned(
  reader: Reader,
  org: string,
  node: string,
  after: string | undefined,
): Promise<readonly PinnedEntry[]> {
  const included = await listInclusions(reader, org, node, ENTRIES_AT_ONCE, after);
  const pinned = included.map(({ feedbackId, version = 1, split = 'train' }) => ({ id: feedbackId, version, split }));
  return withFeedback(reader, org, pinned);
}

/** Named versions of entries, in the order of their ids, as a batch that holds them would give them. */
export function namedEntries(
  store: Pick<Store, 'read'>,
  org: string,
  named: readonly Omit<PinnedEntry, 'feedback'>[],
): EntrySource {
  return async function* () {
    for (let start = 0; start < named.length; start += ENTRIES_AT_ONCE) {
      const some = named.slice(start, start + ENTRIES_AT_ONCE);
      yield await store.read((reader) => withFeedback(reader, org, some));
    }
  };
}

async function withFeedback(
  reader: Reader,
  org: string,
  pinned: readonly Omit<PinnedEntry, 'feedback'>[],
): Promise<readonly PinnedEntry[]> {
  const versions = await findPinned(reader, org, pinned);
  return pinned.map((entry) => ({ ...entry, ...omitNullish({ feedback: versions.get(entry.id) }) }));
}

/** Versions of entries, by id, without those that are erased. */
export async function findPinned(
  reader: Reader,
  org: string,
  pinned: readonly { readonly id: string; readonly version: number }[],
): Promise<ReadonlyMap<string, Feedback>> {
  const found = await findFeedback(
    reader,
    org,
    pinned.map(({ id }) => id),
  );
  const wanted = pinned.flatMap(({ version }, index) => {
    const current = found[index];
    return current === undefined ? [] : [{ current, version }];
  });
  return new Map((await findVersions(reader, org, wanted)).map((feedback) => [feedback.id, feedback]));
}
