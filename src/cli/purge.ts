/** `feedback-graph purge`: takes out of the files of a store what was erased. */
import { Command } from 'commander';
import type { EngineDefinition } from '../store/engines.js';
import { ANY_STORE, count, megabytes, STORE_FLAGS, withStore } from './offline-store.js';
import { addSettingFlags, readConfig } from './options.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';

export function purgeCommand(terminal: Terminal): Command {
  const command = new Command('purge')
    .description(`rewrite the files of ${ANY_STORE}, so that they no longer hold what was erased or replaced`)
    .option('--force', 'do so although servers use the store, which then wait until it is done');
  addSettingFlags(command, STORE_FLAGS);
  return command.action(async () => {
    const { force = false } = command.opts<{ readonly force?: boolean }>();
    const { store: location } = readConfig(command, terminal);
    const [{ purgeEverything }, { engineOf }] = await Promise.all([
      import('../feedback/purge.js'),
      import('../store/engines.js'),
    ]);
    const engine = engineOf(location);
    const finished = await withStore(command, terminal, { use: 'change' }, async (store, progress) => {
      await warn(terminal, engine, location.path, force);
      return purgeEverything(store, async () => {
        await engine.rewrite?.(location.path, {
          onPart: (label, total) => progress.phase(label, total),
          onProgress: (steps) => progress.advance(steps),
        });
      });
    });
    const note = finished === 0 ? '' : `; finished ${count(finished, 'erasure', 'erasures')} that had been interrupted`;
    terminal.out(`Rewrote the files of the store${note}\n`);
  });
}

/** Says what it costs. @throws CommandError if servers would have to wait, unless that is wanted */
async function warn(
  terminal: Terminal,
  { describeUse }: EngineDefinition,
  path: string,
  force: boolean,
): Promise<void> {
  if (describeUse === undefined) return;
  const { servers, bytes } = await describeUse(path);
  const cost = `the tables (${megabytes(bytes)} with their indexes) are rewritten, which takes as much free disk space, and nobody can read or write them meanwhile`;
  if (servers > 0 && !force) {
    throw new CommandError(
      `${count(servers, 'server uses', 'servers use')} the store: ${cost}; stop ${servers === 1 ? 'it' : 'them'} first, or use --force`,
      EXIT.failure,
    );
  }
  terminal.error(`warning: ${cost}\n`);
}
