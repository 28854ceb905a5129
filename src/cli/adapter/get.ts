import { Command } from 'commander';
import { addClientOptions, ask } from '../client-options.js';
import { type JsonObject, objectIn, objectsIn, textIn, timeIn } from '../client.js';
import { properties } from '../table.js';
import { CommandError, EXIT, type Terminal } from '../terminal.js';
import { METHOD_FIELDS, methodRows } from './method.js';

const QUERY = `query ($id: ID!) {
  adapter(id: $id) {
    id
    version
    baseModel
    stage
    ${METHOD_FIELDS}
    createdAt
    updatedAt
    derivedFrom { edges { node { id } } }
    derivatives { totalCount edges { node { id } } }
    stats {
      totalFeedback positiveCount negativeCount preferenceCount positiveRatio
      pendingValidation approvedCount rejectedCount flaggedCount
      unusedForTraining usedForTraining
    }
    preferences { wonCount lostCount tiedCount winRate }
  }
}`;

export function adapterGetCommand(terminal: Terminal): Command {
  const command = new Command('get')
    .description('show an adapter with its counts, parents and children')
    .argument('<id>', 'the id of the adapter');
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
Example:
  $ feedback-graph adapter get themis_help_lora`,
  );
  return command.action(async (id: string) => {
    await ask(
      command,
      terminal,
      async (client) => foundAdapter(id, (await client.graphql(QUERY, { id }))['adapter']),
      (adapter) => properties(toRows(adapter), terminal.screen),
    );
  });
}

/** @throws {CommandError} if the server answered that there is none. */
function foundAdapter(id: string, answer: unknown): JsonObject {
  const adapter = objectIn({ answer }, 'answer');
  if (adapter['id'] === id) return adapter;
  throw unknownAdapter(id);
}

export function unknownAdapter(id: string): CommandError {
  return new CommandError(`There is no adapter '${id}'`, EXIT.failure);
}

function toRows(adapter: JsonObject): (readonly [string, string])[] {
  const stats = objectIn(adapter, 'stats');
  const count = (field: string): string => textIn(stats, field);
  const rows: (readonly [string, string])[] = [
    ['id', textIn(adapter, 'id')],
    ['version', textIn(adapter, 'version')],
    ['base model', textIn(adapter, 'baseModel')],
    ['stage', textIn(adapter, 'stage').toLowerCase()],
    ...methodRows(adapter),
    ['derived from', neighbours(adapter, 'derivedFrom')],
    ['derivatives', neighbours(adapter, 'derivatives')],
    [
      'feedback',
      `${count('totalFeedback')}: ${count('positiveCount')} positive, ${count('negativeCount')} negative` +
        (Number(stats['preferenceCount']) > 0 ? `, ${count('preferenceCount')} preferences` : ''),
    ],
    ['positive ratio', Number(stats['positiveRatio']).toFixed(2)],
    ['win rate', winRate(objectIn(adapter, 'preferences'))],
    [
      'validation',
      `${count('approvedCount')} approved, ${count('pendingValidation')} pending, ` +
        `${count('flaggedCount')} flagged, ${count('rejectedCount')} rejected`,
    ],
    ['training', `${count('usedForTraining')} used, ${count('unusedForTraining')} unused`],
    ['created', timeIn(adapter, 'createdAt')],
    ['updated', timeIn(adapter, 'updatedAt')],
  ];
  return rows.filter(([, text]) => text !== '');
}

/** Empty for an adapter that was compared with none. */
function winRate(preferences: JsonObject): string {
  const { winRate: rate } = preferences;
  if (typeof rate !== 'number') return '';
  const [won, lost, tied] = ['wonCount', 'lostCount', 'tiedCount'].map((field) => textIn(preferences, field));
  return `${rate.toFixed(2)}: ${won} won, ${lost} lost, ${tied} tied`;
}

function neighbours(adapter: JsonObject, field: string): string {
  const connection = objectIn(adapter, field);
  const ids = objectsIn(connection, 'edges').map((edge) => textIn(objectIn(edge, 'node'), 'id'));
  const more = Number(connection['totalCount'] ?? ids.length) - ids.length;
  return [...ids, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}
