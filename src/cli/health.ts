/** `feedback-graph health`: asks the server that these settings describe how it is, for those who have no other client. */
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Command } from 'commander';
import type { Config } from '../config/config.js';
import { addSettingFlags, readConfig } from './options.js';
import { CommandError, EXIT, type Terminal } from './terminal.js';

/** How long the server may take, ms. */
const TIMEOUT = 5_000;

export function healthCommand(terminal: Terminal): Command {
  const command = new Command('health')
    .description('ask a server on this machine whether it takes writes; exits with 1 if not')
    .option('--live', 'ask only whether it responds');
  addSettingFlags(command, ['config', 'host', 'port', 'tlsCert', 'tlsKey']);
  return command.action(async () => {
    const { live = false } = command.opts<{ readonly live?: boolean }>();
    const status = await probe(readConfig(command, terminal), live ? '/health/live' : '/health/ready');
    if (status !== 200) throw new CommandError(`The server answers ${status}`, EXIT.failure);
    terminal.out('ok\n');
  });
}

/** @throws {CommandError} if there is no answer */
function probe({ host, port, tls }: Config, path: string): Promise<number> {
  const request = tls === undefined ? httpRequest : httpsRequest;
  const options = {
    host: hostToAsk(host),
    port,
    path,
    // It is the own server, and its certificate is for the name that others call it by.
    rejectUnauthorized: false,
    signal: AbortSignal.timeout(TIMEOUT),
  };
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      const reason = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
      reject(new CommandError(`No server answers at ${options.host}:${port} (${reason})`, EXIT.failure));
    };
    const answered = (response: IncomingMessage): void => {
      response.resume();
      response.once('error', failed);
      response.once('end', () => resolve(response.statusCode ?? 0));
    };
    request(options, answered).once('error', failed).end();
  });
}

/** Who listens on all addresses is asked on one that every machine has. */
function hostToAsk(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
