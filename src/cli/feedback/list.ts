import { Command, InvalidArgumentError, Option } from 'commander';
import { FEEDBACK_TYPES, VALIDATION_STATUSES } from '../../model/facets.js';
import { FILTER_FIELDS } from '../../model/feedback-fields.js';
import { parseTimestamp } from '../../model/time.js';
import { addClientOptions, ask } from '../client-options.js';
import { type JsonObject, objectsIn, textIn, timeIn } from '../client.js';
import { addOption } from '../options.js';
import type { Style } from '../screen.js';
import { type Column, table } from '../table.js';
import type { Terminal } from '../terminal.js';
import { statusStyle } from './entry.js';
import { addFieldOption, fieldOption } from './fields.js';

/** Flags that are parameters of the request, each by its own name. */
const PARAMETERS = [
  'type',
  'status',
  'adapter',
  'tag',
  'score',
  'search',
  'since',
  'until',
  'order',
  'limit',
  'cursor',
] as const;

type ListFlags = Readonly<Partial<Record<(typeof PARAMETERS)[number], string>>> & {
  readonly unused?: boolean;
  readonly used?: boolean;
};

const TYPE_STYLES: Readonly<Record<string, Style>> = { positive: 'green', negative: 'red' };

const COLUMNS: readonly Column<JsonObject>[] = [
  { heading: 'ID', text: (entry) => textIn(entry, 'id') },
  { heading: 'CREATED', text: (entry) => timeIn(entry, 'created_at'), leftOut: 4 },
  {
    heading: 'TYPE',
    text: (entry) => textIn(entry, 'type'),
    style: (entry) => TYPE_STYLES[textIn(entry, 'type')],
    leftOut: 2,
  },
  { heading: 'STATUS', text: (entry) => textIn(entry, 'validation_status'), style: statusStyle, leftOut: 1 },
  {
    heading: 'BATCH',
    text: (entry) => (entry['used_for_training'] === true ? textIn(entry, 'training_batch_id') : ''),
    align: 'right',
    leftOut: 6,
  },
  { heading: 'ADAPTER', text: (entry) => textIn(entry, 'adapter_id'), min: 12, leftOut: 5 },
  { heading: 'MODEL', text: (entry) => textIn(entry, 'model_version'), min: 10, leftOut: 7 },
  { heading: 'QUESTION', text: (entry) => textIn(entry, 'question'), min: 12, leftOut: 3 },
];

export function listCommand(terminal: Terminal): Command {
  const command = new Command('list').description(
    'list entries, oldest first, or newest first with --search; filters combine',
  );
  command.addOption(new Option('--type <type>', 'entries of this type').choices(FEEDBACK_TYPES));
  command.addOption(
    new Option('--status <status>', 'entries with this validation status').choices(VALIDATION_STATUSES),
  );
  command.addOption(
    new Option('--unused', 'entries neither used for training nor held by a training batch').conflicts('used'),
  );
  command.option('--used', 'entries used for training');
  for (const field of FILTER_FIELDS) addFieldOption(command, field, field.filter.description);
  addOption(command, new Option('--adapter <id>', 'entries linked to this adapter'));
  addOption(command, new Option('--tag <tag>', 'entries with this tag'));
  addOption(command, new Option('--score <conditions>', 'entries with these scores, such as rating>=4,tone=friendly'));
  addOption(
    command,
    new Option('--search <words>', 'entries with these words, such as \'shard* "slow query" -backup\''),
  );
  addOption(
    command,
    new Option('--since <time>', 'entries submitted at this time or later: 2026-01-31, ISO 8601 or epoch ms'),
    parseTime,
  );
  addOption(command, new Option('--until <time>', 'entries submitted before this time'), parseTime);
  command.addOption(new Option('--order <order>', 'asc: oldest first; desc: newest first').choices(['asc', 'desc']));
  addOption(command, new Option('--limit <number>', 'the number of entries, 1 to 1000 (default: 100)'));
  addOption(
    command,
    new Option('--cursor <cursor>', 'continue after an earlier page, with the cursor that it ended with'),
  );
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
A terminal shows as many columns as fit; a file or a pipe gets all columns in full.

Examples:
  $ feedback-graph feedback list --status flagged --order desc --limit 20
  $ feedback-graph feedback list --adapter themis_help_lora --unused --json`,
  );
  return command.action(async () => {
    const query = buildQuery(command);
    await ask(
      command,
      terminal,
      (client) => client.rest('GET', query),
      (answer) => {
        const entries = objectsIn(answer, 'feedback');
        const next = textIn(answer, 'next_cursor');
        // On standard error, so that the lines of the table can be counted.
        if (entries.length === 0) terminal.error(next === '' ? 'No entries match.\n' : 'No entries match so far.\n');
        if (next !== '') terminal.error(`More entries: --cursor ${next}\n`);
        return table(COLUMNS, entries, terminal.screen);
      },
    );
  });
}

function buildQuery(command: Command): string {
  const flags = command.opts<ListFlags>();
  const query = new URLSearchParams();
  for (const field of FILTER_FIELDS) {
    const value = fieldOption(command, field);
    if (value !== undefined) query.set(field.filter.parameter, value);
  }
  for (const name of PARAMETERS) {
    const value = flags[name];
    if (value !== undefined) query.set(name, value);
  }
  if (flags.unused === true || flags.used === true) query.set('unused', String(flags.unused === true));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function parseTime(text: string): string {
  const time = /^\d{9,16}$/.test(text) ? Number(text) : parseDate(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('It must be a date, a time in ISO 8601, or epoch ms.');
  return String(time);
}

/** Without an offset, a date is of UTC and a time of this machine. */
function parseDate(text: string): number {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
  const isDay = day !== undefined && parseTimestamp(`${day}T00:00:00Z`) !== undefined;
  return isDay ? Date.parse(text) : Number.NaN;
}
