import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { runCommand } from '../support/command.js';
import { startTestServer } from '../support/server.js';

it('health asks the server of the settings, over TLS too', async () => {
  const tls = { cert: 'test/fixtures/tls/first.cert.pem', key: 'test/fixtures/tls/first.key.pem' };
  for (const settings of [{}, { tls }]) {
    const server = await startTestServer({ host: '0.0.0.0', ...settings });
    const { port } = new URL(server.url);
    const environment = {
      FEEDBACK_HOST: '0.0.0.0',
      FEEDBACK_PORT: port,
      ...('tls' in settings && { FEEDBACK_TLS_CERT: tls.cert, FEEDBACK_TLS_KEY: tls.key }),
    };
    expect(await runCommand(['health'], environment)).toEqual({ code: 0, out: 'ok\n', error: '' });
    expect((await runCommand(['health', '--live', '--host', '127.0.0.1'], environment)).code).toBe(0);
    await server.stop();
    const { code, error } = await runCommand(['health'], environment);
    expect([code, error]).toEqual([1, `error: No server answers at 127.0.0.1:${port} (ECONNREFUSED)\n`]);
  }
});

it('health fails where the server takes no writes', async () => {
  const paths: (string | undefined)[] = [];
  const unwritable = createServer(({ url }, response) => {
    paths.push(url);
    response.writeHead(url === '/health/live' ? 200 : 503).end();
  });
  unwritable.listen(0, '127.0.0.1');
  await once(unwritable, 'listening');
  const environment = { FEEDBACK_PORT: String((unwritable.address() as AddressInfo).port) };
  const { code, error } = await runCommand(['health'], environment);
  expect([code, error]).toEqual([1, 'error: The server answers 503\n']);
  expect((await runCommand(['health', '--live'], environment)).code).toBe(0);
  expect(paths).toEqual(['/health/ready', '/health/live']);
  unwritable.close();
});
