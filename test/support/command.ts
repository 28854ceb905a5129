import { run } from '../../src/cli/run.js';
import type { Screen } from '../../src/cli/terminal.js';

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs one command line in this process, as on a file or a pipe unless there is a screen. */
export async function runCommand(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  screen?: Screen,
): Promise<CommandResult> {
  let out = '';
  let error = '';
  const code = await run(argv, {
    environment,
    out: (text) => void (out += text),
    error: (text) => void (error += text),
    screen,
  });
  return { code, out, error };
}
