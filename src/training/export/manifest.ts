/** What an export is made of, to keep beside the file. */
import { createHash } from 'node:crypto';
import { omitNullish } from '../../omit-nullish.js';
import type { Store } from '../../store/contract.js';
import type { AllocatedBatch } from '../batch.js';
import { datasetInfo, fileName } from './dataset-info.js';
import { countDrops, DROP_REASON_NAMES, type DropReason } from './drop-reasons.js';
import { exportPieces, type ExportRequest, hasConversations } from './export.js';

/** In the names of the REST API. Times are epoch ms. */
export interface Manifest {
  readonly training_batch_id: number;
  readonly claimed_at: number;
  readonly filter: object;
  readonly order: 'oldest' | 'newest';
  /** The share of the batch that is held out. */
  readonly holdout: number;
  /** The most entries of one user that it has claimed; absent without a bound. */
  readonly max_per_user?: number;
  readonly format: string;
  readonly file_type: string;
  readonly file_name: string;
  readonly split: string;
  readonly system?: string;
  readonly similarity: number;
  readonly pair_same_question: boolean;
  readonly sha256: string;
  readonly bytes: number;
  readonly counts: {
    /** Entries of the split, those that were erased included. */
    readonly entries: number;
    readonly rows: number;
    readonly erased: number;
    /** Entries that are part of the row of a later one, as the other answer to the same question. */
    readonly paired: number;
    readonly exact_duplicates: number;
    readonly near_duplicates: number;
    readonly dropped: Readonly<Record<DropReason, number>>;
  };
  /** The entries that made a row, in the order of the rows. */
  readonly feedback: readonly ManifestEntry[];
  /** Entries that were erased since they were claimed. */
  readonly erased: readonly string[];
  readonly dataset_info?: object;
}

interface ManifestEntry {
  readonly id: string;
  readonly version: number;
  readonly paired_with?: { readonly id: string; readonly version: number };
}

/** Adds up the pieces of an export as they come by. */
export interface ManifestBuilder {
  add(piece: PieceOfManifest): void;
  end(): Manifest;
}

type PieceOfManifest =
  ReturnType<typeof exportPieces> extends AsyncGenerator<infer Piece, void, unknown> ? Piece : never;

export function createManifestBuilder(batch: AllocatedBatch, request: ExportRequest): ManifestBuilder {
  const { number, format, split, fileType, system, similarity, pairSameQuestion } = request;
  const digest = createHash('sha256');
  const feedback: ManifestEntry[] = [];
  const erased: string[] = [];
  const dropped = countDrops();
  let bytes = 0;
  let entries = 0;
  let paired = 0;
  let exact = 0;
  let near = 0;
  return {
    add: (piece) => {
      digest.update(piece.bytes);
      bytes += piece.bytes.length;
      entries += piece.entries;
      paired += piece.paired;
      exact += piece.exactDuplicates;
      near += piece.nearDuplicates;
      for (const { pairedWith, ...entry } of piece.rows) {
        feedback.push({ ...entry, ...omitNullish({ paired_with: pairedWith }) });
      }
      erased.push(...piece.erased);
      for (const reason of DROP_REASON_NAMES) dropped[reason] += piece.dropped[reason];
    },
    end: () => {
      const { modelVersion: model, adapterId: adapter, conversationId: conversation, ...filter } = batch.filter;
      return {
        training_batch_id: number,
        claimed_at: batch.createdAt,
        filter: { ...omitNullish({ model, adapter, conversation }), ...filter },
        order: batch.newestFirst ? 'newest' : 'oldest',
        holdout: batch.holdout,
        ...omitNullish({ max_per_user: batch.maxPerUser }),
        format,
        file_type: fileType,
        file_name: fileName(request),
        split,
        ...omitNullish({ system }),
        similarity,
        pair_same_question: pairSameQuestion,
        sha256: digest.digest('hex'),
        bytes,
        counts: {
          entries,
          rows: feedback.length,
          erased: erased.length,
          paired,
          exact_duplicates: exact,
          near_duplicates: near,
          dropped,
        },
        feedback,
        erased,
        ...omitNullish({ dataset_info: datasetInfo(request, system !== undefined, hasConversations(batch)) }),
      };
    },
  };
}

/** The manifest of an export, by making all of it. @param signal as of {@link exportPieces} */
export async function exportManifest(
  store: Store,
  org: string,
  batch: AllocatedBatch,
  request: ExportRequest,
  signal?: AbortSignal,
): Promise<Manifest> {
  const builder = createManifestBuilder(batch, request);
  for await (const piece of exportPieces(store, org, batch, request, signal)) builder.add(piece);
  return builder.end();
}
