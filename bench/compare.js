// This server against what a user would pick instead and against what the machine allows: the same data, the same
// questions, servers and load in processes of their own, in alternating rounds, in one run on one machine.
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { loadOurs } from './compare/load-ours.js';
import { BATCH, operations } from './compare/operations.js';
import { comparePicture } from './compare/picture.js';
import { loadPostgres, startPostgres } from './compare/postgres.js';
import { load, startServer, untilIdle } from './compare/processes.js';
import { compareTable, environment } from './compare/report.js';
import { ADAPTERS, adapterName, adapterTree, allEntries, submission } from './compare/shape.js';
import { medianResult } from './compare/statistics.js';
import { writtenByBatch, writtenBySubmit } from './compare/written-keys.js';
import { showProgress } from './progress.js';

export const SECRET = 'the secret of a measurement, 32 bytes';
const CONNECTIONS = 64;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const NODE_22 = here('node_modules/node/bin/node');
const CLI = here('../dist/bundle/cli.js');
/** The same, unbundled, so that a module of it can be replaced. */
const CLI_MODULES = here('../dist/cli.js');

/** Entries, rounds, and seconds of each measurement, of which the last is that of the latency at half the rate. */
const FULL = { entries: 300_000, rounds: 5, seconds: 4, warmUpSeconds: 4, halfRateSeconds: 4 };
const QUICK = { entries: 25_000, rounds: 1, seconds: 1, warmUpSeconds: 1.5, halfRateSeconds: 1 };

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      json: { type: 'string' },
      picture: { type: 'string' },
      rounds: { type: 'string' },
      entries: { type: 'string' },
      baseline: { type: 'string' },
    },
  });
  const usual = values.quick ? QUICK : FULL;
  const { rounds = usual.rounds, entries = usual.entries } = values;
  const size = { ...usual, rounds: Number(rounds), entries: Number(entries) };
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-compare-'));
  // PostgreSQL may run as another user, who has to get to its folder.
  await chmod(directory, 0o755);
  const stops = [];
  try {
    const measure = values.baseline === undefined ? compareOthers : compareBaseline;
    const results = await measure(size, directory, stops, values);
    const measured = { environment: environment(), ...size, connections: CONNECTIONS, results };
    process.stdout.write(`${compareTable(measured)}\n`);
    if (values.picture !== undefined) await writeFile(values.picture, comparePicture(measured));
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(measured, undefined, 2)}\n`);
  } finally {
    for (const stop of stops.reverse()) await stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function loadProgress(label, entries) {
  const started = performance.now();
  return (done) => showProgress(label, done, entries, started);
}

async function compareOthers({ entries, ...size }, directory, stops, { only }) {
  const adapters = adapterTree(ADAPTERS);
  const progress = (label) => loadProgress(label, entries);

  const ids = await loadOurs(join(directory, 'ours'), adapters, allEntries(entries), progress('load ours'));
  for (const other of ['anew', 'apollo', 'graphqlJs']) {
    await cp(join(directory, 'ours'), join(directory, other), { recursive: true });
  }
  const postgres = await startPostgres(join(directory, 'postgres'));
  stops.push(() => postgres.stop());
  await loadPostgres(postgres.client, adapters, allEntries(entries), progress('load PostgreSQL'));

  const servers = await startServers(directory, postgres.connectionString);
  for (const server of Object.values(servers)) stops.push(() => server.stop());
  return measureAll(servers, operations(ids), size, only);
}

/**
 * This build against that of another checkout, which has been built and has what its bench needs: each with a store that it
 * has filled itself, as the formats may differ.
 */
async function compareBaseline({ entries, ...size }, directory, stops, { only, baseline }) {
  const checkout = (path) => resolve(baseline, path);
  const { loadOurs: loadBaseline } = await import(pathToFileURL(checkout('bench/compare/load-ours.js')).href);
  const builds = {
    ours: { cli: CLI, fill: loadOurs, cacheSize: 'FEEDBACK_RESPONSE_CACHE' },
    // The older name, which every version knows.
    baseline: { cli: checkout('dist/bundle/cli.js'), fill: loadBaseline, cacheSize: 'FEEDBACK_ANSWER_MEMORY' },
  };
  const cached = {};
  const uncached = {};
  const jobs = {};
  for (const [name, { cli, fill, cacheSize }] of Object.entries(builds)) {
    const store = join(directory, name);
    const ids = await fill(store, adapterTree(ADAPTERS), allEntries(entries), loadProgress(`load ${name}`, entries));
    jobs[name] = operations(ids).map((operation) => operation.jobs.ours);
    await cp(store, `${store}-uncached`, { recursive: true });
    cached[name] = await startServer(process.execPath, [cli, 'serve'], serverEnvironment(store));
    stops.push(() => cached[name].stop());
    const settings = serverEnvironment(`${store}-uncached`, { [cacheSize]: '0' });
    uncached[name] = await startServer(process.execPath, [cli, 'serve'], settings);
    stops.push(() => uncached[name].stop());
  }
  const all = operations([]).map((operation, index) => ({
    ...operation,
    goals: { baseline: 0.9 },
    jobs: { ours: jobs.ours[index], baseline: jobs.baseline[index] },
  }));
  const reads = all.filter(({ writes = false }) => !writes);
  const withoutCache = reads.map((read) => ({ ...read, name: `${read.name}, response cache off` }));
  // Reads come first: files are compacted for long after many writes.
  const rates = { ...size, halfRateSeconds: 0 };
  return [...(await measureAll(uncached, withoutCache, rates, only)), ...(await measureAll(cached, all, rates, only))];
}

/** Every operation on every server that has jobs for it, in alternating rounds. */
export async function measureAll(servers, all, { rounds, seconds, warmUpSeconds, halfRateSeconds }, only) {
  const token = jsonwebtoken.sign({}, SECRET, { subject: 'bench', expiresIn: '6h' });
  const wanted = all.filter(({ name }) => only === undefined || name.includes(only));
  const steps = rounds * wanted.reduce((sum, { jobs }) => sum + Object.keys(jobs).length, 0);
  const started = performance.now();
  let step = 0;
  const measured = wanted.map(() => ({}));
  const halfRates = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { jobs, connections = CONNECTIONS }] of wanted.entries()) {
      // Every other round in the opposite order, so that none is always the one that comes after the heavy one.
      const names = round % 2 === 0 ? Object.keys(jobs) : Object.keys(jobs).reverse();
      for (const name of names) {
        const { url, cpuMilliseconds } = servers[name];
        // RocksDB goes on compacting after a store was filled, or written to.
        await Promise.all(Object.values(servers).map(untilIdle));
        const before = cpuMilliseconds();
        const result = await load({ url, token, connections, seconds, warmUpSeconds, jobs: jobs[name] });
        const cpuMicroseconds = ((cpuMilliseconds() - before) * 1_000) / result.requests;
        (measured[index][name] ??= []).push({ ...result, cpuMicroseconds });
        showProgress('measure', (step += 1), steps, started);
      }
      if (round > 0 || halfRateSeconds === 0) continue;
      // The latency at half of the rate that each has just reached.
      const halfRate = {};
      for (const name of ['ours', 'limit'].filter((each) => each in jobs)) {
        const rate = measured[index][name][0].perSecond / 2;
        const task = { url: servers[name].url, token, connections, rate, jobs: jobs[name] };
        halfRate[name] = await load({ ...task, seconds: halfRateSeconds, warmUpSeconds });
      }
      halfRates.push(halfRate);
    }
  }
  return wanted.map(({ name, goals }, index) => ({
    name,
    goals,
    servers: Object.fromEntries(Object.entries(measured[index]).map(([server, all]) => [server, medianResult(all)])),
    halfRate: halfRates[index] ?? {},
  }));
}

function serverEnvironment(store, more) {
  return {
    FEEDBACK_JWT_SECRET: SECRET,
    FEEDBACK_STORE: `rocksdb:${store}`,
    FEEDBACK_PORT: '0',
    FEEDBACK_LIMIT_USER_PER_MINUTE: '0',
    FEEDBACK_LIMIT_ORG_PER_HOUR: '0',
    FEEDBACK_LOG_LEVEL: 'error',
    ...more,
  };
}

async function startServers(directory, connectionString) {
  const environmentOf = (store, more) => serverEnvironment(join(directory, store), more);
  const uncached = { FEEDBACK_RESPONSE_CACHE: '0' };
  const samples = Array.from({ length: 20 }, (_, number) => submission(number, adapterName(2)));
  const { keys, bytes } = await writtenBySubmit(samples);
  const batch = await writtenByBatch(
    Array.from({ length: BATCH }, (_, number) => submission(number, adapterName(2 + (number % 100)))),
  );
  const limitDirectory = join(directory, 'limit');
  await mkdir(limitDirectory);
  const limits = JSON.stringify({ keys, bytes, listBytes: 100 * 700, batch });
  return {
    ours: await startServer(process.execPath, [CLI, 'serve'], environmentOf('ours')),
    anew: await startServer(process.execPath, [CLI, 'serve'], environmentOf('anew', uncached)),
    graphqlJs: await startServer(
      process.execPath,
      ['--import', here('servers/without-compiling.js'), CLI_MODULES, 'serve'],
      environmentOf('graphqlJs', uncached),
    ),
    apollo: await startServer(process.execPath, [here('servers/apollo.js'), join(directory, 'apollo')], {
      FEEDBACK_JWT_SECRET: SECRET,
    }),
    limit: await startServer(process.execPath, [here('servers/limit.js'), limitDirectory, limits], {
      FEEDBACK_JWT_SECRET: SECRET,
    }),
    postgraphile: await startServer(NODE_22, [here('servers/postgraphile.js'), connectionString]),
  };
}
