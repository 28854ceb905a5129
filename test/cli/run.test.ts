import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/config/config.js';
import { createAuthenticator } from '../../src/http/authentication.js';
import { permissionsOf } from '../../src/permissions.js';
import { runCommand } from '../support/command.js';

const SECRET = 'a secret of tests, which is 32 bytes long or more';
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

describe('the command line', () => {
  it.each([[[]], [['serve']], [['token']]])('answers --help and --version of %j', async (command) => {
    for (const flag of ['--version', '-V']) {
      expect(await runCommand([...command, flag])).toEqual({ code: 0, out: `${manifest.version}\n`, error: '' });
    }
    for (const flag of ['--help', '-h']) {
      const { code, out, error } = await runCommand([...command, flag]);
      expect([code, error]).toEqual([0, '']);
      expect(out).toMatch(new RegExp(`^Usage: ${['feedback-graph', ...command].join(' ')} `));
    }
  });

  it('has a flag for every setting', async () => {
    const { out } = await runCommand(['serve', '--help']);
    const flags = Object.values(SETTINGS).map(({ flag }) => flag.split(' ')[0]);
    expect(out.match(/^ {2}--[\w-]+/gm)?.map((flag) => flag.trim())).toEqual(['--demo', ...flags]);
  });

  it('says on the error output that a setting is given by a former name', async () => {
    const environment = { FEEDBACK_JWT_SECRET: SECRET, FEEDBACK_ANSWER_MEMORY: '0' };
    const { code, error } = await runCommand(['token', '--sub', 'a', '--org', 'b'], environment);
    expect([code, error]).toEqual([
      0,
      'warning: FEEDBACK_ANSWER_MEMORY is deprecated; use FEEDBACK_RESPONSE_CACHE instead\n',
    ]);
  });

  it('takes a flag by its former name, which no help shows', async () => {
    const { code, error } = await runCommand(['serve', '--answer-memory', '0', '--response-cache', '0']);
    expect(code).toBe(2);
    expect(error).toContain('--response-cache and --answer-memory are the same setting; set only --response-cache');
    expect((await runCommand(['serve', '--help'])).out).not.toContain('answer-memory');
  });

  it.each<[string, string]>([
    ['', 'a command is missing; see feedback-graph --help'],
    ['xyzzy', "unknown command 'xyzzy'"],
    ['sreve', "unknown command 'sreve' (Did you mean serve?)"],
    ['--nope', "unknown option '--nope'"],
    ['serve --prt 80', "unknown option '--prt' (Did you mean --port?)"],
    ['serve --port', "option '--port <number>' argument missing"],
    ['serve --port --host ::', "option '--port <number>' argument missing"],
    ['serve --port --host=::', "option '--port <number>' argument missing"],
    ['serve --port abc', "--port must be an integer from 0 to 65535, not 'abc'"],
    ['serve --port=', "--port must be an integer from 0 to 65535, not ''"],
    ['serve extra', "too many arguments for 'serve'. Expected 0 arguments but got 1."],
    ['serve --config no/such/file', 'The settings file no/such/file cannot be read'],
    ['token', "required option '--sub <user>' not specified"],
    ['token --sub', "option '--sub <user>' argument missing"],
    ['token --sub=', "option '--sub <user>' argument '' is invalid. It must be 1 to 256 bytes of UTF-8."],
    [
      'token --sub a --org=',
      "option '--org <organization>' argument '' is invalid. It must be 1 to 256 bytes of UTF-8.",
    ],
    [
      'token --sub a --role owner',
      "option '--role <role...>' argument 'owner' is invalid. Allowed choices are submitter, reader, member, reviewer, trainer, admin, operator.",
    ],
    ...['', '0h', '24', 'h', '1w', '-1h', '1.5h', '3651d', '1e3s', '24H'].map((time): [string, string] => [
      `token --sub a --expires=${time}`,
      `option '--expires <time>' argument '${time}' is invalid. It must be a number with the unit s, m, h or d, from 1s to 3650d.`,
    ]),
    ['token --sub a --port 80', "unknown option '--port' (Did you mean --org?)"],
    ['token --sub a --jwt-secret short', '--jwt-secret must be at least 32 bytes long, not 5'],
  ])('refuses "%s" in one line', async (line, problem) => {
    const argv = line === '' ? [] : line.split(' ');
    expect(await runCommand(argv)).toEqual({ code: 2, out: '', error: `error: ${problem}\n` });
  });

  it('keeps to one line whatever it is given', async () => {
    const { code, error } = await runCommand(['serve', '--port', '1\r\n2']);
    expect([code, error]).toEqual([2, "error: --port must be an integer from 0 to 65535, not '1 2'\n"]);
  });

  it('names every setting that is wrong in a line of its own', async () => {
    const { code, out, error } = await runCommand(['serve', '--port', 'x'], {
      FEEDBACK_HOST: '',
      FEEDBACK_LOG_LEVEL: 'loud',
    });
    expect([code, out]).toEqual([2, '']);
    expect(error.split('\n').map((line) => line.split(' must ')[0])).toEqual([
      'error: FEEDBACK_HOST',
      'error: --port',
      'error: FEEDBACK_LOG_LEVEL',
      '',
    ]);
  });

  it('says what to set in production', async () => {
    for (const argv of [['serve'], ['token', '--sub', 'anna']]) {
      const { code, error } = await runCommand(argv, { NODE_ENV: 'production' });
      expect([code, error]).toEqual([
        2,
        'error: With NODE_ENV=production one of FEEDBACK_JWT_SECRET, FEEDBACK_JWT_PUBLIC_KEY, FEEDBACK_JWKS_URL must be set: ' +
          'the key that verifies tokens\n',
      ]);
    }
  });
});

describe('token', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'feedback-graph-cli-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const sign = async (argv: readonly string[], environment: NodeJS.ProcessEnv = { FEEDBACK_JWT_SECRET: SECRET }) => {
    const { code, out, error } = await runCommand(['token', ...argv], environment);
    expect([code, error]).toEqual([0, '']);
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    return out.trim();
  };
  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;

  it('prints a token that a server with the same settings takes, and nothing else', async () => {
    const authenticate = createAuthenticator({ kind: 'secret', secret: SECRET });
    const plain = await authenticate(`Bearer ${await sign(['--sub', 'anna'])}`);
    expect(plain).toMatchObject({ sub: 'anna', org: 'default', permissions: permissionsOf('member') });

    const all = ['--sub', 'a:b% 🙂', '--org', 'acme', '--role', 'trainer', 'reviewer', '--role', 'admin'];
    expect(await authenticate(`Bearer ${await sign(all)}`)).toMatchObject({
      sub: 'a:b% 🙂',
      org: 'acme',
      permissions: permissionsOf('trainer', 'reviewer', 'admin'),
    });

    const single = ['--sub', 'app', '--role', 'submitter', '--permission', 'feedback:link', 'tokens:issue'];
    expect(await authenticate(`Bearer ${await sign(single)}`)).toMatchObject({
      permissions: new Set([...permissionsOf('submitter'), 'feedback:link', 'tokens:issue']),
    });
  });

  it.each([
    [[], 86_400],
    [['--expires', '1s'], 1],
    [['--expires', '90m'], 5_400],
    [['--expires', '2h'], 7_200],
    [['--expires', '3650d'], 315_360_000],
  ])('holds with %j for %d seconds', async (argv, seconds) => {
    const { iat, exp } = claimsOf(await sign(['--sub', 'anna', ...argv]));
    expect(Number(exp) - Number(iat)).toBe(seconds);
  });

  it('has the issuer and the audience that are set', async () => {
    const token = await sign(['--sub', 'anna', '--jwt-issuer', 'me'], {
      FEEDBACK_JWT_SECRET: SECRET,
      FEEDBACK_JWT_AUDIENCE: 'feedback',
    });
    expect(claimsOf(token)).toMatchObject({ iss: 'me', aud: 'feedback' });
  });

  it('is signed with our own secret where none is set, which is made if need be', async () => {
    const argv = ['--sub', 'anna', '--store', `rocksdb:${join(directory, 'data')}`];
    const tokens = [await sign(argv, {}), await sign(argv, {})];
    expect(readdirSync(directory)).toEqual(['data.secret']);
    const secret = readFileSync(join(directory, 'data.secret'), 'utf8').trim();
    const authenticate = createAuthenticator({ kind: 'secret', secret });
    for (const token of tokens) expect(await authenticate(`Bearer ${token}`)).toMatchObject({ sub: 'anna' });
  });

  it('cannot be signed where only somebody else can', async () => {
    const path = join(directory, 'key.pem');
    writeFileSync(path, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }));
    for (const [environment, checker] of [
      [{ FEEDBACK_JWT_PUBLIC_KEY: path }, 'a public key'],
      [{ FEEDBACK_JWKS_URL: 'https://issuer.example/keys' }, 'a key set'],
    ] as const) {
      expect(await runCommand(['token', '--sub', 'anna'], environment)).toEqual({
        code: 2,
        out: '',
        error:
          `error: The settings verify tokens with ${checker}, so only their issuer can sign them; ` +
          'to sign them here, set FEEDBACK_JWT_SECRET instead\n',
      });
    }
  });

  it('cannot be signed with a secret file that others can read', async () => {
    const path = join(directory, 'data.secret');
    writeFileSync(path, SECRET, { mode: 0o644 });
    const { code, out, error } = await runCommand([
      'token',
      '--sub',
      'a',
      '--store',
      `rocksdb:${join(directory, 'data')}`,
    ]);
    expect([code, out]).toEqual([1, '']);
    expect(error).toBe(`error: The secret file ${path} is accessible to others (mode 0644); run: chmod 600 ${path}\n`);
  });
});
