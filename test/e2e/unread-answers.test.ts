import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const BASE = '/api/v1/llm/feedback';
const UNREAD_BYTES = 20 * 1024 ** 2;
/** Of 8 MB together: more than systems usually keep for a connection that nobody reads. */
const ENTRIES = 200;

/** Waits for clients for as long as they want. */
const PATIENT = { bytes: UNREAD_BYTES, seconds: 3600 };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ unread: PATIENT, search: false });
  const text = 'y'.repeat(10_000);
  const entry = { type: 'negative', question: text, answer: text, correction: text, comment: text };
  const feedback = Array.from({ length: ENTRIES / 4 }, () => entry);
  for (let times = 0; times < 4; times++) await server.call('POST', `${BASE}/batch`, { body: { feedback } });
}, 60_000);
afterAll(() => server.stop());

/** A client that asks for long answers, and reads nothing of them. */
async function askAndNeverRead(sub: string, { requests = 1, limit = ENTRIES } = {}): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  const request =
    `GET ${BASE}?limit=${limit} HTTP/1.1\r\nHost: ${hostname}\r\n` +
    `Authorization: Bearer ${server.token({ sub })}\r\n\r\n`;
  socket.write(request.repeat(requests));
  return socket;
}

interface Read {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

async function read(sub: string): Promise<Read> {
  const response = await fetch(`${server.url}${BASE}?limit=${ENTRIES}`, {
    headers: { authorization: `Bearer ${server.token({ sub })}` },
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() };
}

/** Asks again and again until it is answered with a status. */
async function readUntil(sub: string, status: number): Promise<Read> {
  for (;;) {
    const answer = await read(sub);
    if (answer.status === status) return answer;
  }
}

/** More and more clients that never read, of users that `userOf` names, until a reader is refused. */
async function fill(reader: string, userOf: (index: number) => string, asked = {}) {
  const sockets: Socket[] = [];
  for (;;) {
    sockets.push(await askAndNeverRead(userOf(sockets.length), asked));
    const answer = await read(reader);
    if (answer.status === 503) return { sockets, refused: answer };
  }
}

/** How much a client finds that reads at last, up to the end of its connection. */
async function bytesUpToTheEnd(socket: Socket): Promise<number> {
  let bytes = 0;
  socket.on('data', (piece: Buffer) => (bytes += piece.length));
  await once(socket, 'close');
  return bytes;
}

describe('answers that their clients do not take', () => {
  it('hold a bounded number of bytes: long answers are refused then, short ones are not', async () => {
    const { sockets, refused } = await fill('reader', (index) => `silent-${index}`);
    expect(refused.retryAfter).toBe('1');
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'UNAVAILABLE', error: 'Service Unavailable' });
    expect(refused.text).toContain(`at most ${UNREAD_BYTES} bytes`);
    expect(refused.text).toContain('FEEDBACK_LIMIT_UNREAD_BYTES');
    const query = `{ feedbackList(first: ${ENTRIES}) { edges { node { document } } } }`;
    const graph = await server.call('POST', '/graphql', { body: { query } });
    expect(graph.status).toBe(503);
    expect(graph.body).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
    expect((await server.call('GET', `${BASE}?limit=1`)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    expect(JSON.parse((await readUntil('reader', 200)).text)).toMatchObject({ count: ENTRIES });
  }, 60_000);

  it('are bounded for each user, and end with the connection, also those that wait behind others', async () => {
    const { sockets } = await fill('greedy', () => 'greedy', { requests: 3 });
    expect((await read('modest')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await readUntil('greedy', 200);
  }, 60_000);

  it('count when they are short enough to be written at once, too, and many wait on one connection', async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    const { sockets } = await fill('patter', (index) => `pattering-${index}`, { requests: 100, limit: 4 });
    for (const socket of sockets) socket.destroy();
    const text = (await readUntil('patter', 200)).text;
    process.off('warning', warned);
    expect(JSON.parse(text)).toMatchObject({ count: ENTRIES });
    expect(warnings).toEqual([]);
  }, 60_000);

  it('end after the time that a client has to take something', async () => {
    await server.restart({ unread: { ...PATIENT, seconds: 1 } });
    const { sockets } = await fill('silent', () => 'silent');
    const { text } = await readUntil('silent', 200);
    const taken = await Promise.race(sockets.map(bytesUpToTheEnd));
    expect(taken).toBeLessThan(text.length);
    for (const socket of sockets) socket.destroy();
    await server.restart();
  }, 60_000);
});

describe('clients that read', () => {
  it('get long answers whole, and with HEAD their length', async () => {
    const first = await readUntil('a', 200);
    const second = await readUntil('a', 200);
    expect(second.text).toBe(first.text);
    expect((JSON.parse(first.text) as { feedback: unknown[] }).feedback).toHaveLength(ENTRIES);
    const head = await fetch(`${server.url}${BASE}?limit=${ENTRIES}`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${server.token()}` },
    });
    expect(head.status).toBe(200);
    expect(Number(head.headers.get('content-length'))).toBe(first.text.length);
  });
});
