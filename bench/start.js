// How long the server takes from its start on a large store to its first response: with the files in the system's page cache, and
// without, where the system lets it be dropped.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { SECRET } from './compare/measure.js';
import { prepareStore } from './compare/prepared-store.js';
import { startOurs } from './compare/processes.js';
import { environment, version } from './compare/report.js';
import { saveResults } from './compare/results-file.js';
import { medianOf } from './compare/statistics.js';
import { resultsTable } from './compare/table.js';
import { showProgress } from './progress.js';

const BASE = '/api/v1/llm/feedback';
const GOAL_SECONDS = 1;

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      entries: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '5' },
      base: { type: 'string' },
      store: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const [entries, rounds] = [Number(values.entries), Number(values.rounds)];
  const machine = environment();
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-start-'));
  try {
    const head = fileURLToPath(new URL('..', import.meta.url));
    const builds = { ...(values.base !== undefined && { base: values.base }), head };
    const { store, ids } = await prepareStore(directory, entries, values.base ?? head, values.store);
    const results = await measure(store, ids, builds, rounds);
    const start = { version: await version(), entries, rounds, results: results.map((each) => named(each, entries)) };
    process.stdout.write(`${resultsTable({ start })}\n`);
    await saveResults(values.json, machine, 'start', start);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Of each build on the same files, and of each state of the page cache: the seconds until the first response. */
async function measure(store, ids, builds, rounds) {
  const measured = new Map();
  const canDrop = dropPageCache();
  if (!canDrop)
    process.stderr.write('The page cache cannot be dropped here: that needs root and a writable /proc/sys\n');
  const started = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    const names = round % 2 === 0 ? Object.keys(builds) : Object.keys(builds).reverse();
    for (const build of names) {
      for (const cache of canDrop ? ['cold', 'warm'] : ['warm']) {
        if (cache === 'cold') dropPageCache();
        const id = ids[(round * 7_919) % ids.length];
        const seconds = await startOnce(store, resolve(builds[build], 'dist/bundle/cli.js'), id);
        const key = `${build} ${cache}`;
        measured.set(key, [...(measured.get(key) ?? []), seconds]);
      }
    }
    showProgress('measure', round + 1, rounds, started);
  }
  return [...measured].map(([key, values]) => {
    const [build, cache] = key.split(' ');
    return { build, cache, values };
  });
}

async function startOnce(store, cli, id) {
  const headers = { authorization: `Bearer ${jsonwebtoken.sign({}, SECRET, { subject: 'bench', expiresIn: '1h' })}` };
  const began = performance.now();
  const server = await startOurs(store, SECRET, {}, { cli, onOneCore: false });
  try {
    const response = await fetch(`${server.url}${BASE}/${id}`, { headers });
    if (response.status !== 200) throw new Error(`The first response was ${response.status}: ${await response.text()}`);
    await response.text();
    return (performance.now() - began) / 1_000;
  } finally {
    await server.stop();
  }
}

/** @returns whether the files that were read and written before are no longer in memory */
function dropPageCache() {
  try {
    execFileSync('sh', ['-c', 'sync && echo 3 > /proc/sys/vm/drop_caches'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function named({ build, cache, values }, entries) {
  const what = cache === 'cold' ? ', files not in memory' : '';
  return {
    key: `${build === 'base' ? 'base-' : ''}start${cache === 'cold' ? '-cold' : ''}`,
    name: `start${build === 'base' ? ' of the base' : ''} on ${entries.toLocaleString('en')} entries to the first response${what}`,
    value: medianOf(values),
    values,
    unit: 's',
    ...(cache === 'warm' && { goal: GOAL_SECONDS }),
  };
}
