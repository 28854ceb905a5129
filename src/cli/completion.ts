/** `feedback-graph completion`: scripts that complete its command line, made from the commands themselves. */
import { Argument, Command } from 'commander';
import { bashScript } from './completion/bash.js';
import { fishScript } from './completion/fish.js';
import { type CommandWords, listCommandWords } from './completion/words.js';
import { zshScript } from './completion/zsh.js';
import type { Terminal } from './terminal.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const satisfies Readonly<
  Record<string, (commands: readonly CommandWords[]) => string>
>;

type Shell = keyof typeof SCRIPTS;

export function completionCommand(terminal: Terminal): Command {
  const command = new Command('completion')
    .description('print a shell script that completes commands, options and their values')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)));
  command.addHelpText(
    'after',
    `
Examples:
  $ source <(feedback-graph completion bash)          # in ~/.bashrc
  $ source <(feedback-graph completion zsh)           # in ~/.zshrc, after compinit
  $ feedback-graph completion fish | source           # in ~/.config/fish/config.fish`,
  );
  return command.action((shell: Shell) => {
    terminal.out(SCRIPTS[shell](listCommandWords(command.parent ?? command)));
  });
}
