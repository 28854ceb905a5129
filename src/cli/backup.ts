/** `feedback-graph backup`: writes the store, or an organization on a running server, to one file. */
import { readFile, stat } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { trustedUrl } from '../config/setting.js';
import type { ProgressListener } from '../maintenance/progress.js';
import type { CheckedBackup } from '../maintenance/restore.js';
import { ANY_STORE, count, megabytes, naming, STORE_FLAGS, withProgress, withStore } from './offline-store.js';
import { addOption, addSettingFlags } from './options.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';

interface BackupFlags {
  readonly force?: boolean;
  readonly url?: string;
  readonly wholeStore?: boolean;
  readonly token?: string;
  readonly tokenFile?: string;
}

export function backupCommand(terminal: Terminal): Command {
  const command = new Command('backup')
    .description(`back up ${ANY_STORE}, or an organization on a running server, to one file`)
    .argument('<file>', 'the file to write')
    .option('--force', 'replace the file if it exists')
    .option('--whole-store', 'with --url, back up all organizations; needs a token with the role operator');
  addOption(command, new Option('--url <url>', 'a running server to back up instead of the store'), parseUrl);
  addOption(command, new Option('--token <token>', 'a token for that server with the role admin'));
  addOption(
    command,
    new Option('--token-file <path>', 'a file with that token, which hides it from other users of the machine'),
  );
  addSettingFlags(command, STORE_FLAGS);
  return command.action(async (file: string) => {
    const flags = command.opts<BackupFlags>();
    const { header, trailer } = await naming(file, backUp(command, terminal, file, flags));
    const { size } = await stat(file);
    const what = header.organization === undefined ? 'the whole store' : `the organization ${header.organization}`;
    terminal.out(`Backed up ${what} to ${file}: ${count(trailer.entries, 'key', 'keys')}, ${megabytes(size)}\n`);
  });
}

async function backUp(command: Command, terminal: Terminal, file: string, flags: BackupFlags): Promise<CheckedBackup> {
  const { url, force = false } = flags;
  const [{ writeAtomicFile }, { createBackup }, { decodeBackup }, { checkBackup }] = await Promise.all([
    import('../maintenance/atomic-file.js'),
    import('../maintenance/backup.js'),
    import('../maintenance/backup-format.js'),
    import('../maintenance/restore.js'),
  ]);

  /** Checks the bytes while writing them, so that a file that exists can be restored. */
  async function save(bytes: AsyncIterable<Uint8Array>, progress?: ProgressListener): Promise<CheckedBackup> {
    let checked: CheckedBackup | undefined;
    await writeAtomicFile(file, force, async (append) => {
      async function* written(): AsyncGenerator<Uint8Array, void> {
        for await (const piece of bytes) {
          await append(piece);
          yield piece;
        }
      }
      checked = await checkBackup(decodeBackup(written()), (part) => {
        if (part.kind === 'header') progress?.phase('Downloading', part.header.estimatedEntries);
        if (part.kind === 'entries') progress?.advance(part.entries.length);
      });
    });
    if (checked === undefined) throw new Error('A backup was written without an end');
    return checked;
  }

  if (url === undefined) {
    if (flags.token !== undefined || flags.tokenFile !== undefined) throw usage('--token and --token-file need --url');
    if (flags.wholeStore === true) throw usage('--whole-store needs --url; without it, the whole store is backed up');
    return withStore(command, terminal, { use: 'read' }, (store, progress) =>
      save(createBackup(store, { at: Date.now(), progress })),
    );
  }
  const token = await readToken(flags);
  return withProgress((progress) =>
    save(download(url, token, flags.wholeStore === true ? 'store-backup' : 'backup'), progress),
  );
}

async function readToken({ token, tokenFile }: BackupFlags): Promise<string> {
  if ((token === undefined) === (tokenFile === undefined)) {
    throw usage('--url needs either --token or --token-file');
  }
  if (tokenFile === undefined) return token ?? '';
  return (await naming(tokenFile, readFile(tokenFile, 'utf8'))).trim();
}

async function* download(
  url: string,
  token: string,
  route: 'backup' | 'store-backup',
): AsyncGenerator<Uint8Array, void> {
  const address = new URL(`api/v1/llm/admin/${route}`, url.endsWith('/') ? url : `${url}/`);
  let response: Response;
  try {
    response = await fetch(address, { headers: { authorization: `Bearer ${token}` }, redirect: 'error' });
  } catch (cause) {
    throw new CommandError(`Cannot reach the server at ${url}`, EXIT.failure, { cause });
  }
  if (!response.ok || response.body === null) {
    throw new CommandError(`The server refused the backup: ${await describeRefusal(response)}`, EXIT.failure);
  }
  try {
    yield* response.body;
  } catch (cause) {
    throw new CommandError('The connection broke before the end of the backup; try again', EXIT.failure, { cause });
  }
}

async function describeRefusal(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const details =
    typeof body === 'object' && body !== null && 'details' in body && typeof body.details === 'string'
      ? `: ${body.details}`
      : '';
  return `${response.status} ${response.statusText}${details}`;
}

function parseUrl(text: string): string {
  try {
    return trustedUrl(text);
  } catch (error) {
    throw new InvalidArgumentError(`It ${error instanceof Error ? error.message : 'is not a URL'}.`);
  }
}

function usage(message: string): CommandError {
  return new CommandError(message, EXIT.usage);
}
