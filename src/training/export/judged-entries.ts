/** The entries of a part of a batch with what all of the batch says of them. */
import type { Feedback } from '../../model/feedback.js';
import type { Store } from '../../store/contract.js';
import { type Stretches } from '../../yield-to-event-loop.js';
import type { Split } from '../batch.js';
import type { DropReason } from './drop-reasons.js';
import {
  type ExportFormat,
  formatPreference,
  type FormattedRow,
  formatRow,
  getTask,
  type RowShape,
  type System,
} from './formats.js';
import { type EntrySource, findPinned, type PinnedEntry } from './pinned-entries.js';
import { createVerdictCounter, type EntryVersion, type Verdicts } from './verdicts.js';

/** An entry with the other one of its pair, where it is the later of the two. */
export interface JudgedEntry extends PinnedEntry {
  readonly partner?: EntryVersion & { readonly feedback: Feedback };
}

/** What becomes of an entry: one row or several, nothing for a reason, or a part of the row of a later entry. */
export type Outcome = readonly FormattedRow[] | DropReason | 'paired';

export interface JudgedBatch {
  /** In the order of ids, some at a time. @throws what the source does */
  readonly entries: () => AsyncGenerator<readonly JudgedEntry[], void>;
  readonly outcomeOf: (
    entry: JudgedEntry,
    feedback: Feedback,
    format: ExportFormat,
    system: System,
    shape?: RowShape,
  ) => Outcome;
}

export interface JudgeOptions {
  readonly split: Split;
  /** Whether a good and a bad answer to the same question make a preference pair. */
  readonly pairSameQuestion: boolean;
  readonly stretches: Stretches;
  /** Ends it with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads all entries once to count what they say together, of both parts, and then again as {@link JudgedBatch.entries}.
 * @throws what the source does
 */
export async function judgeBatch(
  store: Pick<Store, 'read'>,
  org: string,
  source: EntrySource,
  { split, pairSameQuestion, stretches, signal }: JudgeOptions,
): Promise<JudgedBatch> {
  const counter = createVerdictCounter();
  for await (const entries of source()) {
    signal?.throwIfAborted();
    for (const entry of entries) {
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      if (entry.feedback !== undefined) counter.add(entry, entry.feedback);
    }
  }
  const verdicts = await counter.finish(pairSameQuestion, stretches);
  return {
    entries: async function* () {
      for await (const entries of source()) {
        signal?.throwIfAborted();
        yield await withPartners(
          store,
          org,
          entries.filter((entry) => entry.split === split),
          verdicts,
        );
      }
    },
    outcomeOf: (entry, feedback, format, system, shape) => {
      const task = getTask(format);
      const only = (row: FormattedRow | DropReason): Outcome => (typeof row === 'string' ? row : [row]);
      if (task === 'raw') return only(formatRow(format, feedback, system, shape));
      const reason = verdicts.dropReason(entry.id, task);
      if (reason !== undefined) return reason;
      if (task === 'dpo' && verdicts.isPaired(entry.id)) return 'paired';
      if (feedback.type === 'preference') {
        return formatPreference(format, feedback, verdicts.rejectedBy(entry.id), system, shape);
      }
      return only(formatRow(format, feedback, system, shape, entry.partner?.feedback));
    },
  };
}

async function withPartners(
  store: Pick<Store, 'read'>,
  org: string,
  entries: readonly PinnedEntry[],
  verdicts: Verdicts,
): Promise<readonly JudgedEntry[]> {
  const wanted = entries.map(({ id }) => verdicts.pairedWith(id));
  const named = wanted.filter((partner) => partner !== undefined);
  if (named.length === 0) return entries;
  const found = await store.read((reader) => findPinned(reader, org, named));
  return entries.map((entry, index) => {
    const partner = wanted[index];
    const feedback = partner && found.get(partner.id);
    return partner === undefined || feedback === undefined ? entry : { ...entry, partner: { ...partner, feedback } };
  });
}
