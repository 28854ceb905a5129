/** `feedback-graph import`: submits the rows of a file. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { FILE_FORMATS } from '../maintenance/import/file-formats.js';
import type { AnyRecord, Records } from '../maintenance/import/records.js';
import type { RowOptions } from '../maintenance/import/row-values.js';
import { isSourceName, SOURCE_NAMES, type SourceName } from '../maintenance/import/source-names.js';
import { addServerOptions, readToken } from './client-options.js';
import { addRowOptions, rowOptions } from './import/options.js';
import { type ImportFlags, importInto, sourceLabel, type Run, tell } from './import/run.js';
import { refuseScale } from './import/scale.js';
import { ANY_STORE, naming, parseOrganization, STORE_FLAGS, withProgress, withStore } from './offline-store.js';
import { addOption, addSettingFlags, readConfig } from './options.js';
import { startPlugins } from './plugins.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';

/** Reasons that a dry run tells; an import writes all of them into a file. */
const MAX_TOLD_REASONS = 20;

export function importCommand(terminal: Terminal): Command {
  const command = new Command('import')
    .description(
      `import entries from a file (JSON Lines, a JSON list, CSV or Parquet) into ${ANY_STORE}, creating the store if necessary, or into a running server`,
    )
    .argument('<file>', "the file to read, or '-' for standard input")
    .option('--keep-status', 'keep the validation status and use of each entry instead of validating it again')
    .option('--dry-run', 'read, check and validate everything, and store nothing')
    .option('--json', 'print the summary as JSON');
  command.addOption(
    new Option(
      '--from <source>',
      'the system that wrote the file, or its format, where that is not recognized',
    ).choices([...SOURCE_NAMES, ...FILE_FORMATS]),
  );
  addRowOptions(command);
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
    new Option('--refused <file>', 'where rows that cannot be imported are listed (default: FILE.refused.jsonl)'),
  );
  addOption(
    command,
    new Option('--start-at <number>', 'the line or row to begin with, to continue where a run ended'),
    parseStart,
  );
  addServerOptions(command, 'a running server to import into instead of the store');
  addSettingFlags(command, STORE_FLAGS);
  return command.action((file: string) => importFile(command, terminal, file));
}

async function importFile(command: Command, terminal: Terminal, file: string): Promise<void> {
  const flags = command.opts<ImportFlags>();
  const rows = rowOptions(command);
  const { url, token, org, keepStatus } = flags;
  if (flags.refused !== undefined && resolve(flags.refused) === resolve(file)) {
    throw usage('--refused must name another file than the one to import');
  }
  if (url === undefined && token !== undefined) throw usage('--token needs --url');
  if (url !== undefined && org !== undefined)
    throw usage('--org needs a store; the token of --url says the organization');
  if (url !== undefined && keepStatus === true)
    throw usage('--keep-status needs a store; a server validates what it is sent');
  const { openSource } = await import('../maintenance/import/open-source.js');
  const { openRecords } = await import('../maintenance/import/open-records.js');
  const name = sourceLabel(file);
  // Before a store is opened.
  const source = await naming(name, openSource(file, terminal.input));
  try {
    const format = isSourceName(flags.from) ? undefined : flags.from;
    const opened = await naming(name, openRecords(source, format));
    try {
      const { name: from, records } = await naming(name, findSource(opened.records, flags, rows));
      if (from === undefined) await refuseScale(source, rows, format);
      const run = { file, source, records, unit: opened.unit, from, rows, flags };
      if (flags.dryRun === true) await checkRows(command, terminal, run);
      else if (flags.url !== undefined) await sendRows(command, terminal, run, flags.url);
      else await storeRows(command, terminal, run);
    } finally {
      await opened.records.return();
    }
  } finally {
    await source.close();
  }
}

/** Whose records they are: what is said, or else what they say themselves, unless their names are mapped. */
async function findSource(
  records: Records,
  { from }: ImportFlags,
  { mapping }: RowOptions,
): Promise<{ readonly name: SourceName | undefined; readonly records: Records }> {
  if (from !== undefined || mapping.size > 0) return { name: isSourceName(from) ? from : undefined, records };
  const { recognizeRecords } = await import('../maintenance/import/converters/index.js');
  return recognizeRecords(records);
}

async function storeRows(command: Command, terminal: Terminal, run: Run): Promise<void> {
  const { org, keepStatus = false } = run.flags;
  const [{ createStoreTarget }, { openRefusedFile }, { loadKeyedHash }, { createPluginHost, tellPlugins }] =
    await Promise.all([
      import('../maintenance/store-rows.js'),
      import('../maintenance/import/refused-file.js'),
      import('../audit/keyed-hash.js'),
      import('../feedback/plugin-host.js'),
    ]);
  const refused = refusedFile(run);
  const work = withStore(command, terminal, { use: 'import', create: true }, async (store, progress, config) => {
    const keyedHash = await loadKeyedHash(store);
    const validation = await startPlugins(config, createPluginHost(store, keyedHash), terminal);
    const services = {
      store,
      keyedHash,
      validate: validation.validate,
      stored: tellPlugins(validation.stored),
      entryLimits: config.entryLimits,
      now: () => store.now(),
      keepsVotes: config.revote === 'new',
    };
    const target = createStoreTarget(services, { organization: org, keepStatus });
    const list = openRefusedFile(refused, run.unit, (run.flags.startAt ?? 1) > 1);
    try {
      return await importInto(target, run, progress, list.write, config.entryLimits);
    } finally {
      await naming(refused, list.close());
      await validation.stop();
    }
  });
  tell(terminal, run, await naming(sourceLabel(run.file), work), `: see ${refused}`);
}

async function sendRows(command: Command, terminal: Terminal, run: Run, url: string): Promise<void> {
  const [{ createBatchClient }, { createServerTarget }, { openRefusedFile }] = await Promise.all([
    import('./import/batch-client.js'),
    import('./import/server-target.js'),
    import('../maintenance/import/refused-file.js'),
  ]);
  const target = createServerTarget(createBatchClient({ url, token: readToken(command, terminal) }));
  const refused = refusedFile(run);
  const list = openRefusedFile(refused, run.unit, (run.flags.startAt ?? 1) > 1);
  const work = withProgress(async (progress) => {
    try {
      return await importInto(target, run, progress, list.write);
    } finally {
      await naming(refused, list.close());
    }
  });
  tell(terminal, run, await work, `: see ${refused}`);
}

function refusedFile({ file, flags }: Run): string {
  return flags.refused ?? `${file === '-' ? 'import' : file}.refused.jsonl`;
}

async function checkRows(command: Command, terminal: Terminal, run: Run): Promise<void> {
  const { createDryRun } = await import('../maintenance/import/dry-run.js');
  const reasons: string[] = [];
  const config = readConfig(command, terminal);
  const validation = await startPlugins(config, EMPTY_HOST, terminal);
  const target = createDryRun(validation.validate, run.flags.org ?? 'default', config.entryLimits);
  const note = (record: AnyRecord, reason: string): Promise<void> => {
    if (reasons.length < MAX_TOLD_REASONS) reasons.push(`${run.unit} ${record.number}: ${reason}`);
    return Promise.resolve();
  };
  const work = withProgress((progress) => importInto(target, run, progress, note, config.entryLimits));
  try {
    const outcome = await naming(sourceLabel(run.file), work);
    for (const reason of reasons) terminal.error(`${reason}\n`);
    tell(terminal, run, outcome, '');
  } finally {
    await validation.stop();
  }
}

/** A store in which there is nothing. */
const EMPTY_HOST = {
  lookup: { ofAdapter: () => Promise.resolve([]), find: () => Promise.resolve([]) },
  hash: (organization: string, text: string) =>
    createHash('sha256')
      .update(JSON.stringify([organization, text]))
      .digest('base64url')
      .slice(0, 22),
};

function parseStart(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 on.');
  return Number(text);
}

function usage(message: string): CommandError {
  return new CommandError(message, EXIT.usage);
}
