import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRefusedFile } from '../../../src/maintenance/import/refused-file.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-refused-'));
});
afterAll(() => rm(directory, { recursive: true }));

it('a run that goes on keeps the list of the one before, and one from the start makes its own', async () => {
  const path = join(directory, 'rows.refused.jsonl');
  const run = async (goesOn: boolean, ...numbers: readonly number[]): Promise<void> => {
    const file = openRefusedFile(path, 'line', goesOn);
    for (const number of numbers) await file.write({ number, text: '{}' }, 'It is none.');
    await file.close();
  };
  const listed = async () =>
    (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { line: number }).line);
  await run(false, 1, 2);
  await run(true);
  await run(true, 7);
  expect(await listed()).toEqual([1, 2, 7]);
  await run(false, 3);
  expect(await listed()).toEqual([3]);
  await run(false);
  await expect(listed()).rejects.toThrow('ENOENT');
});
