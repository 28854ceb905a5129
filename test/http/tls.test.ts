import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { BASE } from '../support/feedback.js';
import { startTestServer, type TestServer } from '../support/server.js';

type Pair = 'first' | 'second';

const fixture = (pair: Pair, part: 'cert' | 'key'): string => `test/fixtures/tls/${pair}.${part}.pem`;
const ca = await Promise.all([readFile(fixture('first', 'cert')), readFile(fixture('second', 'cert'))]);

let directory: string;
let files: { readonly cert: string; readonly key: string };
let server: TestServer | undefined;
let lines: Record<string, unknown>[];

async function install(cert: Pair, key: Pair = cert): Promise<void> {
  await copyFile(fixture(cert, 'cert'), files.cert);
  await copyFile(fixture(key, 'key'), files.key);
}

async function start(overrides: Parameters<typeof startTestServer>[0] = {}): Promise<TestServer> {
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  server = await startTestServer({ tls: files, logLevel: 'info', ...overrides }, undefined, { write });
  return server;
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-tls-'));
  files = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
  lines = [];
  await install('first');
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(directory, { recursive: true, force: true });
});

/** A connection of its own, with TLS agreed on. */
async function open({ url }: TestServer): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca });
  await once(socket, 'secureConnect');
  return socket;
}

async function subjectOf(running: TestServer): Promise<string | undefined> {
  const socket = await open(running);
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return [CN].flat()[0];
}

async function get(
  running: TestServer,
  path: string,
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; text: string }> {
  const asked = request(running.url + path, {
    ca,
    agent: false,
    headers: { authorization: `Bearer ${running.token()}` },
  });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += String(piece);
  return { status: response.statusCode, headers: response.headers, text };
}

/** The answers of a connection to these bytes, up to its end. */
async function exchange(running: TestServer, bytes: string): Promise<string> {
  const socket = await open(running);
  socket.write(bytes);
  let text = '';
  for await (const piece of socket.setEncoding('utf8')) text += String(piece);
  return text;
}

describe('a server with a certificate', () => {
  it('answers over TLS, and tells browsers to stay with it', async () => {
    const running = await start();
    expect(running.url).toMatch(/^https:\/\//);
    const { status, headers, text } = await get(running, BASE);
    expect(status).toBe(200);
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    expect(JSON.parse(text)).toMatchObject({ count: 0 });
    await expect(fetch(running.url.replace('https', 'http'))).rejects.toThrow();
    expect((await get(running, '/health/live')).status).toBe(200);
  });

  it('answers requests that offer HTTP/2 as HTTP/1.1, and takes WebSockets', async () => {
    const running = await start();
    const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
    const one = `GET /health/live HTTP/1.1\r\nHost: x\r\n${offer}\r\n`;
    const last = 'GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const text = await exchange(running, one + one + last);
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);

    const socket = new WebSocket(`${running.url.replace('https', 'wss')}/graphql`, 'graphql-transport-ws', { ca });
    await once(socket, 'open');
    const payload = { authorization: `Bearer ${running.token()}` };
    socket.send(JSON.stringify({ type: 'connection_init', payload }));
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(message.toString())).toMatchObject({ type: 'connection_ack' });
    socket.close();
    await once(socket, 'close');
  });

  it('cuts off a client that takes nothing of its answer', async () => {
    const running = await start({ unread: { bytes: 128 * 1024 ** 2, seconds: 1 }, accessLog: true });
    const socket = await open(running);
    socket.on('error', () => undefined);
    // More than systems keep for a connection that nobody reads.
    socket.write('GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(200));
    while (!lines.some(({ aborted }) => aborted === true)) await nextTurn();
    socket.destroy();
  });

  it('ends at once beside connections that have asked for nothing', async () => {
    const running = await start();
    const sockets = await Promise.all([open(running), open(running)]);
    const closed = sockets.map((socket) => {
      socket.on('error', () => undefined).resume();
      return once(socket, 'close');
    });
    await running.stop();
    server = undefined;
    await Promise.all(closed);
  });

  it('ends at once beside a client that does not go on agreeing on TLS', async () => {
    const running = await start();
    const stuck = connectSocket(Number(new URL(running.url).port), '127.0.0.1');
    stuck.on('error', () => undefined).resume();
    await once(stuck, 'connect');
    // The head of a record whose rest does not come.
    stuck.write(Buffer.from('16030100ff', 'hex'));
    // The server has taken the one before when it takes this one.
    (await open(running)).destroy();
    const closed = once(stuck, 'close');
    await running.stop();
    server = undefined;
    await closed;
    // Its handshake may take 10 s.
  }, 8_000);

  it('counts connections of an address before they have agreed on TLS', async () => {
    const running = await start({ addressLimits: { requestsPerMinute: 0, connections: 1 } });
    const socket = await open(running);
    await expect(open(running)).rejects.toThrow();
    socket.destroy();
  });
});

describe('reloading the certificate', () => {
  it('gives new connections the new one, and leaves open ones alone', async () => {
    const running = await start();
    const before = await open(running);
    await install('second');
    expect(await subjectOf(running)).toBe('feedback-graph test (first)');
    await running.reloadTls();
    expect(await subjectOf(running)).toBe('feedback-graph test (second)');
    before.write('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const piece of before.setEncoding('utf8')) text += String(piece);
    expect(text).toMatch(/^HTTP\/1.1 200 OK/);
  });

  it.each([
    ['a key of another certificate', () => install('second', 'first'), /FEEDBACK_TLS_KEY must be the private key of/],
    ['no certificate', () => writeFile(files.cert, 'none'), /FEEDBACK_TLS_CERT must be a PEM file with a certificate/],
    ['no key', () => writeFile(files.key, ''), /FEEDBACK_TLS_KEY must be a PEM file with a private key/],
    ['no file', () => rm(files.key), /FEEDBACK_TLS_KEY must be the path of a PEM file, and '.*' cannot be read/],
  ])('keeps the one before if there is %s, in one line of the log', async (_, damage, problem) => {
    const running = await start();
    await damage();
    await running.reloadTls();
    const errors = lines.filter(({ level }) => level === 50);
    expect(errors).toEqual([expect.objectContaining({ problem: expect.stringMatching(problem) as string })]);
    expect(await subjectOf(running)).toBe('feedback-graph test (first)');
    // What is right again is taken again.
    await install('second');
    await running.reloadTls();
    expect(await subjectOf(running)).toBe('feedback-graph test (second)');
  });

  it('refuses to start with files that do not fit', async () => {
    await install('first', 'second');
    await expect(start()).rejects.toThrow(/^FEEDBACK_TLS_KEY must be the private key of the certificate/);
  });
});
