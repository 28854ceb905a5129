// The questions that one asks a graph, each engine in the process that asks it: ours against LadybugDB and SurrealDB on RocksDB, over the same data.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { environment } from './compare/report.js';
import { medianOf } from './compare/statistics.js';

const QUESTIONS = {
  page: "an adapter's first 100 negative approved entries",
  statistics: 'statistics of all adapters',
  paths: 'feedback in the lineage of the base model, per path',
  pairs: 'the 100 pairs of adapters that share the most feedback',
};
const ENGINE = fileURLToPath(new URL('graph/engine.js', import.meta.url));
const ROUNDS = 5;
/** Of each question in a round: as many as fit into this time, ms, and at least the fewest. */
const ROUND_TIME = 300;
const FEWEST = 5;

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      entries: { type: 'string', default: '20000,300000' },
      // SurrealDB takes long to load.
      surreal: { type: 'string', default: '20000' },
      json: { type: 'string' },
    },
  });
  const surrealAt = new Set(values.surreal.split(','));
  const results = [];
  for (const entries of values.entries.split(',')) {
    results.push(...(await measure(Number(entries), surrealAt.has(entries))));
  }
  process.stdout.write(`${table(results)}\n`);
  const measured = { environment: environment(), results };
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(measured, undefined, 2)}\n`);
}

async function measure(entries, withSurreal) {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-questions-'));
  const engines = {};
  try {
    for (const name of ['ours', 'ladybug', ...(withSurreal ? ['surreal'] : [])]) {
      engines[name] = fork(ENGINE, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      await tell(engines[name], { open: { name, directory, entries } });
    }
    const times = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const question of Object.keys(QUESTIONS)) {
        const names = ['queries', ...Object.keys(engines)];
        for (const name of round % 2 === 0 ? names : names.reverse()) {
          // Ours is asked in two languages.
          const task = { ask: question, language: name, roundTime: ROUND_TIME, fewest: FEWEST };
          const answer = await tell(engines[name] ?? engines.ours, task);
          ((times[question] ??= {})[name] ??= []).push(...answer.times);
        }
      }
    }
    return Object.entries(times).map(([question, byName]) => ({
      question: QUESTIONS[question],
      entries,
      milliseconds: Object.fromEntries(
        Object.entries(byName).flatMap(([name, all]) => (all.length === 0 ? [] : [[name, medianOf(all)]])),
      ),
    }));
  } finally {
    for (const engine of Object.values(engines)) engine.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  }
}

async function tell(engine, message) {
  engine.send(message);
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    return await Promise.race([
      once(engine, 'message', { signal }).then(([answer]) => {
        if (answer.failure !== undefined) throw new Error(answer.failure);
        return answer;
      }),
      once(engine, 'exit', { signal }).then(([code, ended]) => {
        throw new Error(`An engine ended with ${code ?? ended}`);
      }),
    ]);
  } finally {
    waiting.abort();
  }
}

function table(results) {
  const cell = (value) => (value === undefined ? '' : value.toFixed(2));
  const rows = results.map(({ question, entries, milliseconds: { ours, queries, ladybug, surreal } }) => {
    const times = [ours, queries, ladybug, surreal].map(cell).join(' | ');
    const ratios = [ours, queries].map((own) => `${(ladybug / own).toFixed(1)} ×`).join(' | ');
    return `| ${question} | ${entries.toLocaleString('en')} | ${times} | ${ratios} |`;
  });
  return [
    '| question | entries | GraphQL, ms | graph query, ms | LadybugDB, ms | SurrealDB, ms | speedup of GraphQL over LadybugDB | speedup of the graph query |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
