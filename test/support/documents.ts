import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export interface RunDocument {
  /** The folder in which its commands run, which is removed afterwards. */
  readonly directory: string;
  /** What they write to standard output. */
  readonly stdout: string;
}

export interface DocumentOptions {
  /** Commands that are not run, such as those that install something. */
  readonly skip?: (block: string) => boolean;
  /** What is written otherwise on the machine that tries the page: addresses and ports. */
  readonly replace?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs the shell commands of a page, in their order and as one script, in an empty folder with the files that the page shows
 * (`json file=NAME`). `npx feedback-graph` is the built command line. What the commands leave running is ended.
 * @param check looks at what has come of it
 */
export async function runDocument(
  page: string,
  check: (run: RunDocument) => Promise<void> | void,
  { skip = () => false, replace = {}, environment = {} }: DocumentOptions = {},
): Promise<void> {
  const adapted = (text: string): string =>
    Object.entries(replace).reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
  const text = await readFile(page, 'utf8');
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-document-'));
  try {
    for (const [, name = '', content = ''] of text.matchAll(/^```\w+ file=(\S+)\n([\s\S]*?)^```/gm)) {
      await writeFile(join(directory, name), adapted(content));
    }
    const blocks = [...text.matchAll(/^```bash\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
    const script = adapted(blocks.filter((block) => !skip(block)).join('\n')).replaceAll(
      'npx feedback-graph',
      `node ${resolve('dist/bundle/cli.js')}`,
    );
    const { stdout } = await promisify(execFile)(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', `${END_ALL}\n${script}`],
      {
        cwd: directory,
        // A page waits for its servers as long as it takes; a test does not.
        timeout: MAX_MS,
        env: { PATH: `${resolve('test/support/bin')}:${process.env['PATH'] ?? ''}`, ...environment },
      },
    );
    await check({ directory, stdout });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const MAX_MS = 55_000;

/** Whatever a script fails at, its servers end with it. */
const END_ALL = `trap 'jobs -p | xargs --no-run-if-empty kill -9' EXIT`;
