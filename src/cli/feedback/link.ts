import { Command, InvalidArgumentError, Option } from 'commander';
import { isJsonObject } from '../../is-json-object.js';
import { omitNullish } from '../../omit-nullish.js';
import { addClientOptions, ask } from '../client-options.js';
import { type JsonObject, textIn, timeIn } from '../client.js';
import { addOption } from '../options.js';
import { properties } from '../table.js';
import type { Terminal } from '../terminal.js';

export function linkCommand(terminal: Terminal): Command {
  const command = new Command('link')
    .description('link an entry to an adapter; linking again replaces the metadata')
    .argument('<id>', 'the id of the entry')
    .argument('<adapter>', 'the id of the adapter; an unknown adapter is created');
  addOption(
    command,
    new Option('--metadata <json>', 'a JSON object of up to 4 KiB to store with the link'),
    parseObject,
  );
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
Example:
  $ feedback-graph feedback link feedback-0190163d-8694-739b-aea5-966c26f8ad91 themis_help_lora_v2 \\
      --metadata '{"confidence": 0.95}'`,
  );
  return command.action(async (id: string, adapter: string) => {
    const { metadata } = command.opts<{ readonly metadata?: JsonObject }>();
    await ask(
      command,
      terminal,
      (client) =>
        client.rest('POST', `/${encodeURIComponent(id)}/link`, { adapter_id: adapter, ...omitNullish({ metadata }) }),
      (link) =>
        properties(
          [
            ['entry', textIn(link, 'feedback_id')],
            ['adapter', textIn(link, 'adapter_id')],
            ...(link['metadata'] === undefined ? [] : [['metadata', textIn(link, 'metadata')] as const]),
            ['linked', timeIn(link, 'created_at')],
          ],
          terminal.screen,
        ),
    );
  });
}

function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Reported below.
  }
  throw new InvalidArgumentError('It must be a JSON object.');
}
