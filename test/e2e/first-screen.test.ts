import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measureWidth } from '../../src/cli/screen.js';
import { type ServerProcess, startServerProcess } from '../support/process.js';
import { type OnTerminal, runOnTerminal } from '../support/pty.js';

const CLI = resolve('dist/bundle/cli.js');
const SECRET = 'a secret of more than thirty-two bytes';
const TOKEN = /eyJ[\w.-]+/g;
/** npm prints four lines of its own before the server does. */
const MAX_LINES = 20 - 4;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'feedback-graph-screen-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Starts the server on a terminal, and has `use` look at it once the last line that it prints has matched. */
async function withTerminal(
  flags: string,
  environment: Readonly<Record<string, string>>,
  last: RegExp,
  use: (terminal: OnTerminal) => Promise<void>,
): Promise<void> {
  const terminal = runOnTerminal(`${process.execPath} ${CLI} serve --port 0 ${flags}`, {
    FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
    ...environment,
  });
  try {
    await terminal.until(last);
    await use(terminal);
  } finally {
    await terminal.interrupt();
  }
}

describe('on a terminal', () => {
  it.each([
    ['', /feedback stats\n/],
    ['--demo', /feedback-graph query .*\n/],
  ])('a start with the flags "%s" prints few short lines, which work as they stand', async (flags, last) => {
    await withTerminal(flags, {}, last, async (terminal) => {
      const shown = terminal.shown();
      const lines = shown.trimEnd().split('\n');
      expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
      const long = lines.filter((line) => measureWidth(line) > 100);
      expect(long.map((line) => line.replace(TOKEN, '…'))).toEqual([
        expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/console#token=…$/),
        'export FEEDBACK_TOKEN=…',
      ]);
      const [token = '', ...others] = new Set(shown.match(TOKEN));
      expect([others, shown.match(TOKEN)]).toEqual([[], [token, token]]);
      expect(token.length).toBeLessThan(130);
      expect(Object.keys(jsonwebtoken.decode(token) as object).sort()).toEqual(['exp', 'roles', 'sub']);

      const commands = shown
        .slice(shown.indexOf('export '))
        .replaceAll('npx feedback-graph', `${process.execPath} ${CLI}`);
      const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', commands], {
        env: { PATH: `${resolve('test/support/bin')}:${process.env['PATH'] ?? ''}` },
      });
      expect(stdout).toMatch(flags === '' ? /Feedback recorded successfully[^]*total +1\b/ : /total +480\b/);
    });
  });

  it.each([
    ['production', ''],
    ['development', '--demo'],
  ])('a start in %s with a key of their own and the flags "%s" shows no token', async (mode, flags) => {
    const environment = { NODE_ENV: mode, FEEDBACK_JWT_SECRET: SECRET };
    const last = flags === '' ? /listens on .*\n/ : /feedback-graph query .*\n/;
    await withTerminal(flags, environment, last, (terminal) => {
      expect(terminal.shown()).not.toMatch(TOKEN);
      return Promise.resolve();
    });
  });

  it('the log is text', async () => {
    await withTerminal('', { ...UNREACHABLE_KEYS, NO_COLOR: '1' }, /listens on .*\n/, async (terminal) => {
      await provokeWarning(/listens on (\S+)/.exec(terminal.shown())?.[1] ?? '');
      await terminal.until(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}the key set could not be fetched/m);
      expect(terminal.shown()).not.toContain('"level"');
    });
  });

  it('the log is JSON where that is asked for', async () => {
    await withTerminal('', { FEEDBACK_LOG_FORMAT: 'json' }, /feedback stats\n/, (terminal) => {
      expect(terminal.shown()).toMatch(/^\{"level":30,.*Server listening at/m);
      return Promise.resolve();
    });
  });
});

describe('in a pipe', () => {
  it.each([
    ['auto', /^\{"level":40,.*the key set could not be fetched/m],
    ['text', /^\d\d:\d\d:\d\d\.\d{3} WARN {2}the key set could not be fetched/m],
  ])('the log of the format %s is of one form', async (format, expected) => {
    const server: ServerProcess = await startServerProcess({
      ...UNREACHABLE_KEYS,
      FEEDBACK_LOG_FORMAT: format,
      FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
    });
    await provokeWarning(server.url);
    server.child.kill('SIGTERM');
    await server.ended;
    expect(server.errors()).toMatch(expected);
    const lines = server.errors().trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('{') !== (format === 'auto'))).toEqual([]);
  });
});

/** Nothing listens on the port of tcpmux. */
const UNREACHABLE_KEYS = { FEEDBACK_JWKS_URL: 'http://127.0.0.1:1/keys' };

/** A token that cannot be judged, so that the server logs why. */
async function provokeWarning(url: string): Promise<void> {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'RS256', kid: 'k' })}.${part({ sub: 'log' })}.c2lnbmF0dXJl`;
  const { status } = await fetch(`${url}/api/v1/llm/feedback/stats`, { headers: { authorization: `Bearer ${token}` } });
  expect(status).toBe(503);
}
