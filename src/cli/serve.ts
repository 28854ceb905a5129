/** `feedback-graph serve`: runs the server until a signal ends it. */
import { Command } from 'commander';
import type { Config } from '../config/config.js';
import { TlsFileError } from '../http/tls.js';
import type { RunningServer } from '../server.js';
import { PluginSettingError } from '../validation/setting.js';
import { packageVersion } from '../version.js';
import { addSettingFlags, readConfig } from './options.js';
import { signToken } from './sign-token.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';
import { welcomeText } from './welcome.js';
import { isFirstWorker, isWorker, leaveWorkers, runWorkers, workerStopped } from './workers.js';

export function serveCommand(terminal: Terminal): Command {
  const command = new Command('serve').description('start the server');
  command.option('--demo', 'fill an empty store with a few hundred sample entries first');
  addSettingFlags(command);
  return command.action(async () => {
    const { demo = false } = command.opts<{ readonly demo?: boolean }>();
    const config = readConfig(command, terminal);
    if (config.workers > 1 && !isWorker()) {
      await serveByWorkers(config, demo, terminal);
      return;
    }
    const stopped = isWorker() ? workerStopped() : stopSignal();
    // A limit on the size of files then fails a write, as a full disk does, instead of ending the process.
    process.on('SIGXFSZ', () => undefined);
    const starting = start(config, demo && (!isWorker() || isFirstWorker()), terminal);
    // Without TLS there is nothing to reload, and the signal ends the process, as it does by default.
    if (config.tls !== undefined) {
      process.on('SIGHUP', () => {
        starting.then(
          (running) => running.reloadTls(),
          () => undefined,
        );
      });
    }
    const server = await starting;
    if (!isWorker()) await welcome(server.url, config, demo, terminal);
    await stopped;
    await server.stop();
    if (isWorker()) leaveWorkers();
  });
}

async function serveByWorkers(config: Config, demo: boolean, terminal: Terminal): Promise<void> {
  const { host, workers } = config;
  const scheme = config.tls === undefined ? 'http' : 'https';
  await runWorkers({
    count: workers,
    stopped: stopSignal(),
    onListening: (port) => {
      void welcome(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`, config, demo, terminal);
    },
    onRestart: (ended) => terminal.error(`A worker has ended (${ended}); another one is started\n`),
  });
}

async function welcome(url: string, config: Config, demo: boolean, terminal: Terminal): Promise<void> {
  terminal.out(`feedback-graph ${packageVersion()} listens on ${url}\n`);
  terminal.out(welcomeText({ url: reachable(url), token: await newcomerToken(config), demo }));
}

/** The first SIGINT or SIGTERM asks for a graceful stop, also while the server starts; the second ends everything. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (): void => {
      if (asked) process.exit(EXIT.failure);
      asked = true;
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}

async function start(config: Config, demo: boolean, terminal: Terminal): Promise<RunningServer> {
  // Only this command needs the modules of the server; the others start several times faster without them.
  const { startServer } = await import('../server.js');
  const { fillDemo } = await import('../demo/fill.js');
  const { logOutput } = await import('./log-output.js');
  try {
    return await startServer(config, {
      ...(demo && { prepare: fillDemo }),
      log: logOutput(config.logFormat, terminal),
    });
  } catch (error) {
    if (error instanceof PluginSettingError || error instanceof TlsFileError)
      throw new CommandError(error.message, EXIT.usage, { cause: error });
    const problem = listenProblem(error, config);
    if (problem !== undefined) throw new CommandError(problem, EXIT.failure, { cause: error });
    throw error;
  }
}

/** A sentence that says why the server cannot listen; undefined for any other error. */
function listenProblem(error: unknown, { host, port }: Config): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is in use; choose another with --port or FEEDBACK_PORT`;
    case 'EACCES':
      return `This user may not listen on port ${port} of ${host}; choose another with --port or FEEDBACK_PORT`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine; choose another with --host or FEEDBACK_HOST`;
    default:
      return undefined;
  }
}

/** A token to try the server with, unless a key is configured: tokens are then issued elsewhere, as in production. */
async function newcomerToken({ auth }: Config): Promise<string | undefined> {
  if (auth.kind !== 'ownSecret') return undefined;
  const expiresInSeconds = Math.min(86_400, auth.maxLifetime ?? Number.POSITIVE_INFINITY);
  return signToken(auth, { sub: 'me', roles: ['admin'], expiresInSeconds, minimal: true });
}

/** Replaces the address that stands for all addresses by one that a client can connect to. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}
