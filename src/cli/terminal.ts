/** What a command runs in. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv;
  /** Standard output: what was asked for. */
  readonly out: (text: string) => void;
  /** Standard error: what is wrong. */
  readonly error: (text: string) => void;
  /** What standard output is shown on; absent where it is no terminal but a file or a pipe. */
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
  /** It was understood, and could not be done. */
  failure: 1,
  /** The command line or a setting is wrong. */
  usage: 2,
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
