import { Command } from 'commander';
import { addClientOptions, ask } from '../client-options.js';
import type { Terminal } from '../terminal.js';
import { entryText } from './entry.js';

export function getCommand(terminal: Terminal): Command {
  const command = new Command('get').description('show one entry').argument('<id>', 'the id of the entry');
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
Example:
  $ feedback-graph feedback get feedback-0190163d-8694-739b-aea5-966c26f8ad91 --json`,
  );
  return command.action(async (id: string) => {
    await ask(
      command,
      terminal,
      (client) => client.rest('GET', `/${encodeURIComponent(id)}`),
      (answer) => entryText(answer, terminal.screen),
    );
  });
}
