/** Exports of training batches: what a trainer loads, as bytes in pieces. */
import { hash } from 'node:crypto';
import { ApiError, type Issue } from '../../errors.js';
import { throwIssues } from '../../model/input.js';
import { omitNullish } from '../../omit-nullish.js';
import type { Store } from '../../store/contract.js';
import { erasedCounter } from '../../store/layout.js';
import { startStretches } from '../../yield-to-event-loop.js';
import { type AllocatedBatch, stateAt, trainingBatchNode } from '../batch.js';
import { getAllocated } from '../commit.js';
import type { ExportName } from './dataset-info.js';
import { countDrops } from './drop-reasons.js';
import { createEncoder } from './encoder.js';
import { exportText } from './export-text.js';
import { getTask } from './formats.js';
import { judgeBatch } from './judged-entries.js';
import { createDuplicateFinder } from './near-duplicates.js';
import { type ExportedEntry, type ExportPiece, NO_ENTRIES, PIECE_BYTES } from './pieces.js';
import { pinnedEntries } from './pinned-entries.js';
import { rawPieces } from './raw-pieces.js';

export interface ExportRequest extends ExportName {
  /** A system prompt in front of every question; nothing to `raw`. At most {@link MAX_SYSTEM} characters. */
  readonly system?: string;
  /** How alike rows are that collapse, 0.9 to 1. */
  readonly similarity: number;
  /** Whether a good and a bad answer to the same question make a preference pair. */
  readonly pairSameQuestion: boolean;
}

export const MAX_SYSTEM = 10_000;

/** Increment it whenever the same entries are written differently. */
const REVISION = 5;

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
  const { number, format, split, fileType, system, similarity, pairSameQuestion } = request;
  const options = [format, split, fileType, system ?? null, similarity, pairSameQuestion];
  const named = [REVISION, number, batch.createdAt, erased, ...options];
  return hash('sha256', JSON.stringify(named)).slice(0, 32);
}

/** Whether an entry of a batch is a conversation or has tools. */
export function hasConversations({ claimed }: AllocatedBatch): boolean {
  return (claimed.conversations ?? 0) > 0;
}

/**
 * An export in the order of ids, each entry as of the version that was claimed. The same request gives the same bytes as
 * long as nothing is erased. Of rows that are alike only the first is kept, except in `raw`.
 * @param signal ends it with the reason of the signal
 * @throws {ApiError} CONFLICT if the batch is given back meanwhile
 */
export async function* exportPieces(
  store: Pick<Store, 'read'>,
  org: string,
  batch: AllocatedBatch,
  request: ExportRequest,
  signal?: AbortSignal,
): AsyncGenerator<ExportPiece, void> {
  const { format, split, pairSameQuestion } = request;
  if (getTask(format) === 'raw') return yield* rawPieces(store, org, batch, split, signal);
  const system = request.system === undefined ? undefined : exportText(request.system);
  const duplicates = createDuplicateFinder(batch.feedbackCount, request.similarity);
  const shape = { hasConversations: hasConversations(batch), isTyped: request.fileType === 'parquet' };
  const encoder = createEncoder({ ...request, ...omitNullish({ system }), shape });
  const stretches = startStretches();
  const judged = await judgeBatch(store, org, () => pinnedEntries(store, org, batch), {
    split,
    pairSameQuestion,
    stretches,
    signal,
  });
  for await (const entries of judged.entries()) {
    const rows: ExportedEntry[] = [];
    const erased: string[] = [];
    const dropped = countDrops();
    let paired = 0;
    let exactDuplicates = 0;
    let nearDuplicates = 0;
    for (const entry of entries) {
      const { id, version, feedback, partner } = entry;
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      if (feedback === undefined) {
        erased.push(id);
        continue;
      }
      const outcome = judged.outcomeOf(entry, feedback, format, system, shape);
      if (outcome === 'paired') {
        paired += 1;
        continue;
      }
      if (typeof outcome === 'string') {
        dropped[outcome] += 1;
        continue;
      }
      for (const { texts, group, hasCorrection, row, isPair } of outcome) {
        // Each row of a preference repeats its conversation.
        if (stretches.shouldYield()) await stretches.yieldToEventLoop();
        const duplicate = texts.length === 0 ? undefined : duplicates.find(texts, group, hasCorrection);
        if (duplicate === 'exact') exactDuplicates += 1;
        else if (duplicate === 'near') nearDuplicates += 1;
        else {
          const pairedWith = isPair && partner !== undefined ? { id: partner.id, version: partner.version } : undefined;
          rows.push({ id, version, ...omitNullish({ pairedWith }) });
          encoder.add(row);
          if (encoder.held >= PIECE_BYTES) yield { ...NO_ENTRIES, bytes: encoder.take() };
        }
      }
    }
    yield {
      bytes: encoder.take(),
      rows,
      entries: entries.length,
      erased,
      dropped,
      paired,
      exactDuplicates,
      nearDuplicates,
    };
  }
  yield { ...NO_ENTRIES, bytes: encoder.end() };
}
