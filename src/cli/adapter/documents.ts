/** The documents of an adapter, as they are to be stored in files. */
import { Command } from 'commander';
import { addClientOptions, ask } from '../client-options.js';
import { objectIn, textIn } from '../client.js';
import type { Terminal } from '../terminal.js';

const BOM = 'query ($id: ID!) { adapterBom(adapterId: $id) }';
const CARD = 'query ($id: ID!) { modelCard(adapterId: $id) { yaml markdown } }';

export function bomCommand(terminal: Terminal): Command {
  const command = new Command('bom')
    .description('print the bill of materials of an adapter (CycloneDX 1.7, ML-BOM)')
    .argument('<id>', 'the id of the adapter');
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
Example:
  $ feedback-graph adapter bom themis_help_lora_v2 > themis_help_lora_v2.cdx.json`,
  );
  return command.action(async (id: string) => {
    await ask(
      command,
      terminal,
      async (client) => objectIn(await client.graphql(BOM, { id }), 'adapterBom'),
      (bom) => `${JSON.stringify(bom, null, 2)}\n`,
    );
  });
}

export function cardCommand(terminal: Terminal): Command {
  const command = new Command('card')
    .description("print the text for an adapter's model card: metadata, training data, summary of training content")
    .argument('<id>', 'the id of the adapter');
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
Example:
  $ feedback-graph adapter card themis_help_lora_v2 > README.md`,
  );
  return command.action(async (id: string) => {
    await ask(
      command,
      terminal,
      async (client) => objectIn(await client.graphql(CARD, { id }), 'modelCard'),
      (card) => `---\n${textIn(card, 'yaml')}---\n\n${textIn(card, 'markdown')}`,
    );
  });
}
