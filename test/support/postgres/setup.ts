/** Starts one PostgreSQL for all test files of a run, when the first of them asks for it, and stops it after the run. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { TestProject } from 'vitest/node';
import { type PostgresServer, startPostgres } from './server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The port on 127.0.0.1 that answers every connection with the shared server's address, as JSON. */
    readonly postgresPort: number;
  }
}

export default async function setUpPostgres(project: TestProject): Promise<() => Promise<void>> {
  let shared: Promise<PostgresServer> | undefined;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    // Nothing here survives the run, so nothing has to survive a failed machine.
    shared ??= startPostgres({ fsync: false, settings: { max_connections: '300' } });
    shared.then(
      ({ host, port, socketDirectory }) => socket.end(JSON.stringify({ host, port, socketDirectory })),
      (error: unknown) => socket.end(JSON.stringify({ error: String(error) })),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  project.provide('postgresPort', address.port);
  return async () => {
    server.close();
    await (await shared?.catch(() => undefined))?.stop();
  };
}
