/** One import, wherever its rows go. */
import type { FileFormat } from '../../maintenance/import/file-formats.js';
import type { OpenedSource } from '../../maintenance/import/open-source.js';
import type { AnyRecord, Records } from '../../maintenance/import/records.js';
import type { RowOptions } from '../../maintenance/import/row-values.js';
import type { SourceName } from '../../maintenance/import/source-names.js';
import type { Summary } from '../../maintenance/import/tally.js';
import type { ImportTarget } from '../../maintenance/import.js';
import type { ProgressListener } from '../../maintenance/progress.js';
import type { EntryLimits } from '../../model/input.js';
import { count } from '../offline-store.js';
import { CommandError, EXIT, type Terminal } from '../terminal.js';
import { scaleWatch } from './scale.js';
import { createdEntries, summaryText } from './summary.js';

export interface ImportFlags {
  readonly from?: FileFormat | SourceName;
  readonly org?: string;
  readonly keepStatus?: boolean;
  readonly dryRun?: boolean;
  readonly refused?: string;
  readonly json?: boolean;
  readonly startAt?: number;
  readonly url?: string;
  readonly token?: string;
}

/** An import, ready to begin. */
export interface Run {
  readonly file: string;
  readonly source: OpenedSource;
  readonly records: AsyncIterable<AnyRecord>;
  readonly unit: 'line' | 'row';
  /** Whose rows they are; undefined for rows in our own names. */
  readonly from: SourceName | undefined;
  readonly rows: RowOptions;
  readonly flags: ImportFlags;
}

export interface Outcome {
  readonly summary: Summary;
  /** Why it ended before the end of the file. */
  readonly error?: Error;
  /** Where the rows begin of which it is not known what became of them, if it ended early. */
  readonly unfinished?: number | undefined;
}

/** @param limits of an entry, where they are known already */
export async function importInto(
  target: ImportTarget,
  { source, records, from, rows, flags }: Run,
  progress: ProgressListener,
  refuse: (record: AnyRecord, reason: string) => Promise<void>,
  limits?: EntryLimits,
): Promise<Outcome> {
  const [{ importRecords }, { parseRows }, { createTally }, converter] = await Promise.all([
    import('../../maintenance/import.js'),
    import('../../maintenance/import-row.js'),
    import('../../maintenance/import/tally.js'),
    from && import('../../maintenance/import/converters/index.js').then(({ CONVERTERS }) => CONVERTERS[from]),
  ]);
  const tally = createTally();
  const watch = source.isRepeatable || from !== undefined ? undefined : await scaleWatch(rows);
  progress.phase(`${flags.dryRun === true ? 'Checking' : 'Importing'}, bytes`, source.bytes);
  source.report(progress);
  const parse = (text: string) => {
    watch?.(text);
    return parseRows(text, { ...rows, converter, limits }, Date.now());
  };
  let unfinished: number | undefined;
  const watched: ImportTarget = {
    take: async (taken) => {
      unfinished = taken[0]?.record.number;
      const outcomes = await target.take(taken);
      unfinished = undefined;
      return outcomes;
    },
  };
  try {
    const from = startingAt(records, flags.startAt ?? 1);
    await importRecords({ records: from, parse, target: watched, tally, refuse });
    return { summary: tally.summary() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { summary: tally.summary(), error, unfinished };
  }
}

async function* startingAt(records: AsyncIterable<AnyRecord>, first: number): Records {
  for await (const record of records) if (record.number >= first) yield record;
}

/** Prints the summary. @throws {CommandError} if not all rows were taken, and why it ended early if it did */
export function tell(
  terminal: Terminal,
  { unit, from, flags, file }: Run,
  { summary, error, unfinished }: Outcome,
  where: string,
): void {
  if (error === undefined || createdEntries(summary) + summary.updated.count > 0) {
    const isDryRun = flags.dryRun === true;
    terminal.out(
      flags.json === true
        ? `${JSON.stringify(summary, null, 2)}\n`
        : summaryText(summary, { unit, isDryRun, source: from }),
    );
  }
  if (error?.name === 'SourceError') {
    throw new CommandError(`${sourceLabel(file)} ${error.message}`, EXIT.failure, { cause: error });
  }
  if (error instanceof CommandError && unfinished !== undefined) {
    const again = `It stopped at ${unit} ${unfinished}: run it again, or continue with --start-at ${unfinished}`;
    throw new CommandError(`${error.message}. ${again}`, error.exitCode, { cause: error });
  }
  if (error !== undefined) throw error;
  const { count: refused } = summary.refused;
  if (refused > 0) throw new CommandError(`${count(refused, 'row was', 'rows were')} refused${where}`, EXIT.failure);
}

/** Standard input, as people call it. */
export function sourceLabel(file: string): string {
  return file === '-' ? 'standard input' : file;
}
