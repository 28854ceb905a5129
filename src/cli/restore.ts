/** `feedback-graph restore`: fills an empty store from the file of a backup. */
import { Command } from 'commander';
import { count, naming, STORE_FLAGS, withProgress } from './offline-store.js';
import { addSettingFlags, readConfig } from './options.js';
import type { Terminal } from './terminal.js';

export function restoreCommand(terminal: Terminal): Command {
  const command = new Command('restore')
    .description('check a backup and restore it into a store that is empty or does not exist yet, and that nobody uses')
    .argument('<file>', 'the backup file');
  addSettingFlags(command, STORE_FLAGS);
  return command.action(async (file: string) => {
    const config = readConfig(command, terminal);
    const { restoreBackup } = await import('../maintenance/restore.js');
    const { header, trailer } = await naming(
      file,
      withProgress((progress) => restoreBackup(file, config.store, progress)),
    );
    const what = header.organization === undefined ? 'the whole store' : `the organization ${header.organization}`;
    const when = new Date(header.createdAt).toISOString();
    terminal.out(`Restored ${what} as of ${when} from ${file}: ${count(trailer.entries, 'key', 'keys')}\n`);
  });
}
