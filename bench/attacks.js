// Whether others are served while somebody attacks: reads by id of a neighbour, idle and beside each attack in turn.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { getPriority, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { SECRET } from './attacks/data.js';
import { ATTACKS } from './attacks/list.js';
import { loadOurs } from './compare/load-ours.js';
import { load, startOurs, untilIdle } from './compare/processes.js';
import { graphAdapters, graphEntries } from './graph/data.js';
import { showProgress } from './progress.js';

const ATTACKER = fileURLToPath(new URL('./attacks/attacker.js', import.meta.url));
/** Requests a second of the neighbour: far from what the server can take. */
const RATE = 200;
const CONNECTIONS = 8;
const GOAL_MS = 50;
/** How much nicer than the rest the attacker is, and the most that there is. */
const ATTACKER_NICENESS = 5;
const MAX_NICENESS = 19;
/** The server has the cores of the machine, as where it is used: on one alone, V8's collector would take the time of requests. */
const ALL_CORES = { onOneCore: false };
/** No attack is begun later, ms. */
const TIME_LIMIT = 15 * 60_000;

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      entries: { type: 'string', default: '40000' },
      seconds: { type: 'string', default: '1.5' },
      only: { type: 'string', default: '' },
    },
  });
  const [entries, seconds] = [values.entries, values.seconds].map(Number);
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-attacks-'));
  let server;
  try {
    const started = performance.now();
    const data = join(directory, 'data');
    const ids = await loadOurs(data, graphAdapters(), graphEntries(entries), (done) =>
      showProgress('load', done, entries, started),
    );
    server = await startOurs(data, SECRET, { FEEDBACK_LIMIT_EXPENSIVE_PER_MINUTE: '0' }, ALL_CORES);
    const { url } = server;
    const token = (subject, roles) => jsonwebtoken.sign({ roles }, SECRET, { subject, expiresIn: '1h' });
    const attacker = {
      authorization: `Bearer ${token('attacker', ['trainer', 'admin'])}`,
      'content-type': 'application/json',
    };
    const prepared = await prepare(url, attacker);
    const jobs = ids.slice(0, 2_000).map((id) => ({ method: 'GET', path: `/api/v1/llm/feedback/${id}` }));
    const task = { url, token: token('neighbour', []), connections: CONNECTIONS, seconds, warmUpSeconds: 0.3 };
    const reads = () => load({ ...task, rate: RATE, jobs }, ALL_CORES);
    await reads();
    report('idle', await reads(), {});
    const missed = [];
    const parts = values.only.split('|');
    for (const name of Object.keys(ATTACKS).filter((each) => parts.some((part) => each.includes(part)))) {
      if (performance.now() - started > TIME_LIMIT) {
        process.stdout.write(
          `${name} and what follows it: not measured, as ${TIME_LIMIT / 60_000} minutes have passed\n`,
        );
        missed.push(name);
        break;
      }
      const waited = await untilIdle(server);
      if (waited > 500) {
        process.stdout.write(`(the server was at work for ${(waited / 1_000).toFixed(1)} s after what came before)\n`);
      }
      const attack = await startAttack({ name, url, headers: attacker, ids, ...prepared });
      const result = await reads().catch((error) => ({ failure: error.message }));
      const answers = await attack.stop();
      report(name, result, answers);
      if (result.failure !== undefined || result.p99 > GOAL_MS) missed.push(name);
    }
    process.stdout.write(
      missed.length === 0
        ? `p99 of at most ${GOAL_MS} ms beside each: met\n`
        : `p99 of at most ${GOAL_MS} ms: MISSED beside ${missed.join('; ')}\n`,
    );
  } finally {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Stores what attacks are about: an entry with long texts, and a training batch. */
async function prepare(url, headers) {
  const post = async (path, body) => {
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const text = 'all of it is long. '.repeat(526);
  const entry = { type: 'negative', question: text, answer: text, correction: text, comment: text };
  const { id: long } = await post('/api/v1/llm/feedback', entry);
  const { training_batch_id: batch } = await post('/api/v1/llm/training/batches', { limit: 5_000 });
  return { long, batch };
}

async function startAttack(task) {
  const child = fork(ATTACKER, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  // The neighbour is measured, not the attacker: it waits for its turn.
  setPriority(child.pid, Math.min(getPriority() + ATTACKER_NICENESS, MAX_NICENESS));
  child.send(task);
  await once(child, 'message');
  const ended = once(child, 'message');
  return {
    stop: async () => {
      if (child.connected) child.send('stop');
      const [answers] = await ended;
      return answers;
    },
  };
}

function report(name, result, answers) {
  const answered = Object.entries(answers).map(([answer, count]) => `${answer} (${count})`);
  const times =
    result.failure ??
    `p50 ${result.median.toFixed(1)}, p99 ${result.p99.toFixed(1)}, most ${result.most.toFixed(1)} ms` +
      (result.p99 > GOAL_MS ? ' MISSED' : '');
  process.stdout.write(`${name}: ${times}${answered.length === 0 ? '' : `; answers: ${answered.join(', ')}`}\n`);
}
