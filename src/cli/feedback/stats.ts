import { Command } from 'commander';
import { addClientOptions, ask } from '../client-options.js';
import { type JsonObject, textIn } from '../client.js';
import { table } from '../table.js';
import type { Terminal } from '../terminal.js';

const COUNTS: readonly (readonly [name: string, field: string])[] = [
  ['total', 'total_feedback'],
  ['positive', 'positive_count'],
  ['negative', 'negative_count'],
  ['preference', 'preference_count'],
  ['approved', 'approved_count'],
  ['pending', 'pending_validation'],
  ['flagged', 'flagged_count'],
  ['rejected', 'rejected_count'],
  ['unused for training', 'unused_for_training'],
  ['used for training', 'used_for_training'],
];

export function statsCommand(terminal: Terminal): Command {
  const command = new Command('stats').description('show the number of entries by type, status and use');
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
Example:
  $ feedback-graph feedback stats --url https://feedback.example.com`,
  );
  return command.action(async () => {
    await ask(
      command,
      terminal,
      (client) => client.rest('GET', '/stats'),
      (stats) =>
        table(
          [
            { heading: 'FEEDBACK', text: ([name]) => name },
            { heading: 'COUNT', text: ([, field]) => textIn(stats, field), align: 'right' },
            { heading: 'SHARE', text: ([, field]) => share(stats, field), align: 'right' },
          ],
          COUNTS.filter(([, field]) => stats[field] !== undefined),
          terminal.screen,
        ),
    );
  });
}

/** Of the total, in percent. */
function share(stats: JsonObject, field: string): string {
  const [part, total] = [Number(stats[field]), Number(stats['total_feedback'])];
  return total > 0 ? `${((100 * part) / total).toFixed(1)} %` : '';
}
