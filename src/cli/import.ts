/** `feedback-graph import`: submits the rows of a file. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../config/config.js';
import { type FieldMapping, IMPORT_FIELDS, isImportField } from '../maintenance/import-fields.js';
import type { ImportSummary } from '../maintenance/import.js';
import { FILE_FORMATS, type FileFormat } from '../maintenance/import/file-formats.js';
import type { ProgressListener } from '../maintenance/progress.js';
import type { Store } from '../store/contract.js';
import { count, naming, parseOrganization, STORE_FLAGS, withStore } from './offline-store.js';
import { addOption, addSettingFlags } from './options.js';
import { startPlugins } from './plugins.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';

interface ImportFlags {
  readonly from?: FileFormat;
  readonly org?: string;
  readonly map?: FieldMapping;
  readonly keepStatus?: boolean;
}

/** Standard input, as people call it. */
const nameOf = (file: string): string => (file === '-' ? 'standard input' : file);

export function importCommand(terminal: Terminal): Command {
  const command = new Command('import')
    .description(
      'import entries from a file into a store that no server has open, creating the store if necessary: JSON Lines, a JSON list, CSV or Parquet, also packed with gzip',
    )
    .argument(
      '<file>',
      "the file to read, or '-' for standard input; rows that cannot be imported are listed in FILE.rejected.jsonl",
    )
    .option('--keep-status', 'keep the validation status and use of each entry instead of validating it again');
  command.addOption(
    new Option('--from <format>', 'what the file is, where that is not recognized').choices(FILE_FORMATS),
  );
  addOption(
    command,
    new Option(
      '--org <organization>',
      "the organization of all entries (default: the one that each entry names, else 'default')",
    ),
    parseOrganization,
  );
  addOption(
    command,
    new Option('--map <fields>', 'the names of the fields in the file, such as prompt=question,response=answer'),
    parseMapping,
  );
  addSettingFlags(command, STORE_FLAGS);
  return command.action(async (file: string) => {
    const rejectedFile = `${file === '-' ? 'import' : file}.rejected.jsonl`;
    const summary = await naming(nameOf(file), importFile(command, terminal, file, rejectedFile));
    const { imported, known, erased, rejected } = summary;
    const parts = [`Imported ${count(imported, 'entry', 'entries')}`];
    if (known > 0) parts.push(`${count(known, 'entry', 'entries')} already in the store`);
    if (erased > 0) parts.push(`${count(erased, 'entry', 'entries')} erased before`);
    terminal.out(`${parts.join(', ')}\n`);
    if (rejected > 0) {
      const rows = count(rejected, 'row', 'rows');
      throw new CommandError(`${rows} could not be imported in full: see ${rejectedFile}`, EXIT.failure);
    }
  });
}

async function importFile(
  command: Command,
  terminal: Terminal,
  file: string,
  rejectedFile: string,
): Promise<ImportSummary> {
  const { from, org, map = new Map(), keepStatus = false } = command.opts<ImportFlags>();
  const [
    { importRows },
    { openSource },
    { openRecords },
    { openRejects },
    { loadKeyedHash },
    { createPluginHost },
  ] = await Promise.all([
    import('../maintenance/import.js'),
    import('../maintenance/import/open-source.js'),
    import('../maintenance/import/open-records.js'),
    import('../maintenance/rejects.js'),
    import('../audit/keyed-hash.js'),
    import('../feedback/plugin-host.js'),
  ]);
  // Before a store is opened.
  const source = await openSource(file, terminal.input);
  try {
    const { records, unit } = await openRecords(source, from);
    const work = async (store: Store, progress: ProgressListener, config: Config): Promise<ImportSummary> => {
      const keyedHash = await loadKeyedHash(store);
      const validation = await startPlugins(config, createPluginHost(store, keyedHash), terminal);
      const { validate, stored } = validation;
      const services = { store, keyedHash, validate, stored, now: Date.now };
      progress.phase('Importing, bytes', source.bytes);
      source.report(progress);
      const rejects = openRejects(rejectedFile, unit);
      try {
        return await importRows(
          services,
          records,
          { mapping: map, keepStatus, ...(org !== undefined && { organization: org }) },
          rejects.reject,
        );
      } finally {
        await naming(rejectedFile, rejects.close());
        await validation.stop();
      }
    };
    return await withStore(command, terminal, work, true);
  } finally {
    await source.close();
  }
}

function parseMapping(text: string): FieldMapping {
  return new Map(
    text.split(',').map((pair) => {
      const equals = pair.lastIndexOf('=');
      const theirs = pair.slice(0, equals).trim();
      const ours = pair.slice(equals + 1).trim();
      if (equals < 0 || theirs === '' || !isImportField(ours)) {
        throw new InvalidArgumentError(
          `It must be a list of pairs like prompt=question,response=answer: a name in the file, and one of ${IMPORT_FIELDS.join(', ')}.`,
        );
      }
      return [ours, theirs] as const;
    }),
  );
}
