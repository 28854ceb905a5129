/** CSV with a header line: a record for each row, an object of texts by the names of its columns. */
import { CsvError, parse } from 'csv-parse';
import { type AnyRecord, MAX_RECORD_BYTES, type Pieces, type Records, SourceError } from './records.js';

/** What separates values: what the header line has most of. */
const DELIMITERS = [',', ';', '\t'] as const;

/**
 * @param head the beginning of the file, with its header line
 * @throws {SourceError} for a quote that is broken: where rows end behind it, nobody knows
 */
export async function* readCsv(pieces: Pieces, head: string): Records {
  let rows: AnyRecord[] = [];
  let line = 2;
  const parser = parse({
    bom: true,
    delimiter: detectDelimiter(head),
    columns: checkHeader,
    max_record_size: MAX_RECORD_BYTES,
    relax_column_count: true,
    skip_empty_lines: true,
    // A stream that fails forgets what it has not delivered yet.
    on_record: (record: unknown, { lines, error }: { readonly lines: number; readonly error?: CsvError }) => {
      const number = line;
      line = lines + 1;
      const problem = error === undefined ? undefined : 'The row has not as many values as the header line has names';
      rows.push(problem === undefined ? { number, text: JSON.stringify(record) } : { number, problem });
      return null;
    },
  });
  const done = new Promise<unknown>((resolve) => {
    parser.on('error', resolve).on('end', resolve).resume();
  });
  for await (const text of decoded(pieces)) {
    await new Promise<void>((resolve) => {
      parser.write(text, () => {
        resolve();
      });
    });
    const read = rows;
    rows = [];
    yield* read;
    if (parser.destroyed) break;
  }
  if (!parser.destroyed) parser.end();
  const failure = await done;
  yield* rows;
  if (failure instanceof CsvError) throw new SourceError(csvProblem(failure, line), { cause: failure });
  if (failure instanceof Error) throw failure;
}

/** @param line where the row begins that could not be read */
function csvProblem(error: CsvError, line: number): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `cannot be read from line ${line} on: a quote that opens in the row there is never closed`;
    case 'CSV_MAX_RECORD_SIZE':
      return `cannot be read from line ${line} on: the row there is longer than ${MAX_RECORD_BYTES / 1024 ** 2} MiB; is a quote not closed?`;
    default:
      return `cannot be read from line ${line} on: a quote in the row there is broken; within quotes, double it`;
  }
}

function checkHeader(names: readonly string[]): string[] {
  const trimmed = names.map((name) => name.trim());
  const twice = trimmed.find((name, index) => name !== '' && trimmed.indexOf(name) !== index);
  if (twice !== undefined) throw new SourceError(`has two columns named '${twice}'`);
  return trimmed;
}

function detectDelimiter(head: string): string {
  // What stands in quotes is part of a name.
  const header = (head.split('\n', 1)[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

async function* decoded(pieces: Pieces): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    for await (const piece of pieces) yield decoder.decode(piece, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new SourceError('is not UTF-8; save it as UTF-8', { cause: error });
  }
}
