import { Command, Option } from 'commander';
import { omitNullish } from '../../omit-nullish.js';
import { addClientOptions, ask } from '../client-options.js';
import { type JsonObject, objectIn, objectsIn, textIn } from '../client.js';
import { addOption } from '../options.js';
import { table } from '../table.js';
import { CommandError, EXIT, type Terminal } from '../terminal.js';

const MUTATION = `mutation ($id: ID!, $evaluations: [EvaluationInput!]!) {
  recordEvaluations(adapterId: $id, evaluations: $evaluations) {
    evaluations { id name value dataset run adapterVersion measuredAt }
  }
}`;

export function evaluateCommand(terminal: Terminal): Command {
  const command = new Command('evaluate')
    .description('record what was measured of an adapter')
    .argument('<id>', 'the id of the adapter')
    .argument('<metric=value...>', 'the metrics with their values');
  addOption(command, new Option('--dataset <name>', 'the dataset that they were measured on'));
  addOption(command, new Option('--run <run>', 'the id or URL of the run that measured them'));
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
Promotion rules and documents use the newest evaluation of each metric and dataset. Needs a token with the role
'trainer'.

Example:
  $ feedback-graph adapter evaluate themis_help_lora_v2 accuracy=0.93 loss=0.21 --dataset help-desk-eval`,
  );
  return command.action(async (id: string, metrics: readonly string[]) => {
    const shared = omitNullish(command.opts<{ readonly dataset?: string; readonly run?: string }>());
    const { dataset, run } = shared;
    const evaluations = metrics.map((text) => ({ ...toMetric(text), ...omitNullish({ dataset, run }) }));
    await ask(
      command,
      terminal,
      async (client) => objectIn(await client.graphql(MUTATION, { id, evaluations }), 'recordEvaluations'),
      (answer) =>
        table<JsonObject>(
          [
            { heading: 'metric', text: (each) => textIn(each, 'name') },
            { heading: 'value', text: (each) => textIn(each, 'value'), align: 'right' },
            { heading: 'dataset', text: (each) => textIn(each, 'dataset') },
          ],
          objectsIn(answer, 'evaluations'),
          terminal.screen,
        ),
    );
  });
}

/** @throws {CommandError} */
function toMetric(text: string): { readonly name: string; readonly value: number } {
  const [, name = '', value = ''] = /^(.+)=([^=]+)$/s.exec(text) ?? [];
  const number = Number(value);
  if (name !== '' && value.trim() !== '' && Number.isFinite(number)) return { name, value: number };
  throw new CommandError(`'${text}' is no metric with a number, such as accuracy=0.93`, EXIT.usage);
}
