/** Exports of training batches: what a trainer loads, as bytes in pieces. */
import { hash } from 'node:crypto';
import { ApiError, type Issue } from '../../errors.js';
import { findFeedback } from '../../feedback/read.js';
import { findVersions } from '../../feedback/versions.js';
import { throwIssues } from '../../model/input.js';
import { omitNullish } from '../../omit-nullish.js';
import type { Reader, Store } from '../../store/contract.js';
import { erasedCounter } from '../../store/layout.js';
import { startStretches } from '../../yield-to-event-loop.js';
import { type AllocatedBatch, listInclusions, type Split, stateAt, trainingBatchNode } from '../batch.js';
import { getAllocated } from '../commit.js';
import type { ExportName } from './dataset-info.js';
import { createEncoder } from './encoder.js';
import { type DropReason, formatRow } from './formats.js';
import { createDuplicateFinder } from './near-duplicates.js';

export interface ExportRequest extends ExportName {
  /** A system prompt in front of every question; nothing to `raw`. At most {@link MAX_SYSTEM} characters. */
  readonly system?: string;
  /** How alike rows are that collapse, 0.9 to 1. */
  readonly similarity: number;
}

export const MAX_SYSTEM = 10_000;

/** Entries that are read and encoded at once: others have their turn in between. */
const ENTRIES_AT_ONCE = 100;

/** Increment it whenever the same entries are written differently. */
const REVISION = 1;

/** @throws {InvalidInputError} */
export function checkExport({ format, fileType, system }: ExportRequest): void {
  const issues: Issue[] = [];
  if (system !== undefined && (system.trim() === '' || system.length > MAX_SYSTEM || !system.isWellFormed())) {
    issues.push({ field: 'system', problem: `must have 1 to ${MAX_SYSTEM} characters and must not be blank` });
  }
  if (fileType === 'parquet' && format === 'raw') {
    issues.push({ field: 'fileType', problem: "must be 'jsonl' for the format 'raw'" });
  }
  throwIssues(issues);
}

export interface Exportable {
  readonly batch: AllocatedBatch;
  /** How many of its entries were erased since it was claimed. */
  readonly erased: number;
}

/**
 * A batch that holds its entries, or has used them.
 * @throws {ApiError} NOT_FOUND; CONFLICT for one that is still claiming, or has given them back
 */
export async function findExportable(store: Store, org: string, number: number, now: number): Promise<Exportable> {
  return store.read(async (reader) => {
    const batch = await getAllocated(reader, org, number);
    const state = stateAt(batch, now);
    if (state !== 'open' && state !== 'exported' && state !== 'committing' && state !== 'committed') {
      throw new ApiError('CONFLICT', `Training batch ${number} is ${state} and cannot be exported`);
    }
    const [erased = 0] = await reader.counters([erasedCounter(org, trainingBatchNode(number))]);
    return { batch, erased };
  });
}

/** Names the bytes of an export: they are the same as long as this is. */
export function exportTag({ batch, erased }: Exportable, request: ExportRequest): string {
  const { number, format, split, fileType, system, similarity } = request;
  const named = [REVISION, number, batch.createdAt, erased, format, split, fileType, system ?? null, similarity];
  return hash('sha256', JSON.stringify(named)).slice(0, 32);
}

/** Whether an entry of a batch is a conversation or has tools. */
export function hasConversations({ claimed }: AllocatedBatch): boolean {
  return (claimed.conversations ?? 0) > 0;
}

/** A part of an export, with the outcome of each entry in it. */
export interface ExportPiece {
  readonly bytes: Buffer;
  /** The entries that made a row, in the order of the rows. */
  readonly rows: readonly { readonly id: string; readonly version: number }[];
  /** How many entries of the split were looked at. */
  readonly entries: number;
  /** The ids of those that were erased since. */
  readonly erased: readonly string[];
  readonly dropped: readonly DropReason[];
  readonly exactDuplicates: number;
  readonly nearDuplicates: number;
}

/**
 * An export in the order of ids, each entry as of the version that was claimed. The same request gives the same bytes as
 * long as nothing is erased. Of rows that are alike only the first is kept, except in `raw`.
 * @param signal ends it with the reason of the signal
 * @throws {ApiError} CONFLICT if the batch is given back meanwhile
 */
export async function* exportPieces(
  store: Store,
  org: string,
  batch: AllocatedBatch,
  request: ExportRequest,
  signal?: AbortSignal,
): AsyncGenerator<ExportPiece, void> {
  const { format, system } = request;
  const duplicates = createDuplicateFinder(batch.feedbackCount, request.similarity);
  const shape = { hasConversations: hasConversations(batch), isTyped: request.fileType === 'parquet' };
  const encoder = createEncoder({ ...request, shape });
  const stretches = startStretches();
  for await (const entries of pinnedEntries(store, org, batch)) {
    signal?.throwIfAborted();
    const chosen = entries.filter(({ split }) => split === request.split);
    const rows: { id: string; version: number }[] = [];
    const encoded: object[] = [];
    const erased: string[] = [];
    const dropped: DropReason[] = [];
    let exactDuplicates = 0;
    let nearDuplicates = 0;
    for (const { id, version, feedback } of chosen) {
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      if (feedback === undefined) {
        erased.push(id);
        continue;
      }
      const formatted = formatRow(format, feedback, system, shape);
      if (typeof formatted === 'string') {
        dropped.push(formatted);
        continue;
      }
      const { texts, group, row } = formatted;
      const duplicate = texts.length === 0 ? undefined : duplicates.find(texts, group);
      if (duplicate === 'exact') exactDuplicates += 1;
      else if (duplicate === 'near') nearDuplicates += 1;
      else {
        rows.push({ id, version });
        encoded.push(row);
      }
    }
    const bytes = encoder.add(encoded);
    yield { bytes, rows, entries: chosen.length, erased, dropped, exactDuplicates, nearDuplicates };
  }
  const bytes = encoder.end();
  yield { bytes, rows: [], entries: 0, erased: [], dropped: [], exactDuplicates: 0, nearDuplicates: 0 };
}

export interface PinnedEntry {
  readonly id: string;
  readonly version: number;
  readonly split: Split;
  /** As of that version; absent if it was erased since. */
  readonly feedback?: Awaited<ReturnType<typeof findVersions>>[number];
}

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
  const found = await findFeedback(
    reader,
    org,
    included.map(({ feedbackId }) => feedbackId),
  );
  const wanted = included.flatMap(({ version = 1 }, index) => {
    const current = found[index];
    return current === undefined ? [] : [{ current, version }];
  });
  const versions = new Map((await findVersions(reader, org, wanted)).map((feedback) => [feedback.id, feedback]));
  return included.map(({ feedbackId, version = 1, split = 'train' }) => ({
    id: feedbackId,
    version,
    split,
    ...omitNullish({ feedback: versions.get(feedbackId) }),
  }));
}
