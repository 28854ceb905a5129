/** The entries of a batch as they were when they were claimed. */
import { ApiError } from '../../errors.js';
import { decodeMany, findFeedback } from '../../feedback/read.js';
import { findVersions } from '../../feedback/versions.js';
import { decodeFeedback, type Feedback } from '../../model/feedback.js';
import { readAhead } from '../../read-ahead.js';
import { type AdjacentReader, createAdjacentReader } from '../../store/adjacent-keys.js';
import type { Reader, Store } from '../../store/contract.js';
import { feedbackPrefix } from '../../store/layout.js';
import { type AllocatedBatch, isIncluded, listInclusions, type Split, trainingBatchNode } from '../batch.js';

/** Entries that are read at once whatever they are like; each may be as long as a request. */
const ENTRIES_AT_ONCE = 32;
/** So many, while those before them were short: those that follow may be as long as entries can be, and are in memory together. */
const MAX_ENTRIES_AT_ONCE = 64;
/** Bytes of stored entries that are read at once, as far as those before tell. */
const BYTES_AT_ONCE = 256 * 1024;
/** Of how many entries the ids are read at once: as many as one call of the engine reads. */
const LISTED_AT_ONCE = 255;

export interface PinnedEntry {
  readonly id: string;
  readonly version: number;
  readonly split: Split;
  /** As of that version; absent if it was erased since. */
  readonly feedback?: Feedback;
}

type NamedEntry = Omit<PinnedEntry, 'feedback'>;

/** Entries in the order of ids, some at a time, the same each time it is called. */
export type EntrySource = () => AsyncGenerator<readonly PinnedEntry[], void>;

/**
 * The entries of a batch in the order of ids, as they were when they were claimed, some at a time. The next ones are read
 * while those before are used.
 * @throws {ApiError} CONFLICT if the batch is given back meanwhile: what came before is not the whole of it
 */
export function pinnedEntries(
  store: Pick<Store, 'read'>,
  org: string,
  batch: AllocatedBatch,
): AsyncGenerator<readonly PinnedEntry[], void> {
  return readAhead(readPages(store, org, batch));
}

async function* readPages(
  store: Pick<Store, 'read'>,
  org: string,
  { number, feedbackCount }: AllocatedBatch,
): AsyncGenerator<readonly PinnedEntry[], void> {
  const node = trainingBatchNode(number);
  const readAdjacent = createAdjacentReader();
  let seen = 0;
  let size = ENTRIES_AT_ONCE;
  let listed: readonly NamedEntry[] = [];
  let isListed = false;
  for (let after: string | undefined; listed.length > 0 || !isListed;) {
    const [before, from, most] = [listed, after, size];
    const page = await store.read(async (reader) => {
      const [next] = before;
      // Entries are given back in the order of their ids, some at a time.
      if (next !== undefined && !(await isIncluded(reader, org, node, next.id))) throw released(number);
      const named = next !== undefined ? before : await listNamed(reader, org, node, from);
      return { named, ...(await readPinned(reader, org, named.slice(0, most), readAdjacent)) };
    });
    const { named, entries, bytes } = page;
    if (before.length === 0) isListed = named.length < LISTED_AT_ONCE;
    listed = named.slice(entries.length);
    seen += entries.length;
    if (entries.length > 0) yield entries;
    after = entries.at(-1)?.id;
    const fitting = Math.floor((BYTES_AT_ONCE / Math.max(1, bytes)) * entries.length);
    size = Math.min(2 * size, MAX_ENTRIES_AT_ONCE, Math.max(ENTRIES_AT_ONCE, fitting));
  }
  if (seen !== feedbackCount) throw released(number);
}

function released(number: number): ApiError {
  return new ApiError('CONFLICT', `Training batch ${number} was released during the export`);
}

async function listNamed(reader: Reader, org: string, node: string, after: string | undefined): Promise<NamedEntry[]> {
  const included = await listInclusions(reader, org, node, LISTED_AT_ONCE, after);
  return included.map(({ feedbackId: id, version = 1, split = 'train' }) => ({ id, version, split }));
}

/** The entries of a page, and how many bytes they take as they are stored. */
async function readPinned(
  reader: Reader,
  org: string,
  pinned: readonly NamedEntry[],
  readAdjacent: AdjacentReader,
): Promise<{ readonly entries: readonly PinnedEntry[]; readonly bytes: number }> {
  const prefix = feedbackPrefix(org);
  const stored = await readAdjacent(
    reader,
    pinned.map(({ id }) => prefix + id),
  );
  const found = await decodeMany(stored, (value) => (value === undefined ? undefined : decodeFeedback(value)));
  return {
    entries: withVersions(pinned, await pinnedVersions(reader, org, pinned, found)),
    bytes: stored.reduce((sum, value) => sum + (value?.length ?? 0), 0),
  };
}

/** Named versions of entries, in the order of their ids, as a batch that holds them would give them. */
export function namedEntries(store: Pick<Store, 'read'>, org: string, named: readonly NamedEntry[]): EntrySource {
  return async function* () {
    for (let start = 0; start < named.length; start += ENTRIES_AT_ONCE) {
      const some = named.slice(start, start + ENTRIES_AT_ONCE);
      yield withVersions(some, await store.read((reader) => findPinned(reader, org, some)));
    }
  };
}

function withVersions(pinned: readonly NamedEntry[], versions: ReadonlyMap<string, Feedback>): readonly PinnedEntry[] {
  return pinned.map((entry) => {
    const feedback = versions.get(entry.id);
    return feedback === undefined ? entry : { ...entry, feedback };
  });
}

type NamedVersion = Pick<PinnedEntry, 'id' | 'version'>;

/** Versions of entries, by id, without those that are erased. */
export async function findPinned(
  reader: Reader,
  org: string,
  pinned: readonly NamedVersion[],
): Promise<ReadonlyMap<string, Feedback>> {
  const ids = pinned.map(({ id }) => id);
  return pinnedVersions(reader, org, pinned, await findFeedback(reader, org, ids));
}

/** @param found the current versions, in the order of `pinned` */
async function pinnedVersions(
  reader: Reader,
  org: string,
  pinned: readonly NamedVersion[],
  found: readonly (Feedback | undefined)[],
): Promise<ReadonlyMap<string, Feedback>> {
  const wanted = pinned.flatMap(({ version }, index) => {
    const current = found[index];
    return current === undefined ? [] : [{ current, version }];
  });
  return new Map((await findVersions(reader, org, wanted)).map((feedback) => [feedback.id, feedback]));
}
