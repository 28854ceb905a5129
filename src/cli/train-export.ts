/** `feedback-graph train-export`: exports a training batch from a store. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { isJsonObject } from '../is-json-object.js';
import { omitNullish } from '../omit-nullish.js';
import { MAX_TRAINING_BATCH_ID, type Split } from '../training/batch.js';
import { type FileType, FILE_TYPES } from '../training/export/dataset-info.js';
import { EXPORT_FORMATS, type ExportFormat } from '../training/export/formats.js';
import { ANY_STORE, count, naming, parseOrganization, STORE_FLAGS, withStore } from './offline-store.js';
import { addOption, addSettingFlags } from './options.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';

interface TrainExportFlags {
  readonly batch: number;
  readonly format: ExportFormat;
  readonly out: string;
  readonly split: Split;
  readonly fileType: FileType;
  readonly pairSameQuestion: boolean;
  readonly system?: string;
  readonly org: string;
  readonly force?: boolean;
}

export function trainExportCommand(terminal: Terminal): Command {
  const command = new Command('train-export')
    .description(`export a training batch from ${ANY_STORE}, in a format that trainers load`)
    .option('--force', 'replace the files if they exist');
  const option = (flags: string, description: string): Option => new Option(flags, description);
  addOption(command, option('--batch <number>', 'the number of the training batch').makeOptionMandatory(), parseNumber);
  command.addOption(
    option('--format <format>', 'the format of the rows').choices(EXPORT_FORMATS).makeOptionMandatory(),
  );
  addOption(
    command,
    option('--out <file>', 'the file to write; its manifest is written next to it').makeOptionMandatory(),
  );
  command.addOption(
    option('--split <split>', 'the part of the batch to export').choices(['train', 'holdout']).default('train'),
  );
  command.addOption(option('--file-type <type>', 'the type of the file').choices(FILE_TYPES).default('jsonl'));
  command.option(
    '--no-pair-same-question',
    'make no preference pair of a positive and a negative entry about the same question',
  );
  addOption(command, option('--system <text>', 'a system prompt for every row'));
  addOption(command, option('--org <organization>', 'the organization').default('default'), parseOrganization);
  addSettingFlags(command, STORE_FLAGS);
  command.addHelpText(
    'after',
    `
Example:
  $ feedback-graph train-export --batch 1 --format trl-dpo --out train.jsonl`,
  );
  return command.action(async () => {
    const {
      batch: number,
      format,
      out,
      split,
      fileType,
      pairSameQuestion,
      system,
      org,
      force = false,
    } = command.opts<TrainExportFlags>();
    const { checkExport, exportPieces, findExportable } = await import('../training/export/export.js');
    const { createManifestBuilder } = await import('../training/export/manifest.js');
    const { markExported } = await import('../training/work.js');
    const { writeAtomicFile } = await import('../maintenance/atomic-file.js');
    const manifest = await naming(
      out,
      withStore(command, terminal, { use: 'change' }, async (store, progress, { exportSimilarity: similarity }) => {
        const file = basename(out);
        const options = { format, split, fileType, similarity, pairSameQuestion, file };
        const request = { number, ...options, ...omitNullish({ system }) };
        checkExport(request);
        const { batch } = await findExportable(store, org, number, store.now());
        const services = { store, now: () => store.now() };
        await markExported(services, { sub: 'feedback-graph', org, requestId: 'train-export' }, number);
        const heldOut = batch.claimed.holdout;
        progress.phase('Exporting', split === 'holdout' ? heldOut : batch.feedbackCount - heldOut);
        const builder = createManifestBuilder(batch, request);
        await writeAtomicFile(out, force, async (append) => {
          for await (const piece of exportPieces(store, org, batch, request)) {
            builder.add(piece);
            await append(piece.bytes);
            progress.advance(piece.entries);
          }
        });
        return builder.end();
      }),
    );
    const text = (value: object) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
    const beside = `${out}.manifest.json`;
    await naming(
      beside,
      writeAtomicFile(beside, force, (append) => append(text(manifest))),
    );
    if (manifest.dataset_info !== undefined) {
      const info = join(dirname(out), 'dataset_info.json');
      const all = { ...(await datasetsIn(info)), ...manifest.dataset_info };
      await naming(
        info,
        writeAtomicFile(info, true, (append) => append(text(all))),
      );
    }
    const { rows, erased, exact_duplicates: exact, near_duplicates: near, dropped } = manifest.counts;
    const left = Object.values(dropped).reduce((sum, each) => sum + each, 0);
    terminal.out(
      `Exported ${count(rows, 'row', 'rows')} to ${out} (SHA-256 ${manifest.sha256})\n` +
        `Left out: ${left} that do not fit ${format}, ${exact + near} duplicates, ${erased} erased\n`,
    );
  });
}

function parseNumber(text: string): number {
  const number = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > MAX_TRAINING_BATCH_ID) {
    throw new InvalidArgumentError(`It must be an integer from 1 to ${MAX_TRAINING_BATCH_ID}.`);
  }
  return number;
}

/** The other datasets that LLaMA-Factory knows in the same directory. */
async function datasetsIn(path: string): Promise<object> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return {};
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Reported below.
  }
  throw new CommandError(
    `${path} exists and does not hold a JSON object; the dataset was not added to it`,
    EXIT.failure,
  );
}
