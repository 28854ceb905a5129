/** The options of `feedback-graph import` that say what the rows of the file mean. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RowOptions } from '../../maintenance/import/row-values.js';
import { type Condition, parseCondition } from '../../maintenance/import/verdict-rules.js';
import { IMPORT_FIELDS, type ImportField, isImportField, isMappingTarget } from '../../maintenance/import-fields.js';
import { adapterIdProblem } from '../../model/input.js';
import { addOption } from '../options.js';
import { CommandError, EXIT } from '../terminal.js';

interface RowFlags {
  readonly map?: ReadonlyMap<string, string>;
  readonly set?: ReadonlyMap<ImportField, string>;
  readonly mapModel?: ReadonlyMap<string, string>;
  readonly positiveWhen?: Condition;
  readonly negativeWhen?: Condition;
}

export function addRowOptions(command: Command): void {
  addOption(
    command,
    new Option('--map <fields>', 'the names of the fields in the file, such as prompt=question,response=answer'),
    parseMapping,
  );
  addOption(
    command,
    new Option('--set <field=value>', 'a value that all rows have, such as type=negative; may be repeated'),
    parseConstant,
  );
  addOption(
    command,
    new Option('--map-model <models>', 'the adapters behind models, such as llama3:latest=support-lora'),
    parseModels,
  );
  addOption(
    command,
    new Option('--positive-when <condition>', "which rows are positive, such as 'rating>=4'"),
    parseRule,
  );
  addOption(
    command,
    new Option('--negative-when <condition>', "which rows are negative, such as 'rating<=2'"),
    parseRule,
  );
}

/** @throws {CommandError} if they contradict one another */
export function rowOptions(command: Command): RowOptions {
  const {
    map = new Map(),
    set = new Map(),
    mapModel = new Map(),
    positiveWhen,
    negativeWhen,
  } = command.opts<RowFlags>();
  const hasRules = positiveWhen !== undefined || negativeWhen !== undefined;
  if (hasRules && set.has('type')) {
    throw new CommandError('--set type=… leaves nothing for --positive-when and --negative-when to decide', EXIT.usage);
  }
  return {
    mapping: map,
    constants: set,
    adapters: mapModel,
    rules: hasRules ? { positive: positiveWhen, negative: negativeWhen } : undefined,
  };
}

function parseMapping(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(',').map((pair) => {
      const equals = pair.lastIndexOf('=');
      const theirs = pair.slice(0, equals).trim();
      const ours = pair.slice(equals + 1).trim();
      if (equals < 0 || theirs === '' || !isMappingTarget(ours)) {
        throw new InvalidArgumentError(
          `It must be a list of pairs like prompt=question,response=answer: a name in the file, and one of ${IMPORT_FIELDS.join(', ')}, or scores.NAME.`,
        );
      }
      return [ours, theirs] as const;
    }),
  );
}

function parseModels(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(',').map((pair) => {
      const equals = pair.lastIndexOf('=');
      const [model, adapter] = [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
      if (equals < 0 || model === '' || adapterIdProblem(adapter) !== undefined) {
        throw new InvalidArgumentError(
          'It must be a list of pairs like llama3:latest=support-lora: a model and an adapter.',
        );
      }
      return [model, adapter] as const;
    }),
  );
}

function parseConstant(
  text: string,
  before: ReadonlyMap<ImportField, string> = new Map(),
): ReadonlyMap<ImportField, string> {
  const equals = text.indexOf('=');
  const field = text.slice(0, equals).trim();
  if (equals < 0 || !isImportField(field)) {
    throw new InvalidArgumentError(`It must be like type=negative: one of ${IMPORT_FIELDS.join(', ')}, and a value.`);
  }
  return new Map([...before, [field, text.slice(equals + 1)]]);
}

function parseRule(text: string): Condition {
  const condition = parseCondition(text);
  if (condition === undefined) {
    throw new InvalidArgumentError("It must be like 'rating>=4': a name, one of >= <= > < = !=, and a number.");
  }
  return condition;
}
