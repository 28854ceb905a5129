// Prints the table of what was measured, or writes it into the documents that have it.
import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readResults } from './compare/results-file.js';
import { resultsCaption, resultsTable, withTable } from './compare/table.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const DOCUMENTS = [here('../README.md'), here('../docs/performance.md')];

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      json: { type: 'string', default: here('results/measured.json') },
      write: { type: 'boolean', default: false },
    },
  });
  const results = await readResults(values.json);
  if (results.environment === undefined) throw new Error(`${values.json} has no results`);
  process.stdout.write(`${resultsTable(results)}\n\n${resultsCaption(results)}\n`);
  if (!values.write) return;
  for (const document of DOCUMENTS) {
    await writeFile(document, withTable(await readFile(document, 'utf8'), results));
  }
}
