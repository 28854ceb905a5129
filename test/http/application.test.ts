import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createApplication } from '../../src/http/application.js';

it('a server that stops does not wait for connections that have never sent a request', async () => {
  const application = createApplication({ logger: pino({ level: 'silent' }), bodyLimit: 1024 });
  await application.listen({ host: '127.0.0.1', port: 0 });
  const accepted = once(application.server, 'connection');
  const socket = connect((application.server.address() as AddressInfo).port, '127.0.0.1');
  const ended = once(
    socket.on('error', () => undefined),
    'close',
  );
  await accepted;
  await application.close();
  await ended;
  expect(socket.destroyed).toBe(true);
});

it('a response that breaks off because its client has gone is not logged as an internal error', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line) => lines.push(line) });
  const application = createApplication({ logger, bodyLimit: 1024 });
  application.get('/work', async ({ raw }) => {
    await once(raw.socket, 'close');
    AbortSignal.abort().throwIfAborted();
  });
  application.get('/broken', async ({ raw }) => {
    await once(raw.socket, 'close');
    throw new Error('A disk is broken');
  });
  await application.listen({ host: '127.0.0.1', port: 0 });
  for (const path of ['/work', '/broken']) {
    const socket = connect((application.server.address() as AddressInfo).port, '127.0.0.1');
    const asked = once(application.server, 'request') as Promise<[IncomingMessage]>;
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const [request] = await asked;
    const gone = once(request.socket, 'close');
    socket.destroy();
    await gone;
    // What the end of the connection has set going has come to its end.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await application.close();
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ err: { message: 'A disk is broken' } }]);
});
