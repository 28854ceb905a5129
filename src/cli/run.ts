/** The command line: every command, its help and its exit code. */
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config/config.js';
import { packageVersion } from '../version.js';
import { adapterCommand } from './adapter.js';
import { backupCommand } from './backup.js';
import { completionCommand } from './completion.js';
import { copyCommand } from './copy.js';
import { exportCommand } from './export.js';
import { feedbackCommand } from './feedback.js';
import { healthCommand } from './health.js';
import { importCommand } from './import.js';
import { migrateCommand } from './migrate.js';
import { purgeCommand } from './purge.js';
import { queryCommand } from './query.js';
import { restoreCommand } from './restore.js';
import { retentionCommand } from './retention.js';
import { revalidateCommand } from './revalidate.js';
import { serveCommand } from './serve.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';
import { tokenCommand } from './token.js';
import { trainExportCommand } from './train-export.js';
import { verifyCommand } from './verify.js';

/** Every command; a new one is a file and a line here. */
const COMMANDS: readonly ((terminal: Terminal) => Command)[] = [
  serveCommand,
  healthCommand,
  tokenCommand,
  verifyCommand,
  backupCommand,
  restoreCommand,
  copyCommand,
  migrateCommand,
  purgeCommand,
  importCommand,
  exportCommand,
  retentionCommand,
  revalidateCommand,
  trainExportCommand,
  feedbackCommand,
  adapterCommand,
  queryCommand,
  completionCommand,
];

/** Runs one command line and returns its exit code. Each problem is one line on standard error. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const program = createProgram(terminal);
  try {
    refuseGroup(program, argv);
    await program.parseAsync(argv, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    for (const line of errorLines(error)) terminal.error(`error: ${oneLine(line)}\n`);
    if (error instanceof ConfigError) return EXIT.usage;
    return error instanceof CommandError ? error.exitCode : EXIT.failure;
  }
}

function createProgram(terminal: Terminal): Command {
  const program = new Command('feedback-graph').description(
    'A self-hosted, graph-native server for human feedback on language model answers and the LoRA adapters trained from it',
  );
  for (const create of COMMANDS) program.addCommand(create(terminal));
  for (const { command, path } of withAllBelow(program, 'feedback-graph')) {
    if (command.commands.length > 0)
      command.addHelpText('after', `\nFor help on a command, run: ${path} <command> --help`);
    command
      .addHelpText('after', EXIT_CODES)
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

const EXIT_CODES = `
Exit codes: ${EXIT.ok} success; ${EXIT.failure} the command failed or was refused; ${EXIT.usage} the command line or a setting is invalid`;

function withAllBelow(command: Command, path: string): { readonly command: Command; readonly path: string }[] {
  const below = command.commands.flatMap((each) => withAllBelow(each, `${path} ${each.name()}`));
  return [{ command, path }, ...below];
}

/** A group of commands does nothing on its own. One line says so better than all of its help. */
function refuseGroup(program: Command, argv: readonly string[]): void {
  let command: Command | undefined = program;
  for (const word of argv) command = command?.commands.find((each) => each.name() === word);
  if (command === undefined || command.commands.length === 0) return;
  command.error(`error: a command is missing; see ${['feedback-graph', ...argv].join(' ')} --help`);
}

function errorLines(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  return [error instanceof Error ? error.message : String(error)];
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
