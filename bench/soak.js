// Minutes of mixed load (four reads to a write) over a large store: neither heap nor file handles may grow after the first
// minute, and the process stays below a bound of memory.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { mixedJobs } from './compare/operations.js';
import { prepareStore } from './compare/prepared-store.js';
import { load, startOurs } from './compare/processes.js';
import { environment, version } from './compare/report.js';
import { saveResults } from './compare/results-file.js';
import { medianOf } from './compare/statistics.js';
import { showProgress } from './progress.js';

const SECRET = 'the secret of a measurement, 32 bytes';
const CONNECTIONS = 64;
const MINUTE = 60;
const SAMPLE_SECONDS = 2;
const MAX_RSS_MIB = 400;
/** What a median of a minute may differ from that of another without anything growing. */
const NOISE = 1.1;

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      entries: { type: 'string', default: '1000000' },
      minutes: { type: 'string', default: '10' },
      store: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const [entries, minutes] = [Number(values.entries), Number(values.minutes)];
  if (!(minutes >= 3 && minutes <= 60)) throw new Error('--minutes must be 3 to 60');
  const machine = environment();
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-soak-'));
  let server;
  try {
    const head = fileURLToPath(new URL('..', import.meta.url));
    const { store, ids } = await prepareStore(directory, entries, head, values.store);
    server = await startOurs(store, SECRET);
    const { samples, result } = await soak(server, ids, minutes);
    const report = { version: await version(), entries, minutes, ...summary(samples), perSecond: result.perSecond };
    process.stdout.write(table({ ...report, samples, result }));
    await saveResults(values.json, machine, 'soak', { ...report, results: [memoryResult(report)] });
  } finally {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function soak(server, ids, minutes) {
  const token = jsonwebtoken.sign({}, SECRET, { subject: 'bench', expiresIn: '6h' });
  const operator = jsonwebtoken.sign({ roles: ['operator'] }, SECRET, { subject: 'operator', expiresIn: '6h' });
  const headers = { authorization: `Bearer ${operator}` };
  const seconds = minutes * MINUTE;
  const samples = [];
  const started = performance.now();
  let ended = false;
  const sampling = (async () => {
    while (!ended) {
      samples.push(await sample(server, headers, (performance.now() - started) / 1_000));
      showProgress('soak', Math.min(seconds, Math.round((performance.now() - started) / 1_000)), seconds, started);
      await delay(SAMPLE_SECONDS * 1_000);
    }
  })();
  try {
    const jobs = mixedJobs(ids);
    const result = await load({ url: server.url, token, connections: CONNECTIONS, seconds, warmUpSeconds: 0, jobs });
    return { samples, result };
  } finally {
    ended = true;
    await sampling;
  }
}

/** Heap and memory in MiB. */
async function sample({ url, pid }, headers, second) {
  const MEBIBYTE = 2 ** 20;
  const [metrics, status, handles] = await Promise.all([
    fetch(`${url}/metrics`, { headers }).then((response) => {
      if (!response.ok) throw new Error(`/metrics answered ${response.status}`);
      return response.text();
    }),
    readFile(`/proc/${pid}/status`, 'utf8'),
    readdir(`/proc/${pid}/fd`),
  ]);
  const metric = (name) => Number(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'm').exec(metrics)?.[1]);
  return {
    second,
    heap: metric('feedback_graph_nodejs_heap_size_used_bytes') / MEBIBYTE,
    rss: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024,
    handles: handles.length,
  };
}

/** Garbage is collected now and then: the least heap of each minute is what stays. */
function minuteOf(samples, minute) {
  const within = samples.filter(({ second }) => Math.floor(second / MINUTE) === minute);
  return {
    heap: Math.min(...within.map(({ heap }) => heap)),
    rss: Math.max(...within.map(({ rss }) => rss)),
    handles: medianOf(within.map(({ handles }) => handles)),
  };
}

function minutesOf(samples) {
  const count = Math.floor((samples.at(-1)?.second ?? 0) / MINUTE);
  return Array.from({ length: count }, (_, minute) => minuteOf(samples, minute));
}

function summary(samples) {
  const minutes = minutesOf(samples);
  const [, second] = minutes;
  const last = minutes.at(-1);
  return {
    byMinute: minutes,
    heapGrowth: last.heap / second.heap,
    handleGrowth: last.handles / second.handles,
    mostRss: Math.max(...samples.map(({ rss }) => rss)),
  };
}

/** As a row of the table of all measurements. */
function memoryResult({ entries, minutes, byMinute }) {
  const over = `${entries.toLocaleString('en')} entries`;
  const name = `memory after ${minutes} minutes of mixed load over ${over}`;
  return { key: 'memory', name, value: byMinute.at(-1).rss, unit: 'MiB', goal: MAX_RSS_MIB };
}

function table({ samples, byMinute, heapGrowth, handleGrowth, mostRss, entries, minutes, result }) {
  const verdict = (met) => (met ? 'met' : 'MISSED');
  return [
    `${entries.toLocaleString('en')} entries, ${minutes} minutes, ${CONNECTIONS} connections, ${samples.length} samples: ` +
      `${Math.round(result.perSecond)} requests/s, median ${result.median.toFixed(1)} ms, p99 ${result.p99.toFixed(1)} ms`,
    'minute | least heap, MiB | most RSS, MiB | file handles',
    ...byMinute.map(
      ({ heap, rss, handles }, minute) =>
        `${String(minute + 1).padStart(6)} | ${heap.toFixed(0).padStart(15)} | ${rss.toFixed(0).padStart(13)} | ${handles}`,
    ),
    `heap from the second minute to the last: ${heapGrowth.toFixed(2)} × (goal ${NOISE}: ${verdict(heapGrowth <= NOISE)})`,
    `file handles: ${handleGrowth.toFixed(2)} × (goal ${NOISE}: ${verdict(handleGrowth <= NOISE)})`,
    `most RSS: ${mostRss.toFixed(0)} MiB (goal ${MAX_RSS_MIB}: ${verdict(mostRss <= MAX_RSS_MIB)})`,
    '',
  ].join('\n');
}
