// Whether others are served while a graph query runs away: the p99 of a read by id, idle and beside each of some queries.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { loadOurs } from './compare/load-ours.js';
import { load, startOurs } from './compare/processes.js';
import { medianResult } from './compare/statistics.js';
import { graphAdapters, graphEntries } from './graph/data.js';
import { showProgress } from './progress.js';

const SECRET = 'the secret of a measurement, 32 bytes';
/** Requests a second: far from what the server can take, and enough for a p99 that one slow moment does not make. */
const RATE = 400;
const CONNECTIONS = 16;
/** What the p99 beside a runaway query may be of the idle one. */
const MOST = 2;

const RUNAWAYS = {
  'a product of everything':
    'MATCH (a:Feedback), (b:Feedback), (c:Feedback) WHERE a.question = c.answer RETURN count(b.id)',
  'counting on': 'UNWIND range(1, 1000000000) AS x WITH x WHERE x % 7 = 8 RETURN x',
  'all that is connected': 'MATCH p = (f:Feedback)-[*1..12]-(g:Feedback) WHERE f.question = g.answer RETURN length(p)',
  'sorting everything':
    'MATCH (f:Feedback) UNWIND range(1, 200) AS x RETURN f.question, x ORDER BY f.answer, x DESC LIMIT 5',
};

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      entries: { type: 'string', default: '20000' },
      seconds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const [entries, seconds, rounds] = [values.entries, values.seconds, values.rounds].map(Number);
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-runaway-'));
  let server;
  try {
    const started = performance.now();
    const data = join(directory, 'data');
    const progress = (done) => showProgress('load', done, entries, started);
    const ids = await loadOurs(data, graphAdapters(), graphEntries(entries), progress);
    server = await startOurs(data, SECRET, {
      FEEDBACK_QUERY_TIME_MS: '600000',
      FEEDBACK_QUERY_ROWS: '1000000000',
      FEEDBACK_QUERY_PATHS: '1000000000',
      FEEDBACK_QUERY_MEMORY: '256MiB',
    });
    const { url } = server;
    const token = jsonwebtoken.sign({}, SECRET, { subject: 'bench', expiresIn: '6h' });
    const jobs = ids.slice(0, 2_000).map((id) => ({ method: 'GET', path: `/api/v1/llm/feedback/${id}` }));
    const reads = () => load({ url, token, connections: CONNECTIONS, seconds, warmUpSeconds: 1, rate: RATE, jobs });
    await reads();
    for (const [name, query] of Object.entries(RUNAWAYS)) {
      const idles = [];
      const besides = [];
      for (let round = 0; round < rounds; round += 1) {
        idles.push(await reads());
        const gone = new AbortController();
        const running = keepAsking(url, token, query, gone.signal);
        besides.push(await reads());
        gone.abort();
        await running;
      }
      const [idle, beside] = [idles, besides].map(medianResult);
      const ratio = beside.p99 / idle.p99;
      process.stdout.write(
        `${name}: median ${idle.median.toFixed(2)} ms, p99 ${idle.p99.toFixed(2)} ms idle; median ` +
          `${beside.median.toFixed(2)} ms, p99 ${beside.p99.toFixed(2)} ms beside it: ${ratio.toFixed(1)} × ` +
          `(goal ${MOST}: ${ratio <= MOST ? 'met' : 'MISSED'})\n`,
      );
    }
  } finally {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Asks again and again, until nobody wants to know any more. */
async function keepAsking(url, token, query, signal) {
  while (!signal.aborted) {
    try {
      const answer = await fetch(`${url}/api/v1/llm/graph/query`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
        signal,
      });
      await answer.text();
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
