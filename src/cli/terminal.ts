/** The environment and streams of a command. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv;
  /** Standard output: the result of the command. */
  readonly out: (text: string) => void;
  /** Standard error: problems, warnings and progress. */
  readonly error: (text: string) => void;
  /** Standard input, for commands that read it. */
  readonly input?: AsyncIterable<Uint8Array> | undefined;
  /** The terminal of standard output; absent if it goes to a file or a pipe. */
  readonly screen?: Screen | undefined;
  /** The same of standard error. */
  readonly errorScreen?: Screen | undefined;
}

export interface Screen {
  /** How many characters fit into a line. */
  readonly columns: number;
  readonly colors: boolean;
}

/** The exit codes of every command. */
export const EXIT = {
  ok: 0,
  /** The command failed or was refused. */
  failure: 1,
  /** The command line or a setting is invalid. */
  usage: 2,
  /** What was checked does not hold. */
  refused: 3,
} as const;

/** Ends a command with an exit code; the message is one line for the error output. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    message: string,
    readonly exitCode: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
