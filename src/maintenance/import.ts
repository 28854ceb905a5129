/** Imports the records of a file, in batches, into whatever takes them: a store, or a server. */
import type { ValidationStatus } from '../model/facets.js';
import { BadRowError } from './import/bad-row.js';
import { type AnyRecord, type FileRecord, SourceError } from './import/records.js';
import type { Fate, Tally } from './import/tally.js';
import type { ImportRow } from './import-row.js';

/** How many rows, and characters of records, are taken together. */
const ROWS_AT_ONCE = 500;
const CHARACTERS_AT_ONCE = 4 * 1024 * 1024;

export interface NumberedRow {
  readonly record: FileRecord;
  readonly row: ImportRow;
}

/** What became of a row. An entry that is there may have problems, too: with a link, or with its use. */
export interface RowOutcome {
  readonly record: FileRecord;
  readonly fate: 'created' | 'updated' | 'unchanged' | 'erased' | 'refused';
  /** Of an entry that is new or changed. */
  readonly status?: ValidationStatus | undefined;
  readonly problems: readonly string[];
}

export interface ImportTarget {
  /** Takes rows in their order, at most `ROWS_AT_ONCE`; the outcomes come in any order. */
  readonly take: (rows: readonly NumberedRow[]) => Promise<readonly RowOutcome[]>;
}

export interface ImportWork {
  readonly records: AsyncIterable<AnyRecord>;
  /**
   * The entries in a record; none if it holds no judgement.
   * @throws {BadRowError}
   */
  readonly parse: (text: string) => readonly ImportRow[];
  readonly target: ImportTarget;
  readonly tally: Tally;
  /** Called for each record that was not imported in full, in the order of the file. */
  readonly refuse: (record: AnyRecord, reason: string) => Promise<void>;
}

/**
 * Imports records in the order in which they come; what is wrong with one is told, and the others are stored. Running it
 * again imports nothing twice, and finishes what a run before has left undone.
 * @throws {UnavailableError} if the store cannot be written, SourceError if the rest of the file cannot be read; what was
 * imported until then stays, and is in the tally.
 */
export async function importRecords({ records, parse, target, tally, refuse }: ImportWork): Promise<void> {
  let rows: NumberedRow[] = [];
  let others: Event[] = [];
  let characters = 0;

  async function finishBatch(): Promise<void> {
    const [batch, events] = [rows, others];
    rows = [];
    others = [];
    characters = 0;
    /** Of the first record of which it is not known what became of it: a run that goes on begins there. */
    let unknown = Infinity;
    try {
      for (let from = 0; from < batch.length; from += ROWS_AT_ONCE) {
        const taken = batch.slice(from, from + ROWS_AT_ONCE);
        unknown = taken[0]?.record.number ?? Infinity;
        events.push(...(await target.take(taken)).flatMap(toEvents));
      }
      unknown = Infinity;
    } finally {
      const known = events.filter(({ record }) => record.number < unknown);
      for (const { record, fate, reason } of known.sort((one, other) => one.record.number - other.record.number)) {
        tally.add(fate, record.number);
        if (reason !== undefined) await refuse(record, reason);
      }
    }
  }

  let failed: SourceError | undefined;
  try {
    for await (const record of records) {
      if (record.problem !== undefined) others.push({ record, fate: 'refused', reason: record.problem });
      else {
        try {
          const parsed = parse(record.text);
          if (parsed.length === 0) others.push({ record, fate: 'empty' });
          for (const row of parsed) rows.push({ record, row });
        } catch (error) {
          if (!(error instanceof BadRowError)) throw error;
          others.push({ record, fate: 'refused', reason: error.message });
        }
        characters += record.text.length;
      }
      if (rows.length + others.length >= ROWS_AT_ONCE || characters >= CHARACTERS_AT_ONCE) await finishBatch();
    }
  } catch (error) {
    // What was read before a file turned out to be damaged is imported.
    if (!(error instanceof SourceError)) throw error;
    failed = error;
  }
  await finishBatch();
  if (failed !== undefined) throw failed;
}

/** What is told of a record. */
interface Event {
  readonly record: AnyRecord;
  readonly fate: Fate;
  readonly reason?: string;
}

function toEvents(outcome: RowOutcome): Event[] {
  const { record, fate, problems } = outcome;
  return [
    ...(fate === 'refused' ? [] : [{ record, fate: toFate(outcome) }]),
    ...(problems.length === 0 ? [] : [{ record, fate: 'refused' as const, reason: problems.join('; ') }]),
  ];
}

function toFate({ fate, status }: RowOutcome): Fate {
  return fate === 'created' ? (status ?? 'approved') : fate;
}
