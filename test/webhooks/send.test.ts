import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { resolveHost, type Resolve } from '../../src/webhooks/addresses.js';
import { type AttemptOutcome, createSender } from '../../src/webhooks/send.js';

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  sockets.clear();
});

/** The port of a receiver that does with each connection what a test says, once its request has come. */
async function listen(answer: (socket: Socket) => void, make = createServer): Promise<number> {
  const server = make((socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const BODY = Buffer.from('{}');
/** Short enough for a test of what never ends, long enough for everything else. */
const TIMEOUT = 400;

function send(
  url: string,
  { allowPrivate = true, resolve = resolveHost, timeout = 5_000 } = {},
): Promise<AttemptOutcome> {
  const signal = new AbortController().signal;
  return createSender({ allowPrivate, resolve }, timeout)({ url, headers: { 'webhook-id': 'a' }, body: BODY, signal });
}

const http = (port: number) => `http://127.0.0.1:${port}/`;
const HEAD = 'HTTP/1.1 200 OK\r\n';

/** Writes for as long as somebody reads. */
function flood(socket: Socket, chunk: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', more);
  more();
}

it('a response with a status of 200 to 299 is a success', async () => {
  const port = await listen((socket) => socket.end(`${HEAD}content-length: 2\r\n\r\nok`));
  expect(await send(http(port))).toMatchObject({ status: 200 });
  expect((await send(http(port))).problem).toBeUndefined();
});

it('a body without an end is cut off, and the receiver has the delivery', async () => {
  const closed: Promise<unknown>[] = [];
  const port = await listen((socket) => {
    closed.push(new Promise((resolve) => socket.once('close', resolve)));
    socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
    flood(socket, `3e8\r\n${'a'.repeat(1_000)}\r\n`);
  });
  const outcome = await send(http(port));
  expect(outcome).toEqual({ status: 200, milliseconds: expect.any(Number) as number });
  await Promise.all(closed);
});

it('a body that comes drop by drop is cut off after a while', async () => {
  const port = await listen((socket) => socket.write(`${HEAD}content-length: 100\r\n\r\na`));
  expect(await send(http(port), { timeout: TIMEOUT })).toMatchObject({ status: 200 });
});

it.each([
  ['redirects', 'HTTP/1.1 302 Found\r\nlocation: file:///etc/passwd\r\n\r\n', { status: 302, problem: 'redirect' }],
  ['fails', 'HTTP/1.1 500 Oops\r\n\r\n', { status: 500, problem: 'status' }],
  ['asks for time', 'HTTP/1.1 429 No\r\nretry-after: 7\r\n\r\n', { status: 429, problem: 'status', retryAfter: 7_000 }],
  ['speaks something else', 'SSH-2.0-OpenSSH_9.2\r\n', { problem: 'invalid_response' }],
  ['upgrades', 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n', { problem: 'invalid_response' }],
  ['closes early', 'HTTP/1.1 200', { problem: 'connection' }],
  ['says nothing', '', { problem: 'connection' }],
])('a receiver that %s has not taken it', async (_, text, expected) => {
  const port = await listen((socket) => socket.end(text));
  expect(await send(http(port))).toMatchObject(expected);
});

it('a receiver that sends headers without an end is cut off', async () => {
  const port = await listen((socket) => {
    socket.write(HEAD);
    flood(socket, `a: ${'b'.repeat(1_000)}\r\n`);
  });
  expect(await send(http(port))).toMatchObject({ problem: 'invalid_response' });
});

it('a receiver that says without an end that its answer is to come is cut off', async () => {
  const port = await listen((socket) => flood(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'));
  expect(await send(http(port))).toMatchObject({ problem: 'invalid_response' });
});

it('of a receiver that answers twice, the first answer counts', async () => {
  const port = await listen((socket) =>
    socket.end(`${HEAD}content-length: 0\r\n\r\nHTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n`),
  );
  expect(await send(http(port))).toEqual({ status: 200, milliseconds: expect.any(Number) as number });
});

it('what a receiver has compressed stays so', async () => {
  const port = await listen((socket) => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    socket.end(Buffer.concat([Buffer.from(`${HEAD}content-encoding: gzip\r\n\r\n`), bomb]));
  });
  expect(await send(http(port))).toMatchObject({ status: 200 });
});

it('a receiver that never answers is cut off', async () => {
  const port = await listen((socket) => socket.write('HTTP/1.1 2'));
  expect(await send(http(port), { timeout: TIMEOUT })).toMatchObject({ problem: 'timeout' });
});

it('a receiver that is down, speaks no TLS, or is nowhere has not taken it', async () => {
  const port = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  expect(await send(`https://127.0.0.1:${port}/`)).toMatchObject({ problem: 'tls' });
  const tls = await listen(
    () => undefined,
    () => createTlsServer({}),
  );
  expect(await send(`https://127.0.0.1:${tls}/`)).toMatchObject({ problem: 'tls' });
  const resolve: Resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
  expect(await send('http://nowhere.example/', { resolve })).toMatchObject({ problem: 'name_not_resolved' });
  const server = servers.shift()!;
  server.close();
  await once(server, 'close');
  expect(await send(http(port))).toMatchObject({ problem: 'connection' });
});

it('nothing is sent to an address that is not public, however its host is given', async () => {
  let connections = 0;
  const port = await listen(() => undefined);
  servers[0]!.on('connection', () => (connections += 1));
  const resolve: Resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
  const refused = { problem: 'address_refused' };
  for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '2130706433', 'hooks.example.com', 'localhost']) {
    expect(await send(`http://${host}:${port}/`, { allowPrivate: false, resolve })).toMatchObject(refused);
  }
  expect(connections).toBe(0);
});
