/** `feedback-graph export`: writes the feedback of a store as JSON Lines. */
import { Command, Option } from 'commander';
import { ANY_STORE, count, naming, parseOrganization, STORE_FLAGS, withStore } from './offline-store.js';
import { addOption, addSettingFlags } from './options.js';
import type { Terminal } from './terminal.js';

export function exportCommand(terminal: Terminal): Command {
  const command = new Command('export')
    .description(`export the feedback entries of ${ANY_STORE} as JSON Lines`)
    .argument('<file>', 'the file to write')
    .option('--force', 'replace the file if it exists');
  addOption(
    command,
    new Option('--org <organization>', 'export only the entries of this organization'),
    parseOrganization,
  );
  addSettingFlags(command, STORE_FLAGS);
  return command.action(async (file: string) => {
    const { org, force = false } = command.opts<{ readonly org?: string; readonly force?: boolean }>();
    const { exportRows } = await import('../maintenance/export.js');
    const { writeAtomicFile } = await import('../maintenance/atomic-file.js');
    let rows = 0;
    await naming(
      file,
      withStore(command, terminal, { use: 'read' }, (store, progress) =>
        writeAtomicFile(file, force, async (append) => {
          for await (const piece of exportRows(store, org, progress)) {
            await append(Buffer.from(piece.lines));
            rows += piece.count;
          }
        }),
      ),
    );
    terminal.out(`Exported ${count(rows, 'entry', 'entries')} to ${file}\n`);
  });
}
