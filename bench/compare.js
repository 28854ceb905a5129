// This server against what a user would pick instead and against what the machine allows: the same data, the same
// questions, servers and load in processes of their own, in alternating rounds, in one run on one machine.
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { loadOurs } from './compare/load-ours.js';
import { BATCH, operations } from './compare/operations.js';
import { comparePicture } from './compare/picture.js';
import { loadPostgres, startPostgres } from './compare/postgres.js';
import { load, startServer } from './compare/processes.js';
import { compareTable, environment } from './compare/report.js';
import { ADAPTERS, adapterName, adapterTree, allEntries, submission } from './compare/shape.js';
import { medianResult } from './compare/statistics.js';
import { writtenByBatch, writtenBySubmit } from './compare/written-keys.js';
import { showProgress } from './progress.js';

const SECRET = 'the secret of a measurement, 32 bytes';
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
    },
  });
  const usual = values.quick ? QUICK : FULL;
  const size = { ...usual, rounds: Number(values.rounds ?? usual.rounds) };
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-compare-'));
  // PostgreSQL may run as another user, who has to get to its folder.
  await chmod(directory, 0o755);
  const stops = [];
  try {
    const results = await compare(size, directory, stops, values.only);
    const measured = { environment: environment(), ...size, connections: CONNECTIONS, results };
    process.stdout.write(`${compareTable(measured)}\n`);
    if (values.picture !== undefined) await writeFile(values.picture, comparePicture(measured));
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(measured, undefined, 2)}\n`);
  } finally {
    for (const stop of stops.reverse()) await stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function compare(size, directory, stops, only) {
  const { entries, rounds, seconds, warmUpSeconds, halfRateSeconds } = size;
  const adapters = adapterTree(ADAPTERS);
  const progress = (label) => {
    const started = performance.now();
    return (done) => showProgress(label, done, entries, started);
  };

  const ids = await loadOurs(join(directory, 'ours'), adapters, allEntries(entries), progress('load ours'));
  for (const other of ['anew', 'apollo', 'graphqlJs']) {
    await cp(join(directory, 'ours'), join(directory, other), { recursive: true });
  }
  const postgres = await startPostgres(join(directory, 'postgres'));
  stops.push(() => postgres.stop());
  await loadPostgres(postgres.client, adapters, allEntries(entries), progress('load PostgreSQL'));

  const servers = await startServers(directory, postgres.connectionString);
  for (const server of Object.values(servers)) stops.push(() => server.stop());

  const token = jsonwebtoken.sign({}, SECRET, { subject: 'bench', expiresIn: '6h' });
  const wanted = operations(ids).filter(({ name }) => only === undefined || name.includes(only));
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
        const { url } = servers[name];
        const result = await load({ url, token, connections, seconds, warmUpSeconds, jobs: jobs[name] });
        (measured[index][name] ??= []).push(result);
        showProgress('measure', (step += 1), steps, started);
      }
      if (round > 0) continue;
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
    halfRate: halfRates[index],
  }));
}

async function startServers(directory, connectionString) {
  const environmentOf = (store, more) => ({
    FEEDBACK_JWT_SECRET: SECRET,
    FEEDBACK_STORE: `rocksdb:${join(directory, store)}`,
    FEEDBACK_PORT: '0',
    FEEDBACK_LIMIT_USER_PER_MINUTE: '0',
    FEEDBACK_LIMIT_ORG_PER_HOUR: '0',
    FEEDBACK_LOG_LEVEL: 'error',
    ...more,
  });
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
