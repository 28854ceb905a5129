// Random GraphQL requests over HTTP, right and damaged ones, by the generator of the tests: no fault of the server, no error
// that it logs, and memory back to what it was.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import jsonwebtoken from 'jsonwebtoken';
import { rolldown } from 'rolldown';
import { startServer } from './compare/processes.js';
import { showProgress } from './progress.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(ROOT, 'dist/bundle/cli.js');
const COLLECT = new URL('collect-garbage.js', import.meta.url).href;
const SECRET = 'the secret of a measurement, 32 bytes';
const CONNECTIONS = 8;
/** Requests that are generated at a time. */
const CHUNK = 500;
/** What fills the caches first, whose size is bounded. */
const WARM_UP = 2_000;
/** Times that memory is looked at on the way: what fills up ends, what leaks goes on. */
const LOOKS = 4;
const MAX_GROWTH = 1.2;
/** The response cache fills up meanwhile, to its bound, MiB. */
const RESPONSE_CACHE = 32;
const MINUTE = 60_000;
const MAX_SHOWN = 10;
/** Fields and files that nobody outside should be told of. */
const FAULT = /INTERNAL_SERVER_ERROR|Internal server error|node_modules|\.js:\d|ROCKSDB/;

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      documents: { type: 'string', default: '20000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  });
  const [documents, seed] = [values.documents, values.seed].map(Number);
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-fuzz-'));
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let server;
  try {
    server = await startServer(process.execPath, ['--expose-gc', '--import', COLLECT, CLI, 'serve'], {
      FEEDBACK_JWT_SECRET: SECRET,
      FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
      FEEDBACK_PORT: '0',
      FEEDBACK_LIMIT_USER_PER_MINUTE: '0',
      FEEDBACK_LIMIT_ORG_PER_HOUR: '0',
      FEEDBACK_LIMIT_EXPENSIVE_PER_MINUTE: '0',
      FEEDBACK_RESPONSE_CACHE: `${RESPONSE_CACHE}MiB`,
      FEEDBACK_LOG_LEVEL: 'error',
      FEEDBACK_LOG_FORMAT: 'json',
    });
    const tokens = [[], ['admin', 'operator']].map((roles) =>
      jsonwebtoken.sign({ roles }, SECRET, { subject: 'fuzz', expiresIn: '6h' }),
    );
    const send = sender({ ...server, agent, tokens });
    const requests = await requestsOver(await fill(send));
    const faults = [];
    const statuses = new Map();
    const fuzz = async (count, first, label) => {
      const started = performance.now();
      for (let done = 0; done < count; done += CHUNK) {
        const chunk = fc.sample(requests, { numRuns: Math.min(CHUNK, count - done), seed: first + done }).values();
        await Promise.all(
          Array.from({ length: CONNECTIONS }, async () => {
            for (const each of chunk) {
              // The second time it may come from a cache.
              for (let times = 0; times < 2; times += 1) {
                const { status, text } = await send(each);
                statuses.set(status, (statuses.get(status) ?? 0) + 1);
                const isFault = status < 200 || (status >= 500 && !isNamedLimit(status, text)) || FAULT.test(text);
                if (isFault) faults.push({ status, text, ...each });
              }
            }
          }),
        );
        showProgress(label, Math.min(done + CHUNK, count), count, started);
      }
    };
    const fresh = await memory(server, send);
    await fuzz(WARM_UP, seed, 'warm-up');
    const before = await memory(server, send);
    const during = [];
    for (let look = 0; look < LOOKS; look += 1) {
      const count = Math.ceil(documents / LOOKS);
      await fuzz(count, seed + WARM_UP + look * count, `fuzz, part ${look + 1} of ${LOOKS}`);
      during.push(await memory(server, send));
    }
    const after = await settled(server, send, before);
    process.stdout.write(
      report({ documents, seed, statuses, fresh, before, during, after, faults, log: server.errors() }),
    );
    const refused = statuses.get(401) ?? 0;
    if (refused > 0) process.stdout.write(`MISSED: ${refused} requests were refused for their token\n`);
    if (faults.length > 0 || refused > 0 || server.errors() !== '' || !isBack(before, after)) process.exitCode = 1;
  } finally {
    agent.destroy();
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Graph queries that run at once are limited, and it is said so. */
function isNamedLimit(status, text) {
  return status === 503 && text.includes('Too many graph queries are running');
}

/** Stores something of what the documents ask for; answers the ids of the entries. */
async function fill(send) {
  const ask = async (query, variables) => {
    const { text } = await send({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      isAdmin: true,
    });
    const { data, errors } = JSON.parse(text);
    if (errors !== undefined) throw new Error(text);
    return data;
  };
  for (const [id, derivedFrom] of [
    ['base', []],
    ['lora', ['base']],
    ['merge', ['lora', 'base']],
  ]) {
    await ask('mutation ($id: ID!, $from: [ID!]) { registerAdapter(id: $id, derivedFrom: $from) { id } }', {
      id,
      from: derivedFrom,
    });
  }
  const input = Array.from({ length: 200 }, (_, index) => ({
    type: index % 2 === 0 ? 'POSITIVE' : 'NEGATIVE',
    question: `What is shard ${index}?`,
    answer: `It is part ${index} of them.`,
    adapterId: ['lora', 'merge', 'base'][index % 3],
    modelVersion: 'm',
    userId: 'u',
    ...(index % 2 === 1 && { correction: `It is part ${index + 1}.` }),
  }));
  const query =
    'mutation ($input: [SubmitFeedbackInput!]!) { submitFeedbackBatch(input: $input) { results { feedback { id } } } }';
  const { submitFeedbackBatch } = await ask(query, { input });
  return submitFeedbackBatch.results.map(({ feedback }) => feedback.id);
}

/** The generator is that of the tests, in TypeScript. */
async function requestsOver(ids) {
  const dir = join(ROOT, 'dist/bench');
  const bundle = await rolldown({
    input: {
      requests: join(ROOT, 'test/support/generated-requests.ts'),
      values: join(ROOT, 'test/support/sample-values.ts'),
    },
    platform: 'node',
    external: ['fast-check', 'graphql'],
  });
  await bundle.write({ dir, format: 'esm' });
  await bundle.close();
  const [{ generatedRequests }, { sampleValues }] = await Promise.all(
    ['requests.js', 'values.js'].map((name) => import(join(dir, name))),
  );
  // bench/ has a graphql of its own; the generator is given that of the server.
  const { buildSchema } = createRequire(join(ROOT, 'package.json'))('graphql');
  const schema = buildSchema(await readFile(join(ROOT, 'schema/schema.graphql'), 'utf8'));
  // It would end the tokens of the fuzz, and all that follows would be refused.
  delete schema.getMutationType().getFields().revokeTokens;
  return generatedRequests({ schema, values: sampleValues(ids.slice(0, 5)), depth: 4 });
}

/** Sends what `fetch` would put right first. */
function sender({ url, agent, tokens }) {
  const { hostname, port } = new URL(url);
  return ({ method, path, headers, body, isAdmin }) =>
    new Promise((resolve) => {
      const authorization = `Bearer ${tokens[isAdmin ? 1 : 0]}`;
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const failed = (error) => resolve({ status: -1, text: String(error) });
      const outgoing = request(
        { hostname, port, agent, method, path, headers: { ...headers, ...length, authorization } },
        (incoming) => {
          const chunks = [];
          incoming.on('data', (chunk) => chunks.push(chunk)).on('error', failed);
          incoming.on('end', () =>
            resolve({ status: incoming.statusCode ?? -1, text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      outgoing.setTimeout(60_000, () => outgoing.destroy(new Error('no answer within a minute')));
      outgoing.on('error', failed).end(body);
    });
}

/** Heap and memory in MiB, after a collection. */
async function memory({ pid }, send) {
  process.kill(pid, 'SIGUSR2');
  await delay(1_000);
  const { text } = await send({ method: 'GET', path: '/metrics', headers: {}, isAdmin: true });
  const heap = Number(/^feedback_graph_nodejs_heap_size_used_bytes(?:{[^}]*})? (\S+)$/m.exec(text)?.[1]);
  const rss = Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return { heap: heap / 2 ** 20, rss: rss / 1_024 };
}

/** What is held once it is back to what it was, or after a minute. */
async function settled(server, send, before) {
  const end = performance.now() + MINUTE;
  for (;;) {
    const now = await memory(server, send);
    if (isBack(before, now) || performance.now() > end) return now;
    await delay(4_000);
  }
}

function isBack(before, after) {
  return after.heap <= before.heap * MAX_GROWTH + RESPONSE_CACHE && after.rss <= before.rss * MAX_GROWTH;
}

function report({ documents, seed, statuses, fresh, before, during, after, faults, log }) {
  const verdict = (met) => (met ? 'met' : 'MISSED');
  const mib = ({ heap, rss }) => `heap ${heap.toFixed(0)} MiB, RSS ${rss.toFixed(0)} MiB`;
  return [
    `${documents.toLocaleString('en')} documents, each twice, after ${WARM_UP} to warm up; --seed ${seed}`,
    `answers: ${[...statuses]
      .sort(([one], [other]) => one - other)
      .map(([status, count]) => `${status} (${count})`)
      .join(', ')}`,
    `fresh: ${mib(fresh)}; before: ${mib(before)}; after: ${mib(after)}`,
    `on the way: ${during.map(mib).join('; ')}`,
    `no fault: ${verdict(faults.length === 0)}`,
    ...faults.slice(0, MAX_SHOWN).map((fault) => `  ${JSON.stringify(fault)}`),
    `no error logged: ${verdict(log === '')}`,
    ...(log === '' ? [] : [log]),
    `memory within ${Math.round((MAX_GROWTH - 1) * 100)} % within a minute: ${verdict(isBack(before, after))}`,
    '',
  ].join('\n');
}
