import { Command } from 'commander';
import { FIELDS } from '../../model/feedback-fields.js';
import { addClientOptions, ask } from '../client-options.js';
import type { Terminal } from '../terminal.js';
import { entryText } from './entry.js';
import { addFieldOption, fieldOption } from './fields.js';

export function submitCommand(terminal: Terminal): Command {
  const command = new Command('submit').description('submit a feedback entry');
  for (const field of FIELDS) addFieldOption(command, field, field.submitted);
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
Example:
  $ feedback-graph feedback submit --type negative \\
      --question "What is the default replication factor?" --answer "It is 1." \\
      --correction "It is 3 for production." --adapter themis_help_lora
  $ feedback-graph feedback submit --type positive --messages "$(cat conversation.json)" --tags search,rust`,
  );
  return command.action(async () => {
    const given = FIELDS.map((field) => {
      const text = fieldOption(command, field);
      if (text === undefined) return [field.rest, undefined] as const;
      const { parse, wire } = field.kind;
      const value: unknown = parse(text);
      // What cannot be read is left for the server to refuse.
      if (value === undefined) return [field.rest, text] as const;
      return [field.rest, wire === undefined ? value : wire.write(value)] as const;
    });
    const submission = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    await ask(
      command,
      terminal,
      (client) => client.rest('POST', '', submission),
      (answer) => entryText(answer, terminal.screen),
    );
  });
}
