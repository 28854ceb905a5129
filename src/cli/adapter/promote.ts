import { Command, Option } from 'commander';
import { ADAPTER_STAGES } from '../../adapters/adapters.js';
import { GATED_STAGES } from '../../adapters/promotion-rules.js';
import { omitNullish } from '../../omit-nullish.js';
import { addClientOptions, ask } from '../client-options.js';
import { type JsonObject, objectIn, objectsIn, textIn } from '../client.js';
import { addOption } from '../options.js';
import { table } from '../table.js';
import { CommandError, EXIT, type Terminal } from '../terminal.js';
import { unknownAdapter } from './get.js';

const RESULTS = 'results { passed explanation measured count rule { kind metric dataset } }';

const MUTATION = `mutation ($input: PromoteAdapterInput!) {
  promoteAdapter(input: $input) {
    promoted
    retired
    adapter { id stage revision }
    change { id forced reason }
    check { stage passed rulesRevision ${RESULTS} }
  }
}`;

const QUERY = `query ($id: ID!, $stage: PromotionStage!) {
  adapter(id: $id) { promotion(stage: $stage) { stage passed rulesRevision ${RESULTS} } }
}`;

interface PromoteFlags {
  readonly stage: string;
  readonly reason?: string;
  readonly retire?: readonly string[];
  readonly force?: boolean;
  readonly check?: boolean;
}

export function promoteCommand(terminal: Terminal): Command {
  const command = new Command('promote')
    .description('promote an adapter if it meets the promotion rules, or retire it')
    .argument('<id>', 'the id of the adapter');
  command.addOption(
    new Option('--stage <stage>', 'the new stage').choices(ADAPTER_STAGES).default('production', 'production'),
  );
  addOption(command, new Option('--reason <text>', 'the reason, which must not name persons'));
  addOption<readonly string[]>(
    command,
    new Option('--retire <id>', 'an adapter to retire in the same change; may be repeated'),
    (text, before = []) => [...before, text],
  );
  command.option('--force', 'promote it even if a rule does not hold; needs --reason and the role admin');
  command.option('--check', 'check the rules and change nothing');
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
The exit code is 0 if the adapter is at the stage, ${EXIT.refused} if a rule does not hold, and 1 if the command
failed, so a pipeline can tell them apart. Needs a token with the role 'trainer'.

Examples:
  $ feedback-graph adapter promote themis_help_lora_v2 --check
  $ feedback-graph adapter promote themis_help_lora_v2 --retire themis_help_lora --reason 'Nightly evaluation'`,
  );
  return command.action(async (id: string) => {
    const { stage, reason, retire, force, check } = command.opts<PromoteFlags>();
    const outcome: { isRefused: boolean } = { isRefused: false };
    await ask(
      command,
      terminal,
      async (client) => {
        if (check === true) {
          const adapter = (await client.graphql(QUERY, { id, stage: gatedStage(stage) }))['adapter'];
          if (adapter === null) throw unknownAdapter(id);
          const checked = objectIn(objectIn({ adapter }, 'adapter'), 'promotion');
          outcome.isRefused = checked['passed'] !== true;
          return { check: checked };
        }
        const input = { id, stage: stage.toUpperCase(), ...omitNullish({ reason, retire, force }) };
        const promoted = objectIn(await client.graphql(MUTATION, { input }), 'promoteAdapter');
        outcome.isRefused = promoted['promoted'] !== true;
        return promoted;
      },
      (answer) => show(id, answer, terminal),
    );
    if (outcome.isRefused)
      throw new CommandError(`The adapter '${id}' does not meet every promotion rule`, EXIT.refused);
  });
}

/** @throws {CommandError} for a stage without rules */
function gatedStage(stage: string): string {
  if (GATED_STAGES.some((each) => each === stage)) return stage.toUpperCase();
  throw new CommandError(`There are no rules for the stage '${stage}'`, EXIT.usage);
}

function show(id: string, answer: JsonObject, { screen }: Terminal): string {
  const results = objectsIn(objectIn(answer, 'check'), 'results');
  const rows =
    results.length === 0
      ? ''
      : table<JsonObject>(
          [
            {
              heading: 'rule',
              text: (result) => (result['passed'] === true ? 'passed' : 'failed'),
              style: (result) => (result['passed'] === true ? 'green' : 'red'),
            },
            { heading: 'kind', text: (result) => textIn(objectIn(result, 'rule'), 'kind').toLowerCase() },
            { heading: 'found', text: (result) => textIn(result, 'explanation'), min: 40 },
          ],
          results,
          screen,
        );
  if (answer['promoted'] !== true) return rows;
  const retired = Array.isArray(answer['retired']) ? answer['retired'].map(String) : [];
  const stage = textIn(objectIn(answer, 'adapter'), 'stage').toLowerCase();
  const isForced = objectIn(answer, 'change')['forced'] === true;
  const lines = [
    `${id} is at the stage ${stage}${isForced ? ', by force' : ''}.`,
    ...(retired.length > 0 ? [`Retired: ${retired.join(', ')}.`] : []),
  ];
  return `${rows}${lines.join('\n')}\n`;
}
