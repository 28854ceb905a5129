import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A server in a process of its own, as `feedback-graph serve` starts it. */
export interface ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Resolves to the exit code, null after a signal that ended it. */
  readonly ended: Promise<number | null>;
  /** What it has written to its error output so far. */
  errors(): string;
}

/** Starts the built command line and waits until it listens. Needs `npm run build` first, as `npm test` does. */
export async function startServerProcess(
  environment: Readonly<Record<string, string>>,
  wrapper: readonly string[] = [],
  flags: readonly string[] = [],
  file = 'dist/bundle/cli.js',
): Promise<ServerProcess> {
  const [command, ...before] = [...wrapper, process.execPath];
  const child = spawn(command, [...before, file, 'serve', ...flags], {
    env: {
      PATH: process.env['PATH'] ?? '',
      FEEDBACK_PORT: '0',
      FEEDBACK_LIMIT_USER_PER_MINUTE: '0',
      FEEDBACK_LIMIT_ORG_PER_HOUR: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const listening = /listens on (http:\S+)/.exec(line)?.[1];
      if (listening !== undefined) resolve(listening);
    });
    void ended.then((code) => reject(new Error(`The server ended with ${String(code)}: ${errors}`)));
  });
  return { url, child, ended, errors: () => errors };
}

/** Calls a server with a token, and JSON if there is a body. */
export async function callServer(
  server: Pick<ServerProcess, 'url'>,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> }> {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}
