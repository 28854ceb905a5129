import { Command, Option } from 'commander';
import { addClientOptions, ask } from '../client-options.js';
import { textIn } from '../client.js';
import { addOption } from '../options.js';
import { properties } from '../table.js';
import { CommandError, EXIT, type Terminal } from '../terminal.js';

interface Flags {
  readonly user?: string;
  readonly sub?: string;
}

export function eraseUserCommand(terminal: Terminal): Command {
  const command = new Command('erase-user').description(
    'permanently erase all entries of a person, and the name wherever it says who acted',
  );
  addOption(command, new Option('--user <id>', 'the user, as entries name them in user_id'));
  addOption(command, new Option('--sub <sub>', 'the user, as tokens name them in sub'));
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
Example:
  $ feedback-graph feedback erase-user --user user_12345`,
  );
  return command.action(async () => {
    const { user, sub } = command.opts<Flags>();
    if ((user === undefined) === (sub === undefined)) {
      throw new CommandError('Pass either --user or --sub', EXIT.usage);
    }
    const query = new URLSearchParams(user === undefined ? { sub: sub ?? '' } : { user_id: user });
    await ask(
      command,
      terminal,
      (client) => client.rest('DELETE', `?${query.toString()}`),
      (erased) =>
        properties(
          [
            ['entries erased', textIn(erased, 'erased')],
            ['training batches that learned from them', textIn(erased, 'training_batches')],
            ['adapters that learned from them', textIn(erased, 'adapters')],
          ],
          terminal.screen,
        ),
    );
  });
}
