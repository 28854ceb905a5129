import { feedbackToWire } from '../../model/wire-entry.js';
import type { Store } from '../../store/contract.js';
import { startStretches } from '../../yield-to-event-loop.js';
import type { AllocatedBatch, Split } from '../batch.js';
import { type ExportPiece, NO_ENTRIES, PIECE_BYTES } from './pieces.js';
import { pinnedEntries } from './pinned-entries.js';
import type { EntryVersion } from './verdicts.js';

/**
 * The entries of a part of a batch as the API returns them, each on a line. What the entries say together is of no account, so
 * they are read once.
 * @throws what reading them does
 */
export async function* rawPieces(
  store: Pick<Store, 'read'>,
  org: string,
  batch: AllocatedBatch,
  split: Split,
  signal?: AbortSignal,
): AsyncGenerator<ExportPiece, void> {
  const stretches = startStretches();
  for await (const entries of pinnedEntries(store, org, batch)) {
    signal?.throwIfAborted();
    const rows: EntryVersion[] = [];
    const erased: string[] = [];
    let text = '';
    for (const { id, version, split: part, feedback } of entries) {
      if (part !== split) continue;
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      if (feedback === undefined) {
        erased.push(id);
        continue;
      }
      text += `${JSON.stringify(feedbackToWire(feedback))}\n`;
      rows.push({ id, version });
      if (text.length < PIECE_BYTES) continue;
      yield { ...NO_ENTRIES, bytes: Buffer.from(text) };
      text = '';
    }
    yield { ...NO_ENTRIES, bytes: Buffer.from(text), rows, entries: rows.length + erased.length, erased };
  }
}
