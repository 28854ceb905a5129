/** The pieces that an export comes in. */
import { countDrops, type DropReason } from './drop-reasons.js';
import type { EntryVersion } from './verdicts.js';

export interface ExportedEntry extends EntryVersion {
  /** The entry with the other answer to the same question, which the row has, too. */
  readonly pairedWith?: EntryVersion;
}

/** A part of an export, with the outcome of each entry in it. */
export interface ExportPiece {
  readonly bytes: Buffer;
  /** The entries that made a row, in the order of the rows; a preference may have made several. */
  readonly rows: readonly ExportedEntry[];
  /** How many entries of the split were looked at. */
  readonly entries: number;
  /** The ids of those that were erased since. */
  readonly erased: readonly string[];
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** How many are part of the row of a later entry. */
  readonly paired: number;
  readonly exactDuplicates: number;
  readonly nearDuplicates: number;
}

/** What is held before it is sent: each row of a preference repeats a conversation that may be long. */
export const PIECE_BYTES = 1024 * 1024;

/** A piece that tells of no entry. */
export const NO_ENTRIES: Omit<ExportPiece, 'bytes'> = {
  rows: [],
  entries: 0,
  erased: [],
  dropped: countDrops(),
  paired: 0,
  exactDuplicates: 0,
  nearDuplicates: 0,
};
