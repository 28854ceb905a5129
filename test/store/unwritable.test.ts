import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const OPENER = fileURLToPath(new URL('children/unwritable.js', import.meta.url));

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'feedback-graph-'));
  await chmod(parent, 0o755);
});
afterEach(() => rm(parent, { recursive: true }));

test('a directory that the user of the server may not write or read is refused as a store', async () => {
  const directory = join(parent, 'data');
  const { stdout } = await promisify(execFile)(process.execPath, [OPENER, directory]);
  expect(stdout.replaceAll(directory, 'DIRECTORY').split('\n')).toEqual([
    'DIRECTORY cannot be written (EACCES)',
    'DIRECTORY cannot be read (EACCES)',
    '',
  ]);
  await chmod(directory, 0o700);
});
