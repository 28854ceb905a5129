import type { Command } from 'commander';

/** What can be completed after one command. */
export interface CommandWords {
  /** The names that lead to it, as in `feedback list`; empty for the program itself. */
  readonly path: string;
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  readonly flags: readonly FlagWords[];
  /** The values that its first argument may have; empty where that is free. */
  readonly argumentChoices: readonly string[];
}

export interface FlagWords {
  /** As in `--port`, and `-h` where there is a short one. */
  readonly long: string;
  readonly short: string | undefined;
  readonly description: string;
  readonly takesValue: boolean;
  /** Empty where the value is free. */
  readonly choices: readonly string[];
}

/** The command and all below it. */
export function listCommandWords(command: Command, path = ''): CommandWords[] {
  const help = command.createHelp();
  const below = command.commands;
  const own: CommandWords = {
    path,
    subcommands: below.map((each) => ({ name: each.name(), description: each.description() })),
    flags: help
      .visibleOptions(command)
      .flatMap(({ long, short, description, required, optional, argChoices = [] }) =>
        long === undefined ? [] : [{ long, short, description, takesValue: required || optional, choices: argChoices }],
      ),
    argumentChoices: command.registeredArguments[0]?.argChoices ?? [],
  };
  return [own, ...below.flatMap((each) => listCommandWords(each, `${path} ${each.name()}`.trim()))];
}

/** A text that a POSIX shell takes as it is. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The lines of a `case` that sets `words` to what may follow an option, in the syntax that bash and zsh share. */
export function valueCases(commands: readonly CommandWords[]): string {
  return commands
    .flatMap(({ path, flags }) =>
      flags
        .filter(({ takesValue }) => takesValue)
        .map(
          ({ long, choices }) =>
            `    ${quote(`${path}:${long}`)}) values=(${choices.map(quote).join(' ')}); takes_value=1 ;;`,
        ),
    )
    .join('\n');
}

/** A pattern of every path but the empty one, for a `case` of bash and zsh. */
export function pathPattern(commands: readonly CommandWords[]): string {
  return commands.flatMap(({ path }) => (path === '' ? [] : [quote(path)])).join(' | ');
}
