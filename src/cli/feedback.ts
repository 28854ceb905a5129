/** `feedback-graph feedback`: feedback on a running server. */
import { Command } from 'commander';
import { eraseUserCommand } from './feedback/erase-user.js';
import { getCommand } from './feedback/get.js';
import { linkCommand } from './feedback/link.js';
import { listCommand } from './feedback/list.js';
import { statsCommand } from './feedback/stats.js';
import { submitCommand } from './feedback/submit.js';
import type { Terminal } from './terminal.js';

export function feedbackCommand(terminal: Terminal): Command {
  const command = new Command('feedback').description('submit and read feedback on a running server');
  for (const create of [submitCommand, getCommand, listCommand, statsCommand, linkCommand, eraseUserCommand]) {
    command.addCommand(create(terminal));
  }
  return command;
}
