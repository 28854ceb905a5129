import { Command, Option } from 'commander';
import { FEEDBACK_TYPES } from '../../model/facets.js';
import { omitNullish } from '../../omit-nullish.js';
import { addClientOptions, ask } from '../client-options.js';
import { addOption } from '../options.js';
import type { Terminal } from '../terminal.js';
import { entryText } from './entry.js';

interface SubmitFlags {
  readonly type: string;
  readonly question: string;
  readonly answer: string;
  readonly correction?: string;
  readonly comment?: string;
  readonly user?: string;
  readonly interaction?: string;
  readonly model?: string;
  readonly adapter?: string;
  readonly adapterVersion?: string;
  readonly externalId?: string;
}

export function submitCommand(terminal: Terminal): Command {
  const command = new Command('submit').description('submit one judgement of one answer');
  command.addOption(new Option('--type <type>', 'the judgement').choices(FEEDBACK_TYPES).makeOptionMandatory());
  addOption(command, new Option('--question <text>', 'the original question').makeOptionMandatory());
  addOption(command, new Option('--answer <text>', "the model's response").makeOptionMandatory());
  addOption(command, new Option('--correction <text>', 'the correct answer; for negative feedback'));
  addOption(command, new Option('--comment <text>', 'additional comment'));
  addOption(command, new Option('--user <id>', 'who gives the feedback'));
  addOption(command, new Option('--interaction <id>', 'reference to the interaction with the model'));
  addOption(command, new Option('--model <version>', 'the model version that answered'));
  addOption(command, new Option('--adapter <id>', 'the adapter that answered; linked automatically'));
  addOption(command, new Option('--adapter-version <version>', 'the version of that adapter'));
  addOption(command, new Option('--external-id <id>', 'an id of your own: once submitted, it is not stored again'));
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
Example:
  $ feedback-graph feedback submit --type negative \\
      --question "What is the default replication factor?" --answer "It is 1." \\
      --correction "It is 3 for production." --adapter themis_help_lora`,
  );
  return command.action(async () => {
    const flags = command.opts<SubmitFlags>();
    const submission = {
      type: flags.type,
      question: flags.question,
      answer: flags.answer,
      ...omitNullish({
        correction: flags.correction,
        comment: flags.comment,
        user_id: flags.user,
        interaction_id: flags.interaction,
        model_version: flags.model,
        adapter_id: flags.adapter,
        adapter_version: flags.adapterVersion,
        external_id: flags.externalId,
      }),
    };
    await ask(
      command,
      terminal,
      (client) => client.rest('POST', '', submission),
      (answer) => entryText(answer, terminal.screen),
    );
  });
}
