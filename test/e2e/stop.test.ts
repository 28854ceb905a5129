import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import { expect, it, vi } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { startServerProcess } from '../support/process.js';
import { startTestServer } from '../support/server.js';

const secret = 'a secret of more than thirty-two bytes';
const tokenOf = (key: string): string => jsonwebtoken.sign({}, key, { subject: 'stop', expiresIn: '1h' });
const body = JSON.stringify(APPROVED);

/** A request whose body is on its way when the server is stopped. */
async function halfSent({ url }: { readonly url: string }, key: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  const answer = new Promise<string>((resolve, reject) => {
    socket.on('data', (bytes) => (text += bytes.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
  const head =
    `POST ${BASE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokenOf(key)}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  await new Promise<void>((resolve) => socket.write(head + body.slice(0, 10), () => resolve()));
  // A later request on another connection is answered only after the server has read this one's head.
  await fetch(`${url}/health/live`);
  return { socket, answer };
}

it('on SIGTERM the server finishes accepted requests, refuses new connections, and ends', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-stop-'));
  const server = await startServerProcess({
    FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
    FEEDBACK_JWT_SECRET: secret,
  });
  try {
    const { socket, answer } = await halfSent(server, secret);
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
  } finally {
    server.child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  }
});

it('a server that is stopped does not wait forever for a request that never ends', async () => {
  const server = await startTestServer();
  const { answer } = await halfSent(server, server.secret);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const stopped = server.stop().then(() => 'stopped' as const);
    const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
    while ((await Promise.race([stopped, nextTurn()])) !== 'stopped') await vi.advanceTimersByTimeAsync(1_000);
    expect(await answer).toBe('');
  } finally {
    vi.useRealTimers();
  }
});
