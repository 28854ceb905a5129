/** Refuses to take a scale for a verdict. */
import type { FileFormat } from '../../maintenance/import/file-formats.js';
import type { OpenedSource } from '../../maintenance/import/open-source.js';
import type { RowOptions } from '../../maintenance/import/row-values.js';
import { CommandError, EXIT } from '../terminal.js';

/** @throws {CommandError} if the verdicts in a file that can be read twice are a scale */
export async function refuseScale(
  source: OpenedSource,
  rows: RowOptions,
  format: FileFormat | undefined,
): Promise<void> {
  if (!source.isRepeatable || isDecided(rows)) return;
  const [{ openRecords }, { findScale }, { valueAt }] = await Promise.all([
    import('../../maintenance/import/open-records.js'),
    import('../../maintenance/import/scale.js'),
    import('../../maintenance/import/record-object.js'),
  ]);
  const column = rows.mapping.get('type') ?? 'type';
  try {
    const { records } = await openRecords(source, format);
    const scale = await findScale(records, (record) => valueAt(record, column));
    if (scale !== undefined) throw scaleError(column, scale);
  } catch (error) {
    // The import itself says what is wrong with the file.
    if (!(error instanceof Error && error.name === 'SourceError')) throw error;
  }
}

/** The same for what can be read once: the rows before the one that shows it are imported by then. */
export async function scaleWatch(rows: RowOptions): Promise<((text: string) => void) | undefined> {
  if (isDecided(rows)) return undefined;
  const [{ createScaleDetector }, { valueAt }, { parseRecord }] = await Promise.all([
    import('../../maintenance/import/scale.js'),
    import('../../maintenance/import/record-object.js'),
    import('../../maintenance/import-row.js'),
  ]);
  const column = rows.mapping.get('type') ?? 'type';
  const detector = createScaleDetector();
  return (text) => {
    const scale = detector.add(valueAt(parseRecord(text), column));
    if (scale !== undefined) throw scaleError(column, scale);
  };
}

/** Whether the command says what the verdict is, so that the column of the file does not have to be one. */
function isDecided({ constants, rules }: RowOptions): boolean {
  return constants.has('type') || rules !== undefined;
}

function scaleError(column: string, values: readonly number[]): CommandError {
  return new CommandError(
    `'${column}' is a scale (values: ${values.join(', ')}), not a verdict: say which values are good and which are bad, for example with --positive-when '${column}>=4' --negative-when '${column}<=2'`,
    EXIT.failure,
  );
}
