/** The command line as a whole: which commands there are, and how each one ends. */
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config.js';
import { backupCommand } from './backup.js';
import { exportCommand } from './export.js';
import { importCommand } from './import.js';
import { restoreCommand } from './restore.js';
import { serveCommand } from './serve.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';
import { tokenCommand } from './token.js';
import { verifyCommand } from './verify.js';
import { packageVersion } from '../version.js';

/** Every command; a new one is a file and a line here. */
const COMMANDS: readonly ((terminal: Terminal) => Command)[] = [
  serveCommand,
  tokenCommand,
  verifyCommand,
  backupCommand,
  restoreCommand,
  importCommand,
  exportCommand,
];

/** Runs one command line and answers the exit code. Every problem is one line on the error output. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const program = createProgram(terminal);
  try {
    if (argv.length === 0) {
      program.error('error: a command is missing; see feedback-graph --help');
    }
    await program.parseAsync(argv, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    for (const line of linesOf(error)) terminal.error(`error: ${oneLine(line)}\n`);
    if (error instanceof ConfigError) return EXIT.usage;
    return error instanceof CommandError ? error.exitCode : EXIT.failure;
  }
}

function createProgram(terminal: Terminal): Command {
  const program = new Command('feedback-graph').description(
    'A self-hosted, graph-native server for human feedback on language model answers and the LoRA adapters trained from it',
  );
  for (const create of COMMANDS) program.addCommand(create(terminal));
  for (const command of [program, ...program.commands]) {
    command
      .version(packageVersion(), '-V, --version', 'print the version')
      .helpOption('-h, --help', 'print this help')
      .exitOverride()
      .configureOutput({
        writeOut: terminal.out,
        writeErr: terminal.error,
        outputError: (text, write) => {
          write(`${oneLine(text)}\n`);
        },
      });
  }
  return program;
}

function linesOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  return [error instanceof Error ? error.message : String(error)];
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
