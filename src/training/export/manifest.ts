/** What an export is made of, to keep beside the file. */
import { createHash } from 'node:crypto';
import { omitNullish } from '../../omit-nullish.js';
import type { Store } from '../../store/contract.js';
import type { AllocatedBatch } from '../batch.js';
import { datasetInfo, fileName } from './dataset-info.js';
import { exportPieces, type ExportRequest, hasConversations } from './export.js';
import { DROP_REASONS, type DropReason } from './formats.js';

/** In the names of the REST API. Times are epoch ms. */
export interface Manifest {
  readonly training_batch_id: number;
  readonly claimed_at: number;
  readonly filter: object;
  readonly order: 'oldest' | 'newest';
  /** The share of the batch that is held out. */
  readonly holdout: number;
  readonly format: string;
  readonly file_type: string;
  readonly file_name: string;
  readonly split: string;
  readonly system?: string;
  readonly similarity: number;
  readonly sha256: string;
  readonly bytes: number;
  readonly counts: {
    /** Entries of the split, those that were erased included. */
    readonly entries: number;
    readonly rows: number;
    readonly erased: number;
    readonly exact_duplicates: number;
    readonly near_duplicates: number;
    readonly dropped: Readonly<Record<DropReason, number>>;
  };
  /** The entries that made a row, in the order of the rows. */
  readonly feedback: readonly { readonly id: string; readonly version: number }[];
  /** Entries that were erased since they were claimed. */
  readonly erased: readonly string[];
  readonly dataset_info?: object;
}

/** Adds up the pieces of an export as they come by. */
export interface ManifestBuilder {
  add(piece: PieceOfManifest): void;
  end(): Manifest;
}

type PieceOfManifest =
  ReturnType<typeof exportPieces> extends AsyncGenerator<infer Piece, void, unknown> ? Piece : never;

export function createManifestBuilder(batch: AllocatedBatch, request: ExportRequest): ManifestBuilder {
  const { number, format, split, fileType, system, similarity } = request;
  const digest = createHash('sha256');
  const feedback: { id: string; version: number }[] = [];
  const erased: string[] = [];
  const dropped: Record<DropReason, number> = {
    positive_has_no_rejected_answer: 0,
    negative_without_correction: 0,
    conversation_not_supported: 0,
  };
  let bytes = 0;
  let entries = 0;
  let exact = 0;
  let near = 0;
  return {
    add: (piece) => {
      digest.update(piece.bytes);
      bytes += piece.bytes.length;
      entries += piece.entries;
      exact += piece.exactDuplicates;
      near += piece.nearDuplicates;
      feedback.push(...piece.rows);
      erased.push(...piece.erased);
      for (const reason of DROP_REASONS) dropped[reason] += piece.dropped.filter((each) => each === reason).length;
    },
    end: () => {
      const { type, modelVersion, adapterId, lineage, since, until } = batch.filter;
      return {
        training_batch_id: number,
        claimed_at: batch.createdAt,
        filter: omitNullish({ type, model: modelVersion, adapter: adapterId, lineage, since, until }),
        order: batch.newestFirst ? 'newest' : 'oldest',
        holdout: batch.holdout,
        format,
        file_type: fileType,
        file_name: fileName(request),
        split,
        ...omitNullish({ system }),
        similarity,
        sha256: digest.digest('hex'),
        bytes,
        counts: {
          entries,
          rows: feedback.length,
          erased: erased.length,
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
