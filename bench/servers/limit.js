// What one plain process can do: the same routes with nothing else around them. A claims cache, one read by key, or one
// fsynced group of the keys that a submit of ours writes, of other entries; lists are prebuilt bytes.
//   node limit.js DIRECTORY FILE
// FILE holds what ours writes: {"submits": [[[key, value], …], …], "batch": [[key, value], …], "listBytes": 70000}
import { hash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import fastify from 'fastify';
import jsonwebtoken from 'jsonwebtoken';
import { openRocksDb } from '../../dist/store/engine/rocksdb.js';
import { commitTemplate, createFreshTexts, keyOf } from '../compare/fresh-keys.js';

const [directory, file] = process.argv.slice(2);
const written = JSON.parse(readFileSync(file, 'utf8'));
// The engine alone: no transactions, no caches, no checks.
mkdirSync(directory, { recursive: true });
const engine = await openRocksDb(directory, 'write');

const application = fastify({ logger: false, maxParamLength: 1_000, bodyLimit: 8 * 1024 * 1024 });
const claims = new Map();
const secret = process.env.FEEDBACK_JWT_SECRET;
application.addHook('onRequest', async (request) => {
  const token = request.headers.authorization.slice('Bearer '.length);
  const digest = hash('sha256', token, 'base64');
  request.principal = claims.get(digest);
  if (request.principal === undefined) {
    request.principal = jsonwebtoken.verify(token, secret, { algorithms: ['HS256'] });
    claims.set(digest, request.principal);
  }
});

const freshTexts = createFreshTexts();
const submits = written.submits.map(commitTemplate);
const most = Math.max(...submits.map(({ entries }) => entries.length));

/** The engine takes one batch at a time. */
let lastWrite = Promise.resolve();
const writeInTurn = (batch) => (lastWrite = lastWrite.then(() => engine.write(batch)));

let waiting = [];
let writing = false;
async function write() {
  writing = true;
  while (waiting.length > 0) {
    const group = waiting;
    waiting = [];
    const batch = new Map();
    const texts = group.map(({ template }) => freshTexts(template.changing));
    // Keys that are near one another are written together, which is faster.
    for (let position = 0; position < most; position += 1) {
      for (const [index, { template }] of group.entries()) {
        const entry = template.entries[position];
        if (entry !== undefined) batch.set(keyOf(entry.parts, texts[index]), entry.value);
      }
    }
    await writeInTurn(batch);
    for (const { resolve } of group) resolve();
  }
  writing = false;
}

let count = 0;
application.post('/submit', async (request, reply) => {
  const template = submits[(count += 1) % submits.length];
  const id = `${Date.now()}-${count}-${request.body.type}`;
  await new Promise((resolve) => {
    waiting.push({ template, resolve });
    if (!writing) void write();
  });
  reply.code(201);
  return { id, message: 'Feedback recorded successfully' };
});

const wholeBatch = commitTemplate(written.batch);
application.post('/batch', async (request, reply) => {
  const texts = freshTexts(wholeBatch.changing);
  await writeInTurn(new Map(wholeBatch.entries.map(({ parts, value }) => [keyOf(parts, texts), value])));
  reply.code(201);
  return { stored: request.body.feedback.length };
});

application.get('/get/:id', async (request, reply) => {
  const [value] = await engine.getMany([`feedback:${request.params.id}`]);
  return reply.type('application/json; charset=utf-8').send(value);
});

const list = Buffer.from(JSON.stringify({ filler: 'x'.repeat(written.listBytes) }));
application.get('/list', (_request, reply) => reply.type('application/json; charset=utf-8').send(list));

const entry = Buffer.from(JSON.stringify({ filler: 'x'.repeat(written.listBytes / 100) }));
await engine.write(new Map(Array.from({ length: 10_000 }, (_, id) => [`feedback:${id}`, entry])));

process.stdout.write(`limit listens on ${await application.listen({ port: 0, host: '127.0.0.1' })}\n`);
process.on('SIGTERM', () => process.exit(0));
