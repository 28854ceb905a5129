import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** Starts the server with a demo and resolves to all that it prints once it listens. */
async function withDemo(
  environment: Readonly<Record<string, string>>,
  use: (printed: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-printed-'));
  const child = spawn(process.execPath, [resolve('dist/bundle/cli.js'), 'serve', '--demo', '--port', '0'], {
    env: { PATH: process.env['PATH'] ?? '', FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    let printed = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      printed += String(text);
      if (printed.match(/^curl -s .*\n/gm)?.length === 5) break;
    }
    await use(printed);
  } finally {
    child.kill('SIGKILL');
    await ended;
    await rm(directory, { recursive: true, force: true });
  }
}

const commandsOf = (printed: string): string[] => printed.match(/^curl -s .*$/gm) ?? [];

it('what a demo with our own secret prints runs as it is printed', async () => {
  await withDemo({}, async (printed) => {
    expect(commandsOf(printed)).toHaveLength(5);
    for (const command of commandsOf(printed)) {
      const { stdout } = await promisify(execFile)('bash', ['-euc', command], {
        env: { PATH: `${resolve('test/support/bin')}:${process.env['PATH'] ?? ''}` },
      });
      expect(JSON.parse(stdout)).not.toHaveProperty('errors');
    }
    expect(printed).toMatch(/\/graphql#token=eyJ/);
    expect(printed).toMatch(/\/docs#token=eyJ/);
  });
});

it('with a secret of their own nobody finds a token in what is printed, only its place', async () => {
  await withDemo({ FEEDBACK_JWT_SECRET: 'a secret of more than thirty-two bytes' }, async (printed) => {
    expect(printed).not.toContain('eyJ');
    for (const command of commandsOf(printed)) expect(command).toContain('"Authorization: Bearer $TOKEN"');
    return Promise.resolve();
  });
});
