// What one plain process can do: the same routes with nothing else around them. A claims cache, one read by key, or one
// fsynced group of as many keys as a submit of ours writes; lists are prebuilt bytes.
//   node limit.js DIRECTORY '{"keys": 12, "bytes": 2000, "listBytes": 60000, "batch": {"entries": 1000, "keys": …, "bytes": …}}'
import { hash } from 'node:crypto';
import process from 'node:process';
import fastify from 'fastify';
import jsonwebtoken from 'jsonwebtoken';
import { openRocksDb } from '../../dist/store/engine/rocksdb.js';

const [directory, options] = process.argv.slice(2);
const { keys, bytes, listBytes, batch: whole } = JSON.parse(options);
// The engine alone: no transactions, no caches, no checks.
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

// What the store keeps of one entry, and what it writes beside it, in the sizes of ours.
const record = Buffer.from(JSON.stringify({ filler: 'x'.repeat(Math.max(1, Math.floor(bytes * 0.7))) }));
const small = Buffer.alloc(Math.max(1, Math.floor((bytes * 0.3) / keys)), 1);

let waiting = [];
let writing = false;
async function write() {
  writing = true;
  while (waiting.length > 0) {
    const group = waiting;
    waiting = [];
    const batch = new Map();
    for (const { id } of group) {
      batch.set(`feedback:${id}`, record);
      for (let key = 1; key < keys; key += 1) batch.set(`index:${key}:${id}`, small);
    }
    await engine.write(batch);
    for (const { resolve } of group) resolve();
  }
  writing = false;
}

let count = 0;
application.post('/submit', async (request, reply) => {
  const id = `${Date.now()}-${(count += 1)}-${request.body.type}`;
  await new Promise((resolve) => {
    waiting.push({ id, resolve });
    if (!writing) void write();
  });
  reply.code(201);
  return { id, message: 'Feedback recorded successfully' };
});

const average = Buffer.alloc(Math.max(1, Math.floor(whole.bytes / whole.keys) - 24), 1);
application.post('/batch', async (request, reply) => {
  const id = `${Date.now()}-${(count += 1)}`;
  const made = new Map();
  for (let key = 0; key < whole.keys; key += 1) made.set(`batch:${id}:${key}`, average);
  await engine.write(made);
  reply.code(201);
  return { stored: request.body.feedback.length };
});

application.get('/get/:id', async (request, reply) => {
  const [value] = await engine.getMany([`feedback:${request.params.id}`]);
  return reply.type('application/json; charset=utf-8').send(value);
});

const list = Buffer.from(JSON.stringify({ filler: 'x'.repeat(listBytes) }));
application.get('/list', (_request, reply) => reply.type('application/json; charset=utf-8').send(list));

await engine.write(new Map(Array.from({ length: 10_000 }, (_, id) => [`feedback:${id}`, record])));

process.stdout.write(`limit listens on ${await application.listen({ port: 0, host: '127.0.0.1' })}\n`);
process.on('SIGTERM', () => process.exit(0));
