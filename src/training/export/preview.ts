/** The first rows of an export, as whoever is about to download it wants to see them. */
import type { Store } from '../../store/contract.js';
import type { AllocatedBatch } from '../batch.js';
import { exportPieces, type ExportRequest } from './export.js';

/** The most rows of a preview. */
export const MAX_PREVIEW_ROWS = 50;
/** The most characters of its rows together, beyond the first row. */
const MAX_PREVIEW_CHARACTERS = 512 * 1024;

export interface Preview {
  /** Lines of the file, without their ends. */
  readonly rows: readonly string[];
  /** Whether the file has more rows. */
  readonly hasMore: boolean;
}

/**
 * Reads as much of a batch as the first rows need, and all of it once where rows are judged against one another.
 * @param first 1 to {@link MAX_PREVIEW_ROWS}
 * @throws {ApiError} CONFLICT if the batch is given back meanwhile
 */
export async function previewRows(
  store: Pick<Store, 'read'>,
  org: string,
  batch: AllocatedBatch,
  request: Omit<ExportRequest, 'fileType'>,
  first: number,
): Promise<Preview> {
  const rows: string[] = [];
  let characters = 0;
  let rest = '';
  for await (const { bytes } of exportPieces(store, org, batch, { ...request, fileType: 'jsonl' })) {
    const lines = (rest + bytes.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      characters += line.length;
      if (rows.length === first || (rows.length > 0 && characters > MAX_PREVIEW_CHARACTERS)) {
        return { rows, hasMore: true };
      }
      rows.push(line);
    }
  }
  return { rows, hasMore: false };
}
