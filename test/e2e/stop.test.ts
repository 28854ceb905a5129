import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { type ServerProcess, startServerProcess } from '../support/process.js';

const secret = 'a secret of more than thirty-two bytes';
const token = jsonwebtoken.sign({}, secret, { subject: 'stop', expiresIn: '1h' });
let directory: string;
let server: ServerProcess;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-stop-'));
  server = await startServerProcess({
    FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
    FEEDBACK_JWT_SECRET: secret,
  });
});
afterEach(async () => {
  server.child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

const body = JSON.stringify(APPROVED);
const head =
  `POST ${BASE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
  `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;

/** A request whose body is on its way when the signal comes. */
async function halfSent(): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let text = '';
  const answer = new Promise<string>((resolve, reject) => {
    socket.on('data', (bytes) => (text += bytes.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
  await new Promise<void>((resolve) => socket.write(head + body.slice(0, 10), () => resolve()));
  // A later request on another connection is answered only after the server has read this one's head.
  await fetch(`${server.url}/health/live`);
  return { socket, answer };
}

it('on SIGTERM the server finishes accepted requests, refuses new connections, and ends', async () => {
  const { socket, answer } = await halfSent();
  server.child.kill('SIGTERM');
  for (;;) {
    const refused = await fetch(`${server.url}/health/live`).then(
      () => false,
      () => true,
    );
    if (refused) break;
  }
  socket.write(body.slice(10));
  expect(await answer).toMatch(/^HTTP\/1.1 201 /);
  expect(await server.ended).toBe(0);
});

it('on SIGTERM the server does not wait forever for a request that never ends', async () => {
  const { answer } = await halfSent();
  server.child.kill('SIGTERM');
  expect(await server.ended).toBe(0);
  expect(await answer).toBe('');
});
