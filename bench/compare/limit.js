// Starts the ceiling: one plain process that writes as much as ours does, and nothing else (servers/limit.js).
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { SECRET } from './measure.js';
import { BATCH } from './operations.js';
import { startServer } from './processes.js';
import { adapterName, submission } from './shape.js';
import { writtenByBatch, writtenBySubmits } from './written-keys.js';

const LIMIT = fileURLToPath(new URL('../servers/limit.js', import.meta.url));
const SAMPLES = 1_000;

/** @param directory that exists, for its files */
export async function startLimit(directory) {
  const submits = await writtenBySubmits(samples(0, SAMPLES), samples(SAMPLES, SAMPLES));
  const batch = await writtenByBatch(samples(0, BATCH), samples(BATCH, BATCH));
  const written = join(directory, 'written.json');
  await writeFile(written, JSON.stringify({ submits, batch, listBytes: 100 * 700 }));
  return startServer(process.execPath, [LIMIT, join(directory, 'data'), written], { FEEDBACK_JWT_SECRET: SECRET });
}

/** With numbers as long as those that the load submits. */
function samples(from, count) {
  return Array.from({ length: count }, (_, index) => {
    const number = 1_000_000 + from + index;
    return submission(number, adapterName(2 + (number % 100)));
  });
}
