// What was measured, in one file: each measurement adds its own, so that one table can be printed from several runs.
import { readFile, writeFile } from 'node:fs/promises';

/** What has to be the same of all that stands in one table. */
const MACHINE = ['processor', 'memoryGib', 'node', 'platform'];

export async function readResults(file) {
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
  return JSON.parse(text);
}

/**
 * Puts what one run has measured beside what is in a file, in the place of results of the same keys.
 * @param measurement `compare`, `postgres`, `start` or `soak` @param run its settings, and `results`, each with a key
 * @throws if the file has results of another machine
 */
export function mergeResults(earlier, environment, measurement, run) {
  const different = MACHINE.filter(
    (name) => earlier.environment !== undefined && earlier.environment[name] !== environment[name],
  );
  if (different.length > 0) {
    const what = different.map((name) => `${earlier.environment[name]} instead of ${environment[name]}`).join(', ');
    throw new Error(`The results in the file are of another machine (${what}); name another file`);
  }
  const keys = new Set(run.results.map(({ key }) => key));
  const kept = (earlier[measurement]?.results ?? []).filter(({ key }) => !keys.has(key));
  return { ...earlier, environment, [measurement]: { ...run, results: [...kept, ...run.results] } };
}

/** {@link mergeResults} of a file; without the name of one, nothing is written. */
export async function saveResults(file, environment, measurement, run) {
  if (file === undefined) return;
  const merged = mergeResults(await readResults(file), environment, measurement, run);
  await writeFile(file, `${JSON.stringify(merged, undefined, 2)}\n`);
}
