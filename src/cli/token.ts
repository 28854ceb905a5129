/** `feedback-graph token`: signs a token. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { idProblem } from '../model/input.js';
import { type Permission, PERMISSIONS, type Role, ROLES } from '../permissions.js';
import { addOption, addSettingFlags, readConfig } from './options.js';
import { signToken } from './sign-token.js';
import type { Terminal } from './terminal.js';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const MAX_DAYS = 3650;

interface TokenOptions {
  readonly sub: string;
  readonly org?: string;
  readonly role?: readonly Role[];
  readonly permission?: readonly Permission[];
  /** Seconds. */
  readonly expires: number;
}

export function tokenCommand(terminal: Terminal): Command {
  const command = new Command('token').description('sign a token with the secret of the server and print it');
  addOption(command, new Option('--sub <user>', 'the user that the token is for').makeOptionMandatory(), parseId);
  addOption(command, new Option('--org <organization>', 'the organization of the user (default: default)'), parseId);
  command.addOption(new Option('--role <role...>', 'the roles of the user; see docs/security.md').choices(ROLES));
  command.addOption(
    new Option('--permission <permission...>', 'single permissions, beside those of the roles').choices(PERMISSIONS),
  );
  addOption(
    command,
    new Option('--expires <time>', 'how long the token is valid, such as 90s, 15m, 24h or 7d').default(86_400, '24h'),
    parseDuration,
  );
  addSettingFlags(command, [
    'config',
    'store',
    'jwtSecret',
    'jwtIssuer',
    'jwtAudience',
    'tokenMaxLifetime',
    'rolesClaim',
    'orgClaim',
  ]);
  return command.action(async () => {
    const { sub, org, role, permission, expires } = command.opts<TokenOptions>();
    const { auth } = readConfig(command, terminal);
    terminal.out(
      `${await signToken(auth, { sub, org, roles: role, permissions: permission, expiresInSeconds: expires })}\n`,
    );
  });
}

function parseId(text: string): string {
  const problem = idProblem(text);
  if (problem !== undefined) throw new InvalidArgumentError(`It ${problem}.`);
  return text;
}

function parseDuration(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit] ?? 0);
  if (seconds >= 1 && seconds <= MAX_DAYS * 86_400) return seconds;
  throw new InvalidArgumentError(`It must be a number with the unit s, m, h or d, from 1s to ${MAX_DAYS}d.`);
}
