// Whether the cost of a read follows the page that is asked for, not the data that is stored: the same reads at growing
// sizes, over HTTP, one after another, on one machine in one run.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs, promisify } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { startOurs } from './compare/processes.js';
import { loadFeedback, random } from './load-data.js';
import { showProgress } from './progress.js';

const SECRET = 'the secret of a measurement, 32 bytes';
const BASE = '/api/v1/llm/feedback';
const WARM_UP = 50;
const SAMPLES = 300;

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: { sizes: { type: 'string', default: '10000,100000,1000000' }, keep: { type: 'boolean', default: false } },
  });
  const sizes = values.sizes.split(',').map(Number);
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-scale-'));
  const data = join(directory, 'data');
  const results = [];
  let jsonBytes = 0;
  let stored = 0;
  try {
    for (const size of sizes) {
      const started = performance.now();
      jsonBytes += await loadFeedback(data, stored, size, (done) => showProgress(`load ${size}`, done, size, started));
      stored = size;
      const rate = Math.round((size - (results.at(-1)?.size ?? 0)) / ((performance.now() - started) / 1000));
      const measured = await measureServer(data);
      const onDisk = await bytesOf(data);
      results.push({ size, rate, onDisk, jsonBytes, ...measured });
      process.stderr.write(
        `\r\x1b[K${size} entries: loaded at ${rate}/s, started in ${Math.round(measured.startMs)} ms\n`,
      );
    }
    print(results);
    await verify(data, stored);
  } finally {
    if (values.keep) process.stdout.write(`kept in ${directory}\n`);
    else await rm(directory, { recursive: true, force: true });
  }
}

async function measureServer(data) {
  const began = performance.now();
  const server = await startOurs(data, SECRET, {}, { onOneCore: false });
  const startMs = performance.now() - began;
  try {
    return { startMs, reads: await measureReads(server.url) };
  } finally {
    await server.stop();
  }
}

async function measureReads(url) {
  const token = jsonwebtoken.sign({ roles: ['admin'] }, SECRET, { subject: 'bench', expiresIn: '1h' });
  const get = async (path) => {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
    const body = await response.json();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
    return body;
  };
  const ids = (await get(`${BASE}?limit=1000`)).feedback.map((entry) => entry.id);
  const deep = await deepCursor(get);
  const next = random(7);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const all = 'type=positive&status=approved&unused=true&model=llama-2-7b&adapter=adapter-000';
  const READS = {
    'get by id': () => `${BASE}/${pick(ids)}`,
    'first page': () => `${BASE}?limit=100`,
    'newest page': () => `${BASE}?limit=100&order=desc`,
    'page deep inside': () => `${BASE}?limit=100${deep}`,
    'list by type': () => `${BASE}?limit=100&type=negative`,
    'list by status': () => `${BASE}?limit=100&status=flagged`,
    'list unused': () => `${BASE}?limit=100&unused=true`,
    'list by model': () => `${BASE}?limit=100&model=llama-3-8b`,
    'list by adapter': () => `${BASE}?limit=100&adapter=adapter-001`,
    // As many as a user has at the smallest size, so that the page is the same.
    'list by user': () => `${BASE}?limit=1&user=user-${Math.floor(next() * 1_000)}`,
    'list by interaction': () => `${BASE}?limit=1&interaction=interaction-${Math.floor(next() * 10_000)}`,
    'list by all at once': () => `${BASE}?limit=100&${all}`,
    'by-adapter, the largest': () => `${BASE}/by-adapter/adapter-000?limit=100`,
    'by-adapter, the smallest': () => `${BASE}/by-adapter/adapter-499?limit=2`,
    stats: () => `${BASE}/stats`,
  };
  const measured = {};
  for (const [name, path] of Object.entries(READS)) {
    const times = [];
    for (let sample = -WARM_UP; sample < SAMPLES; sample++) {
      const target = path();
      const began = performance.now();
      await get(target);
      if (sample >= 0) times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    measured[name] = { median: times[SAMPLES >> 1], p99: times[Math.floor(SAMPLES * 0.99)] };
  }
  return measured;
}

/** What a page behind the first 8,000 entries, or the last one of fewer, is asked for by; the way there is walked page by page. */
async function deepCursor(get) {
  let from = '';
  for (let page = 0; page < 8; page++) {
    const { next_cursor: after } = await get(`${BASE}?limit=1000${from}`);
    if (after) from = `&cursor=${after}`;
  }
  return from;
}

async function bytesOf(directory) {
  let bytes = 0;
  for (const name of await readdir(directory)) bytes += (await stat(join(directory, name))).size;
  return bytes;
}

function print(results) {
  const [first] = results;
  const lines = [['', ...results.map(({ size }) => `${size}: median / p99 ms`), 'last / first'].join(' | ')];
  for (const name of Object.keys(first.reads)) {
    const cells = results.map(({ reads }) => `${reads[name].median.toFixed(2)} / ${reads[name].p99.toFixed(2)}`);
    const ratio = results.at(-1).reads[name].median / first.reads[name].median;
    lines.push([name, ...cells, ratio.toFixed(2)].join(' | '));
  }
  const row = (name, of) => lines.push([name, ...results.map(of), ''].join(' | '));
  row('start, ms', ({ startMs }) => Math.round(startMs));
  row('loaded per second', ({ rate }) => rate);
  row('bytes on disk per entry', ({ onDisk, size }) => Math.round(onDisk / size));
  row("bytes of an entry's own JSON", ({ jsonBytes, size }) => Math.round(jsonBytes / size));
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function verify(data, entries) {
  const began = performance.now();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['dist/bundle/cli.js', 'verify', '--store', `rocksdb:${data}`],
    {
      env: { PATH: process.env.PATH },
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`verify of ${entries} entries in ${seconds} s: ${stdout.trim().split('\n').at(-1)}\n`);
}
