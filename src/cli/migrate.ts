/** `feedback-graph migrate`: creates the tables of a store in PostgreSQL, or brings them up to date. */
import { Command } from 'commander';
import type { MigratedStore } from '../store/engines.js';
import { STORE_FLAGS } from './offline-store.js';
import { addSettingFlags, readConfig } from './options.js';
import type { Terminal } from './terminal.js';

export function migrateCommand(terminal: Terminal): Command {
  const command = new Command('migrate')
    .description('create the tables of a store in PostgreSQL, or bring those of an earlier release up to date')
    .option('--check', 'change nothing; exit with 1 if there is something to do');
  addSettingFlags(command, STORE_FLAGS);
  return command.action(async () => {
    const { check = false } = command.opts<{ readonly check?: boolean }>();
    const { store } = readConfig(command, terminal);
    const { engineOf } = await import('../store/engines.js');
    const { migrate } = engineOf(store);
    terminal.out(
      migrate === undefined
        ? 'Nothing to do: a store on RocksDB has no tables, and the server creates it\n'
        : `${describeOutcome(await migrate(store.path, { check }))}\n`,
    );
  });
}

function describeOutcome({ where, version, previous }: MigratedStore): string {
  if (previous === undefined) return `Created the tables of the store ${where}, version ${version}`;
  if (previous === version) return `Nothing to do: the tables of the store ${where} are of version ${version}`;
  return `Migrated the tables of the store ${where} from version ${previous} to version ${version}`;
}
