/** `feedback-graph adapter`: adapters on a running server. */
import { Command } from 'commander';
import { bomCommand, cardCommand } from './adapter/documents.js';
import { evaluateCommand } from './adapter/evaluate.js';
import { adapterGetCommand } from './adapter/get.js';
import { importAdapterCommand } from './adapter/import.js';
import { lineageCommand } from './adapter/lineage.js';
import { promoteCommand } from './adapter/promote.js';
import type { Terminal } from './terminal.js';

export function adapterCommand(terminal: Terminal): Command {
  const command = new Command('adapter').description('show, import, promote and document adapters on a running server');
  const commands = [
    adapterGetCommand,
    lineageCommand,
    importAdapterCommand,
    evaluateCommand,
    promoteCommand,
    bomCommand,
    cardCommand,
  ];
  for (const create of commands) command.addCommand(create(terminal));
  return command;
}
