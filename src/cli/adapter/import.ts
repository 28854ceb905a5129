import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Command, Option } from 'commander';
import { frontMatter, MAX_CARD_BYTES } from '../../adapters/import/model-card.js';
import { MAX_CONFIG_BYTES } from '../../adapters/import/peft-config.js';
import { omitNullish } from '../../omit-nullish.js';
import { addClientOptions, ask } from '../client-options.js';
import { type JsonObject, objectIn, objectsIn, textIn } from '../client.js';
import { addOption } from '../options.js';
import { properties } from '../table.js';
import { CommandError, EXIT, type Terminal } from '../terminal.js';
import { METHOD_FIELDS, methodRows } from './method.js';

const MUTATION = `mutation ($input: ImportAdapterInput!) {
  importAdapter(input: $input) {
    notes
    adapter {
      id
      version
      baseModel
      ${METHOD_FIELDS}
      derivedFrom { edges { relation revision node { id } } }
    }
  }
}`;

const CONFIG = 'adapter_config.json';
const CARD = 'README.md';

interface ImportFlags {
  readonly id?: string;
  readonly adapterVersion?: string;
  readonly baseModel?: string;
}

export function importAdapterCommand(terminal: Terminal): Command {
  const command = new Command('import')
    .description('register an adapter from the files that its training wrote')
    .argument('<path>', `the directory of the adapter, with ${CONFIG} or ${CARD}, or one of these files`);
  addOption(command, new Option('--id <id>', 'the id of the adapter (default: the name of its directory)'));
  addOption(command, new Option('--adapter-version <version>', 'the version of the adapter'));
  addOption(command, new Option('--base-model <id>', 'the id of the base model, if the files name it by a path'));
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
The command reads base_model_name_or_path, revision, peft_type, r, lora_alpha and target_modules from
${CONFIG}, and base_model, base_model_relation and datasets from the front matter of ${CARD}. If the
base model is a path, its last part is used. Needs a token with the role 'trainer'.

Example:
  $ feedback-graph adapter import ./out/themis_help_lora_v3 --adapter-version v3.0`,
  );
  return command.action(async (path: string) => {
    const flags = command.opts<ImportFlags>();
    const { directory, adapterConfig, modelCard } = await readFiles(path);
    const input = {
      id: flags.id ?? directory,
      ...omitNullish({ version: flags.adapterVersion, baseModel: flags.baseModel, adapterConfig, modelCard }),
    };
    await ask(
      command,
      terminal,
      async (client) => {
        const imported = objectIn(await client.graphql(MUTATION, { input }), 'importAdapter');
        for (const note of readNotes(imported)) terminal.error(`${note}.\n`);
        return imported;
      },
      (imported) => properties(toRows(objectIn(imported, 'adapter')), terminal.screen),
    );
  });
}

interface FoundFiles {
  /** The name of the directory that contains them. */
  readonly directory: string;
  readonly adapterConfig: string | undefined;
  /** The front matter only: the server reads nothing else of a card, and cards can be long. */
  readonly modelCard: string | undefined;
}

/** @throws {CommandError} if neither file exists, or one exceeds its maximum size. */
async function readFiles(path: string): Promise<FoundFiles> {
  const place = await orNone(realpath(path));
  if (place === undefined) throw new CommandError(`There is no file or directory '${path}'`, EXIT.usage);
  const isDirectory = (await stat(place)).isDirectory();
  const directory = basename(isDirectory ? place : dirname(place));
  const isConfig = !isDirectory && place.endsWith('.json');
  const config = isDirectory ? await readText(join(place, CONFIG), MAX_CONFIG_BYTES) : undefined;
  const card = isDirectory ? await readText(join(place, CARD), MAX_CARD_BYTES) : undefined;
  const single = isDirectory ? undefined : await readText(place, isConfig ? MAX_CONFIG_BYTES : MAX_CARD_BYTES);
  const adapterConfig = config ?? (isConfig ? single : undefined);
  const whole = card ?? (isConfig ? undefined : single);
  if (adapterConfig === undefined && whole === undefined) {
    throw new CommandError(`There is neither ${CONFIG} nor ${CARD} in '${path}'`, EXIT.usage);
  }
  const inFront = whole === undefined ? undefined : frontMatter(whole);
  if (adapterConfig === undefined && inFront === undefined) {
    throw new CommandError(`The model card '${path}' has no YAML front matter`, EXIT.usage);
  }
  return { directory, adapterConfig, modelCard: inFront === undefined ? undefined : `---\n${inFront}---\n` };
}

async function readText(path: string, most: number): Promise<string | undefined> {
  const found = await orNone(stat(path));
  if (found === undefined || !found.isFile()) return undefined;
  if (found.size > most) throw new CommandError(`'${path}' is larger than ${most} bytes`, EXIT.usage);
  return readFile(path, 'utf8');
}

/** @returns `undefined` where there is no such file. */
async function orNone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function readNotes(imported: JsonObject): string[] {
  const notes = imported['notes'];
  return Array.isArray(notes) ? notes.map(String) : [];
}

function toRows(adapter: JsonObject): (readonly [string, string])[] {
  const parents = objectsIn(objectIn(adapter, 'derivedFrom'), 'edges').map((edge) => {
    const how = [textIn(edge, 'relation').toLowerCase(), textIn(edge, 'revision')].filter((part) => part !== '');
    const id = textIn(objectIn(edge, 'node'), 'id');
    return how.length === 0 ? id : `${id} (${how.join(', ')})`;
  });
  const rows: (readonly [string, string])[] = [
    ['id', textIn(adapter, 'id')],
    ['version', textIn(adapter, 'version')],
    ['base model', textIn(adapter, 'baseModel')],
    ['derived from', parents.join(', ')],
    ...methodRows(adapter),
  ];
  return rows.filter(([, text]) => text !== '');
}
