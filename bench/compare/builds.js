// Two builds side by side, each on a store that it has filled itself with the same data, as formats may differ: what a request
// costs all threads of the server, which tells more on a machine that others use than rates do, then rates and latencies.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { showProgress } from '../progress.js';
import { startLimit } from './limit.js';
import { loadOurs } from './load-ours.js';
import { measureAll, SECRET } from './measure.js';
import { operations, selectOperations } from './operations.js';
import { startOurs } from './processes.js';
import { ADAPTERS, adapterTree, allEntries } from './shape.js';
import { checkRows, measureTraining, TRAINING_STEPS } from './training-steps.js';
import { jobsByKey, loadWorkloads, workloads } from './workloads.js';

/** The name that every version knows; newer ones have another. */
const WITHOUT_CACHE = { FEEDBACK_ANSWER_MEMORY: '0' };

/**
 * @param checkouts by name (`base` and `head`), each the folder of a checkout that is built
 * @param options `only`; `limit`: whether the ceiling is measured beside them; `cached`: whether the response cache is on;
 * `rows` of a training batch
 * @returns what {@link measureAll} does
 */
export async function compareBuilds(checkouts, { entries, ...size }, directory, stops, options) {
  const { only, limit = false, cached = false, rows } = options;
  const wanted = selectOperations([...operations([]), ...workloads(entries), ...TRAINING_STEPS], only);
  const steps = wanted.filter((operation) => TRAINING_STEPS.includes(operation));
  if (steps.length > 0) checkRows(rows, size.rounds, entries);
  const needsMore = wanted.some(({ isWorkload }) => isWorkload);
  const servers = {};
  const jobs = {};
  for (const [name, checkout] of Object.entries(checkouts)) {
    const store = join(directory, name);
    const ids = await fill(checkout, store, entries, name);
    const cli = resolve(checkout, 'dist/bundle/cli.js');
    servers[name] = await startOurs(store, SECRET, cached ? {} : WITHOUT_CACHE, { cli });
    stops.push(() => servers[name].stop());
    const loaded = needsMore ? await loadWorkloads(servers[name]) : undefined;
    jobs[name] = jobsByKey(ids, loaded);
  }
  if (limit) {
    await mkdir(join(directory, 'limit'));
    servers.limit = await startLimit(join(directory, 'limit'));
    stops.push(() => servers.limit.stop());
  }
  const asked = wanted
    .filter((operation) => !steps.includes(operation))
    .map((operation) => ({
      ...operation,
      halfRate: Object.keys(servers),
      jobs: {
        ...Object.fromEntries(Object.keys(checkouts).map((name) => [name, jobs[name][operation.key]])),
        ...(limit && operation.jobs.limit !== undefined && { limit: operation.jobs.limit }),
      },
    }));
  const results = await measureAll(servers, asked, size);
  if (steps.length === 0) return results;
  // Last, as they use up the entries that lists ask for.
  const builds = Object.fromEntries(Object.keys(checkouts).map((name) => [name, servers[name]]));
  return [...results, ...(await measureTraining(builds, steps, { rounds: size.rounds, rows }))];
}

function fill(checkout, store, entries, name) {
  const started = performance.now();
  const onProgress = (done) => showProgress(`load ${name}`, done, entries, started);
  return loadOurs(store, adapterTree(ADAPTERS), allEntries(entries), onProgress, resolve(checkout, 'dist'));
}
