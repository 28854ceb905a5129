/** `feedback-graph copy`: moves a store to another engine or another place. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { SettingError, storeLocation } from '../config/setting.js';
import type { StoreLocation } from '../store/engines.js';
import { count, withProgress } from './offline-store.js';
import { addOption } from './options.js';
import type { Terminal } from './terminal.js';

export function copyCommand(terminal: Terminal): Command {
  const command = new Command('copy').description(
    'copy a whole store into one that is empty or does not exist yet, of the same or another engine; a copy that was interrupted goes on',
  );
  addOption(command, new Option('--from <location>', 'the store to copy').makeOptionMandatory(), parseLocation);
  addOption(
    command,
    new Option('--to <location>', 'the store to fill, which nobody may use meanwhile').makeOptionMandatory(),
    parseLocation,
  );
  command.addHelpText(
    'after',
    `
Example:
  $ feedback-graph copy --from rocksdb:./data --to postgres://feedback@db.example.com/feedback`,
  );
  return command.action(async () => {
    const { from, to } = command.opts<{ readonly from: StoreLocation; readonly to: StoreLocation }>();
    const { copyStore } = await import('../maintenance/copy.js');
    const { keys, kinds } = await withProgress((progress) => copyStore(from, to, progress));
    terminal.out(
      `Copied ${count(keys, 'key', 'keys')}; the counts and hashes of ${count(kinds, 'kind', 'kinds')} of keys are the same\n`,
    );
  });
}

function parseLocation(text: string): StoreLocation {
  try {
    return storeLocation(text);
  } catch (error) {
    throw error instanceof SettingError ? new InvalidArgumentError(`It ${error.message}.`) : error;
  }
}
