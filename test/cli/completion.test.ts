import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../support/command.js';

const execute = promisify(execFile);

async function scriptOf(shell: string): Promise<string> {
  const { code, out, error } = await runCommand(['completion', shell]);
  expect([code, error]).toEqual([0, '']);
  return out;
}

async function hasShell(name: string): Promise<boolean> {
  return execute(name, ['-c', 'true']).then(
    () => true,
    () => false,
  );
}

describe('in bash', () => {
  let script: string;
  beforeAll(async () => {
    script = await scriptOf('bash');
  });

  /** What is offered for the last word of a line. */
  async function complete(line: string): Promise<string[]> {
    const words = line.split(' ');
    const { stdout } = await execute('bash', [
      '-c',
      `${script}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _feedback_graph; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      ...words,
    ]);
    return stdout.split('\n').filter((word) => word !== '');
  }

  it('the script is one', async () => {
    await execute('bash', ['-n', '-c', script]);
    const { stdout } = await execute('bash', ['-c', `${script}\ncomplete -p feedback-graph`]);
    expect(stdout).toContain('_feedback_graph');
  });

  it.each([
    ['feedback-graph f', ['feedback']],
    ['feedback-graph feedback ', ['submit', 'get', 'list', 'stats', 'link', 'erase-user', 'help']],
    ['feedback-graph adapter l', ['lineage']],
    ['feedback-graph adapter i', ['import']],
    ['feedback-graph adapter import --adapter', ['--adapter-version']],
    ['feedback-graph feedback list --un', ['--unused', '--until']],
    ['feedback-graph feedback list --status ', ['pending', 'approved', 'rejected', 'flagged']],
    ['feedback-graph feedback list --type positive --status fl', ['flagged']],
    ['feedback-graph feedback list --model ', []],
    ['feedback-graph completion ', ['bash', 'zsh', 'fish']],
    ['feedback-graph token --role t', ['trainer']],
    ['feedback-graph serve --dem', ['--demo']],
    ['feedback-graph nope --dem', []],
  ])('%j is completed', async (line, words) => {
    const offered = await complete(line);
    expect([...offered].sort()).toEqual(words.filter((word) => word !== 'help').sort());
  });
});

it.each(['zsh', 'fish'])(
  'the script for %s names every command and is one, where there is such a shell',
  async (shell) => {
    const script = await scriptOf(shell);
    for (const word of ['feedback list', 'adapter lineage', 'lineage', 'demo', 'flagged'])
      expect(script).toContain(word);
    if (await hasShell(shell)) await execute(shell, ['-n', '-c', script]);
  },
);

it('there is none for another shell', async () => {
  const { code, error } = await runCommand(['completion', 'csh']);
  expect([code, error]).toEqual([
    2,
    "error: command-argument value 'csh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.\n",
  ]);
});
