/** Options shared by the commands that talk to a running server. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CLIENT_VARIABLES } from '../config/sources.js';
import { type Client, createClient, type JsonObject } from './client.js';
import { addOption } from './options.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';

/** The URL of a server with default settings. */
export const DEFAULT_URL = 'http://127.0.0.1:4000';

interface ClientFlags {
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
}

export function addClientOptions(command: Command): void {
  addServerOptions(command, `URL of the server (${CLIENT_VARIABLES.url}, default ${DEFAULT_URL})`);
  command.option('--json', 'print the response as JSON instead of a table');
}

/** Where the server is, and the token for it. */
export function addServerOptions(command: Command, urlDescription: string): void {
  addOption(command, new Option('--url <url>', urlDescription), (text) => {
    const url = serverUrl(text);
    if (url === undefined) throw new InvalidArgumentError('It must be an http or https URL without a password.');
    return url;
  });
  addOption(
    command,
    new Option(
      '--token <token>',
      `token to authenticate with (${CLIENT_VARIABLES.token}); other users of the machine can see flags`,
    ),
  );
}

/** The token of the command line or of the environment, if there is one. @throws {CommandError} if it is no token */
export function readToken(command: Command, { environment }: Terminal): string | undefined {
  // An empty variable counts as unset, as in the shell's `TOKEN= command`.
  const token = (command.opts<ClientFlags>().token ?? environment[CLIENT_VARIABLES.token])?.trim();
  if (token !== undefined && !/^[\x21-\x7e]*$/.test(token)) {
    throw new CommandError('The token must be one line of visible ASCII characters', EXIT.usage);
  }
  return token === '' ? undefined : token;
}

/** Sends a request to the server and prints the response: as JSON with `--json`, else as `show` formats it. */
export async function ask(
  command: Command,
  terminal: Terminal,
  question: (client: Client) => Promise<JsonObject>,
  show: (answer: JsonObject) => string,
): Promise<void> {
  const flags = command.opts<ClientFlags>();
  const url = flags.url ?? readServerUrl(terminal.environment[CLIENT_VARIABLES.url]);
  const answer = await question(createClient({ url, token: readToken(command, terminal) }));
  terminal.out(flags.json === true ? `${JSON.stringify(answer, null, 2)}\n` : show(answer));
}

function readServerUrl(text: string | undefined): string {
  if (text === undefined || text === '') return DEFAULT_URL;
  const url = serverUrl(text);
  if (url !== undefined) return url;
  throw new CommandError(`${CLIENT_VARIABLES.url} must be an http or https URL without a password`, EXIT.usage);
}

/** The URL without a slash at the end; a server behind a proxy may have a path. */
function serverUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    return undefined;
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}
