import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { HEAP_GROWTH } from '../../src/cli/heap-growth.js';

it('is a limit that this version of V8 knows', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [HEAP_GROWTH, '-p', '1 + 1']);
  expect([stdout, stderr]).toEqual(['2\n', '']);
});
