// This server against what a user would pick instead and against what the machine allows: the same data, the same
// questions, servers and load in processes of their own, in alternating rounds, in one run on one machine. With --base, two
// builds of this server instead.
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildsTable } from './compare/builds-table.js';
import { compareBuilds } from './compare/builds.js';
import { startLimit } from './compare/limit.js';
import { loadOurs } from './compare/load-ours.js';
import { CONNECTIONS, measureAll, SECRET } from './compare/measure.js';
import { operations, selectOperations } from './compare/operations.js';
import { comparePicture } from './compare/picture.js';
import { loadPostgres, startPostgres } from './compare/postgres.js';
import { ourSettings, startServer } from './compare/processes.js';
import { environment, version } from './compare/report.js';
import { saveResults } from './compare/results-file.js';
import { ADAPTERS, adapterTree, allEntries } from './compare/shape.js';
import { resultsTable } from './compare/table.js';
import { checkRows, measureTraining, TRAINING_STEPS } from './compare/training-steps.js';
import { jobsByKey, loadWorkloads, workloads } from './compare/workloads.js';
import { showProgress } from './progress.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const NODE_22 = here('node_modules/node/bin/node');
const CLI = here('../dist/bundle/cli.js');
/** The same, unbundled, so that a module of it can be replaced. */
const CLI_MODULES = here('../dist/cli.js');

/** Entries, rounds, and seconds of each measurement: `halfRateSeconds` are those of the latency at half the rate. */
const FULL = { entries: 300_000, rounds: 5, seconds: 4, warmUpSeconds: 4, halfRateSeconds: 4, rows: 100_000 };
const QUICK = { entries: 25_000, rounds: 1, seconds: 1, warmUpSeconds: 1.5, halfRateSeconds: 1, rows: 5_000 };
/** Two builds of this server alone: what a request costs needs less data and no latency at half the rate. */
const BUILDS = { entries: 50_000, rounds: 5, seconds: 3, warmUpSeconds: 4, halfRateSeconds: 0, rows: 5_000 };

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string' },
  json: { type: 'string' },
  picture: { type: 'string' },
  rounds: { type: 'string' },
  entries: { type: 'string' },
  seconds: { type: 'string' },
  'half-rate': { type: 'string' },
  base: { type: 'string' },
  head: { type: 'string', default: here('..') },
  limit: { type: 'boolean', default: false },
  cached: { type: 'boolean', default: false },
  rows: { type: 'string' },
};

export async function run(options) {
  const { values } = parseArgs({ args: options, options: OPTIONS });
  const usual = values.quick ? QUICK : values.base === undefined ? FULL : BUILDS;
  const { rounds = usual.rounds, entries = usual.entries, seconds = usual.seconds } = values;
  const { 'half-rate': halfRateSeconds = usual.halfRateSeconds } = values;
  const choice = { ...values, rows: Number(values.rows ?? usual.rows) };
  const asked = { rounds, entries, seconds, halfRateSeconds };
  const size = { ...usual, ...Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, Number(value)])) };
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-compare-'));
  // PostgreSQL may run as another user, who has to get to its folder.
  await chmod(directory, 0o755);
  const stops = [];
  const machine = environment();
  try {
    const results =
      values.base === undefined
        ? await compareOthers(size, directory, stops, choice)
        : await compareBuilds({ base: values.base, head: values.head }, size, directory, stops, choice);
    const compare = { version: await version(), ...size, connections: CONNECTIONS, results };
    process.stdout.write(`${values.base === undefined ? resultsTable({ compare }) : buildsTable(results)}\n`);
    if (values.picture !== undefined) {
      await writeFile(values.picture, comparePicture({ environment: machine, ...compare }));
    }
    await saveResults(values.json, machine, values.base === undefined ? 'compare' : 'builds', compare);
  } finally {
    for (const stop of stops.reverse()) await stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function loadProgress(label, entries) {
  const started = performance.now();
  return (done) => showProgress(label, done, entries, started);
}

async function compareOthers({ entries, ...size }, directory, stops, { only, rows }) {
  const adapters = adapterTree(ADAPTERS);
  const progress = (label) => loadProgress(label, entries);

  const ids = await loadOurs(join(directory, 'ours'), adapters, allEntries(entries), progress('load ours'));
  const wanted = selectOperations([...operations(ids), ...workloads(entries), ...TRAINING_STEPS], only);
  const steps = wanted.filter((operation) => TRAINING_STEPS.includes(operation));
  const trainingRounds = Math.min(size.rounds, Math.floor((entries * 0.9) / rows));
  if (steps.length > 0) checkRows(rows, Math.max(1, trainingRounds), entries);
  for (const other of ['anew', 'apollo', 'graphqlJs']) {
    await cp(join(directory, 'ours'), join(directory, other), { recursive: true });
  }
  const asked = wanted.filter((operation) => !steps.includes(operation)).map(withServers);
  const needed = new Set([...asked.flatMap(({ jobs }) => Object.keys(jobs)), ...(steps.length > 0 ? ['ours'] : [])]);
  let postgres;
  if (needed.has('postgraphile')) {
    postgres = await startPostgres(join(directory, 'postgres'));
    stops.push(() => postgres.stop());
    await loadPostgres(postgres.client, adapters, allEntries(entries), progress('load PostgreSQL'));
  }

  const servers = {};
  for (const [name, start] of Object.entries(serverStarts(directory, postgres?.connectionString))) {
    if (!needed.has(name)) continue;
    servers[name] = await start();
    stops.push(() => servers[name].stop());
  }
  const more = asked.filter(({ isWorkload }) => isWorkload);
  for (const name of more.length > 0 ? ['ours', 'anew'].filter((each) => needed.has(each)) : []) {
    const jobs = jobsByKey(ids, await loadWorkloads(servers[name]));
    for (const operation of more) if (name in operation.jobs) operation.jobs[name] = jobs[operation.key];
  }
  const results = await measureAll(servers, asked, size);
  if (steps.length === 0) return results;
  // Last, as they use up the entries that lists ask for.
  const { ours } = servers;
  return [...results, ...(await measureTraining({ ours }, steps, { rounds: trainingRounds, rows }))];
}

/** What only ours are asked is asked with the response cache off as well, unless it writes; what the table shows of tails is measured. */
function withServers({ jobs, ...operation }) {
  const { isWorkload = false, writes = false } = operation;
  return {
    ...operation,
    halfRate: isWorkload ? [] : [writes ? 'ours' : 'anew', 'limit'],
    jobs: { ...jobs, ...(isWorkload && !writes && { anew: jobs.ours }) },
  };
}

/** How each server is started. */
function serverStarts(directory, connectionString) {
  const settings = (store, more) => ourSettings(`rocksdb:${join(directory, store)}`, SECRET, more);
  const uncached = { FEEDBACK_RESPONSE_CACHE: '0' };
  return {
    ours: () => startServer(process.execPath, [CLI, 'serve'], settings('ours')),
    anew: () => startServer(process.execPath, [CLI, 'serve'], settings('anew', uncached)),
    graphqlJs: () =>
      startServer(
        process.execPath,
        ['--import', here('servers/without-compiling.js'), CLI_MODULES, 'serve'],
        settings('graphqlJs', uncached),
      ),
    apollo: () =>
      startServer(process.execPath, [here('servers/apollo.js'), join(directory, 'apollo')], {
        FEEDBACK_JWT_SECRET: SECRET,
      }),
    limit: async () => {
      await mkdir(join(directory, 'limit'));
      return startLimit(join(directory, 'limit'));
    },
    postgraphile: () => startServer(NODE_22, [here('servers/postgraphile.js'), connectionString]),
  };
}
