/** The fields of feedback as options, and as lines of what is shown. */
import { type Command, Option } from 'commander';
import type { Field } from '../../model/feedback-fields.js';
import { addOption } from '../options.js';

/** @param description as REST has it: a sentence */
export function addFieldOption(command: Command, { option: flags, kind }: Field, description: string): void {
  const option = new Option(flags, description.replace(/^[A-Z](?=[a-z ])/, lowerCase).replace(/\.$/, ''));
  if ('words' in kind) command.addOption(option.choices(kind.words as readonly string[]));
  else addOption(command, option);
}

export function fieldOption(command: Command, { option }: Field): string | undefined {
  const value: unknown = command.getOptionValue(new Option(option).attributeName());
  return typeof value === 'string' ? value : undefined;
}

/** What a field is called for people. */
export function fieldLabel({ option }: Field): string {
  return new Option(option).name().replaceAll('-', ' ');
}

function lowerCase(letter: string): string {
  return letter.toLowerCase();
}
