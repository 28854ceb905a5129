import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { runDocument } from '../support/documents.js';
import { startTestServer } from '../support/server.js';

it('every command of docs/webhooks.md runs as it stands, and its receiver takes what is signed', async () => {
  const server = await startTestServer();
  try {
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    await runDocument(
      'docs/webhooks.md',
      ({ stdout }) => {
        expect(stdout).toContain('"secret":"whsec_');
        expect(stdout).toContain('{"type":"webhook.test",');
        expect(stdout).toMatch(/"event":"webhook\.test","node":"[^"]+","status":"delivered".*"response_status":204/);
      },
      {
        environment: { TOKEN: server.token({ roles: ['admin'] }) },
        replace: {
          'http://localhost:4000': server.url,
          'https://hooks.example.com': `http://127.0.0.1:${port}`,
          '9000': String(port),
        },
      },
    );
  } finally {
    await server.stop();
  }
});
