// What a trainer does, over HTTP: claims a training batch, exports it and commits it, in rows a second.
import { setTimeout as delay } from 'node:timers/promises';
import jsonwebtoken from 'jsonwebtoken';
import { showProgress } from '../progress.js';
import { SECRET } from './measure.js';
import { untilIdle } from './processes.js';
import { medianResult } from './statistics.js';

const BATCHES = '/api/v1/llm/training/batches';
const POLL = 20;
/** A batch of 100,000 rows took 90 s at most. */
const MAX_SECONDS = 600;

/** In the order in which they are done; each needs the one before. */
export const TRAINING_STEPS = [
  { key: 'claim', name: 'claim of a training batch', goals: { own: 10_000 } },
  { key: 'export', name: 'export raw of a training batch', goals: { own: 60_000 } },
  { key: 'commit', name: 'commit of a training batch', goals: { own: 15_000 } },
];

/** Of the entries, some do not pass validation. @throws if there are too few of them for the training batches of all rounds */
export function checkRows(rows, rounds, entries) {
  if (rows * rounds > entries * 0.9)
    throw new Error(`${rounds} training batches of ${rows} rows need more than ${entries} entries`);
}

/** @returns of each step what `measureAll` tells of an operation, with a row for a request */
export async function measureTraining(servers, steps, { rounds, rows }) {
  const measured = Object.fromEntries(TRAINING_STEPS.map(({ key }) => [key, {}]));
  const started = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    const names = round % 2 === 0 ? Object.keys(servers) : Object.keys(servers).reverse();
    for (const name of names) {
      await Promise.all(Object.values(servers).map(untilIdle));
      const results = await trainingRound(servers[name], rows);
      for (const [key, result] of Object.entries(results)) (measured[key][name] ??= []).push(result);
    }
    showProgress('measure training', round + 1, rounds, started);
  }
  return steps.map(({ key, name, goals }) => ({
    key,
    name: `${name} of ${rows.toLocaleString('en')}`,
    unit: ' rows/s',
    goals,
    servers: Object.fromEntries(Object.entries(measured[key]).map(([server, all]) => [server, medianResult(all)])),
    halfRate: {},
  }));
}

/** One training batch from its claim to its commit. @returns the result of each step; `answered`: ms until the response came */
export async function trainingRound(server, rows) {
  const token = jsonwebtoken.sign({ roles: ['admin'] }, SECRET, { subject: 'trainer', expiresIn: '6h' });
  const headers = { authorization: `Bearer ${token}` };
  const ask = async (path, body) => {
    const response = await fetch(server.url + path, {
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(MAX_SECONDS * 1_000),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${(await response.text()).slice(0, 200)}`);
    return response;
  };
  // A server may answer before it has ended, and tell how far it is.
  const until = async (batch, state) => {
    const end = performance.now() + MAX_SECONDS * 1_000;
    let current = batch;
    while (current.state !== state) {
      if (performance.now() > end) throw new Error(`The training batch is still ${current.state}`);
      await delay(POLL);
      current = await (await ask(`${BATCHES}/${batch.training_batch_id}`)).json();
    }
    return current;
  };
  const timed = async (work) => {
    const before = server.cpuMilliseconds();
    const began = performance.now();
    let answered;
    const result = await work(() => (answered = performance.now() - began));
    const seconds = (performance.now() - began) / 1_000;
    const cpuMicroseconds = ((server.cpuMilliseconds() - before) * 1_000) / rows;
    return [{ perSecond: rows / seconds, cpuMicroseconds, answered }, result];
  };

  const [claim, batch] = await timed(async (onAnswer) => {
    const answer = await (await ask(BATCHES, { limit: rows })).json();
    onAnswer();
    return until(answer, 'open');
  });
  if (batch.count !== rows) throw new Error(`${batch.count} of ${rows} rows could be claimed`);
  const path = `${BATCHES}/${batch.training_batch_id}`;
  const [exported] = await timed(async (onAnswer) => {
    const response = await ask(`${path}/export?format=raw`);
    onAnswer();
    let bytes = 0;
    for await (const chunk of response.body) bytes += chunk.length;
    if (bytes < rows * 100) throw new Error(`The export of ${rows} rows has only ${bytes} bytes`);
  });
  const [commit] = await timed(async (onAnswer) => {
    const produced = { produced_adapter: `trained-${batch.training_batch_id}` };
    const answer = await (await ask(`${path}/commit`, produced)).json();
    onAnswer();
    return until(answer, 'committed');
  });
  return { claim, export: exported, commit };
}
