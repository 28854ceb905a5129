// The store in PostgreSQL: one server against PostGraphile on the same PostgreSQL, the same data and questions, in alternating
// rounds; then how many submits a second one and two servers commit for one and for eight organizations.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { loadInto } from './compare/load-ours.js';
import { CONNECTIONS, measureAll, SECRET } from './compare/measure.js';
import { operations, selectOperations } from './compare/operations.js';
import { loadPostgres, startPostgres } from './compare/postgres.js';
import { load, ourSettings, startServer } from './compare/processes.js';
import { environment, version } from './compare/report.js';
import { saveResults } from './compare/results-file.js';
import { ADAPTERS, adapterTree, allEntries } from './compare/shape.js';
import { resultsTable } from './compare/table.js';
import { showProgress } from './progress.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const CLI = here('../dist/bundle/cli.js');
const NODE_22 = here('node_modules/node/bin/node');

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      entries: { type: 'string', default: '25000' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '3' },
      only: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const [entries, rounds, seconds] = [values.entries, values.rounds, values.seconds].map(Number);
  const machine = environment();
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-postgres-'));
  // PostgreSQL may run as another user, who has to get to its folder.
  await chmod(directory, 0o755);
  const stops = [];
  try {
    const postgres = await startPostgres(join(directory, 'data'));
    stops.push(() => postgres.stop());
    const location = `${postgres.connectionString}?schema=feedback_graph`;
    const results = await comparePostGraphile(postgres, location, { entries, rounds, seconds }, stops, values.only);
    const measured = { version: await version(), entries, rounds, seconds, connections: CONNECTIONS, results };
    process.stdout.write(`${resultsTable({ compare: measured })}\n`);
    await saveResults(values.json, machine, 'postgres', measured);
    if (values.only === undefined)
      process.stdout.write(`${scaleTable(await measureScale(location, seconds, rounds))}\n`);
  } finally {
    for (const stop of stops.reverse()) await stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** The server and PostgreSQL share the first core, the load has the second one. */
async function comparePostGraphile(postgres, location, { entries, rounds, seconds }, stops, only) {
  const adapters = adapterTree(ADAPTERS);
  const started = performance.now();
  const progress = (label) => (done) => showProgress(label, done, entries, started);
  const ids = await loadInto(location, adapters, allEntries(entries), progress('load ours'));
  await loadPostgres(postgres.client, adapters, allEntries(entries), progress('load PostgreSQL'));
  const starts = {
    ours: () => startOnPostgres(location),
    anew: () => startOnPostgres(location, { FEEDBACK_RESPONSE_CACHE: '0' }),
    postgraphile: () => startServer(NODE_22, [here('servers/postgraphile.js'), postgres.connectionString]),
  };
  const servers = {};
  for (const [name, start] of Object.entries(starts)) {
    servers[name] = await start();
    stops.push(() => servers[name].stop());
  }
  const questions = operations(ids)
    .filter(({ jobs }) => jobs.postgraphile !== undefined)
    .map((operation) => {
      const { ours, anew, postgraphile } = operation.jobs;
      const jobs = { ours, ...(anew !== undefined && { anew }), postgraphile };
      return { ...operation, goals: { postgraphile: 1.5 }, jobs };
    });
  return measureAll(servers, selectOperations(questions, only), { rounds, seconds, warmUpSeconds: 1 });
}

function startOnPostgres(location, settings, options) {
  return startServer(process.execPath, [CLI, 'serve'], ourSettings(location, SECRET, settings), options);
}

/** Submits a second, of one and two servers, for one and for eight organizations, each in turn. */
async function measureScale(location, seconds, rounds) {
  const servers = [];
  const rates = new Map();
  const cases = [1, 2].flatMap((count) => [1, 8].map((organizations) => ({ count, organizations })));
  const started = performance.now();
  let step = 0;
  try {
    for (let made = 0; made < 2; made += 1) servers.push(await startOnPostgres(location, {}, { onOneCore: false }));
    for (let round = 0; round < rounds; round += 1) {
      for (const { count, organizations } of round % 2 === 0 ? cases : [...cases].reverse()) {
        const before = processorTimes();
        const perSecond = await submitRate(servers.slice(0, count), organizations, seconds, round);
        const name = `${count} ${organizations}`;
        rates.set(name, [...(rates.get(name) ?? []), { perSecond, busy: busyShare(before, processorTimes()) }]);
        showProgress('measure submits', (step += 1), rounds * cases.length, started);
      }
    }
  } finally {
    for (const server of servers) await server.stop();
  }
  return cases.map((each) => {
    const measured = rates.get(`${each.count} ${each.organizations}`);
    return {
      ...each,
      perSecond: median(measured.map(({ perSecond }) => perSecond)),
      busy: median(measured.map(({ busy }) => busy)),
    };
  });
}

/** What all processors together have spent since the machine was started, ms. */
function processorTimes() {
  const times = cpus().flatMap(({ times: of }) => Object.entries(of));
  const sum = (wanted) => times.reduce((total, [name, spent]) => total + (wanted(name) ? spent : 0), 0);
  return { all: sum(() => true), idle: sum((name) => name === 'idle') };
}

/** Which part of their time they were busy, from 0 to 1: where that is near 1, more servers find no processor. */
function busyShare(before, after) {
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

async function submitRate(servers, organizations, seconds, round) {
  const loads = Math.max(servers.length, organizations);
  const results = await Promise.all(
    Array.from({ length: loads }, (_, nth) => {
      const org = `organization-${nth % organizations}`;
      const token = jsonwebtoken.sign({ org }, SECRET, { subject: `bench-${nth}`, expiresIn: '6h' });
      const { url } = servers[nth % servers.length];
      const jobs = Array.from({ length: 1_000 }, (_, number) => submitJob(`${round}-${nth}-${number}`));
      return load(
        { url, token, connections: CONNECTIONS / loads, seconds, warmUpSeconds: 1, jobs },
        { onOneCore: false },
      );
    }),
  );
  return results.reduce((sum, { perSecond }) => sum + perSecond, 0);
}

function submitJob(name) {
  return {
    method: 'POST',
    path: '/api/v1/llm/feedback',
    body: JSON.stringify({
      type: 'positive',
      question: `What does the measurement ${name} show about the store?`,
      answer: `It shows how many entries a second are committed, of which ${name} is one.`,
      adapter_id: 'measured-adapter',
    }),
  };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function scaleTable(cases) {
  const [{ perSecond: one }] = cases;
  return [
    '| servers | organizations | submits a second | against one server and one organization | processors busy |',
    '| --- | --- | --- | --- | --- |',
    ...cases.map(
      ({ count, organizations, perSecond, busy }) =>
        `| ${count} | ${organizations} | ${Math.round(perSecond)} | ${(perSecond / one).toFixed(2)} × | ${Math.round(100 * busy)} % |`,
    ),
  ].join('\n');
}
