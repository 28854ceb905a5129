// The load: a process of its own, which is told by its parent what to send, says `{counting: true}` once the warm-up is over,
// and answers how it went (`requests` are those of the warm-up as well, `counted` those after it).
//   {url, token, connections, seconds, warmUpSeconds, rate?, from?, jobs: [{method, path, body?, token?}]}
// Jobs are chosen at random, or with `from` one after another from that one on. In a body, FRESH is another text each time, so
// that nothing is submitted twice.
// Closed loop by default: every connection sends its next request when it has the answer to the last. With `rate`
// (requests a second) requests start on time whatever becomes of earlier ones, and are timed from when they were due.
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import { FRESH } from './fresh.js';

const RANDOM_MULTIPLIER = 48_271;
const CONNECTED_AT_ONCE = 64;
/** A timer is late by up to so much: it is used only where nothing is due for longer, ms. */
const TIMER_DELAY = 0.5;

process.once('message', (task) => {
  measure(task).then(
    (result) => process.send(result, () => process.exit(0)),
    (error) => process.send({ failure: String(error?.stack ?? error) }, () => process.exit(1)),
  );
});

async function measure({ url, token, connections, seconds, warmUpSeconds, rate, from, jobs: given }) {
  const clients = Array.from({ length: connections }, () => new Client(url, { pipelining: 1 }));
  const headersOf = (bearer) => ({ authorization: `Bearer ${bearer}`, 'content-type': 'application/json' });
  const usual = headersOf(token);
  const jobs = given.map(({ method, path, body, token: own }) => ({
    method,
    path,
    headers: own === undefined ? usual : headersOf(own),
    body: bodyOf(body),
  }));
  const nextIndex = from === undefined ? randomIndex(jobs.length) : indexFrom(from, jobs.length);
  const latencies = [];
  let requests = 0;
  let wrong = 0;
  let firstWrong;
  let counting = false;

  const send = (client, due) =>
    new Promise((resolve) => {
      const { method, path, headers, body } = jobs[nextIndex()];
      let status = 0;
      let text = '';
      const done = (problem) => {
        requests += 1;
        if (counting) latencies.push(performance.now() - due);
        if (problem !== undefined) {
          wrong += 1;
          firstWrong ??= problem;
        }
        resolve();
      };
      client.dispatch(
        { method, path, headers, body: body() },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_controller, statusCode) => (status = statusCode),
          onResponseData: (_controller, chunk) => {
            // A GraphQL error comes with 200: the start of the body tells.
            if (text.length < 64) text += chunk.toString('latin1', 0, 64);
          },
          onResponseEnd: () =>
            done(status >= 300 || text.startsWith('{"errors"') ? `${status} ${text.slice(0, 64)}` : undefined),
          onResponseError: (_controller, error) => done(String(error)),
        },
      );
    });

  // More at once than a server's queue of new connections has room for would be refused.
  for (let first = 0; first < connections; first += CONNECTED_AT_ONCE) {
    const some = clients.slice(first, first + CONNECTED_AT_ONCE);
    await Promise.all(some.map((client) => send(client, performance.now())));
  }
  const end = performance.now() + (warmUpSeconds + seconds) * 1_000;
  const startCounting = setTimeout(() => {
    counting = true;
    process.send({ counting });
  }, warmUpSeconds * 1_000);
  await (rate === undefined ? closedLoop(clients, send, end) : openLoop(clients, send, end, rate));
  clearTimeout(startCounting);
  await Promise.all(clients.map((client) => client.close()));
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
  const perSecond = latencies.length / seconds;
  const counted = latencies.length;
  return { requests, counted, perSecond, median: at(0.5), p99: at(0.99), most: at(1), wrong, firstWrong };
}

async function closedLoop(clients, send, end) {
  await Promise.all(
    clients.map(async (client) => {
      for (let now = performance.now(); now < end; now = performance.now()) await send(client, now);
    }),
  );
}

async function openLoop(clients, send, end, rate) {
  const idle = [...clients];
  const waiting = [];
  const begun = performance.now();
  const running = new Set();
  const run = async (client, due) => {
    await send(client, due);
    const next = waiting.shift();
    if (next === undefined) idle.push(client);
    else await run(client, next);
  };
  for (let sent = 0; performance.now() < end;) {
    const dueCount = Math.floor(((performance.now() - begun) / 1_000) * rate);
    for (; sent < dueCount; sent += 1) {
      const due = begun + ((sent + 1) / rate) * 1_000;
      const client = idle.pop();
      if (client === undefined) waiting.push(due);
      else {
        const running_ = run(client, due).finally(() => running.delete(running_));
        running.add(running_);
      }
    }
    // To wait at full speed would keep a core from the server and from others.
    const spare = begun + ((sent + 1) / rate) * 1_000 - performance.now() - TIMER_DELAY;
    if (spare >= 1) await delay(spare);
    else await new Promise((resolve) => setImmediate(resolve));
  }
  waiting.length = 0;
  await Promise.all(running);
}

let freshTexts = 0;

/** @returns what makes the body of each request of a job */
function bodyOf(body) {
  const parts = body?.split(FRESH) ?? [];
  if (parts.length < 2) return () => body;
  const run = Date.now().toString(36);
  return () => parts.join(`${run}-${(freshTexts += 1)}`);
}

function indexFrom(from, length) {
  let index = from - 1;
  return () => (index = (index + 1) % length);
}

/** The same order of jobs in every run (Lehmer's generator). */
function randomIndex(length) {
  let state = 20_241;
  return () => {
    state = (state * RANDOM_MULTIPLIER) % 2_147_483_647;
    return state % length;
  };
}
