/** `feedback-graph adapter`: adapters on a running server. */
import { Command } from 'commander';
import { adapterGetCommand } from './adapter/get.js';
import { importAdapterCommand } from './adapter/import.js';
import { lineageCommand } from './adapter/lineage.js';
import type { Terminal } from './terminal.js';

export function adapterCommand(terminal: Terminal): Command {
  const command = new Command('adapter').description('show and import adapters on a running server');
  for (const create of [adapterGetCommand, lineageCommand, importAdapterCommand]) command.addCommand(create(terminal));
  return command;
}
