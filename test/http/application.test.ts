import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createApplication } from '../../src/http/application.js';

it('does not wait for connections that have never asked for anything when it stops', async () => {
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
