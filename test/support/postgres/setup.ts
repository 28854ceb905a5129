/** Starts one PostgreSQL of each kind for all test files of a run, when the first of them asks, and stops it after the run. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { TestProject } from 'vitest/node';
import { postgresInstallations } from './installation.js';
import { type PostgresAddress, type PostgresServer, startPostgres } from './server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The port on 127.0.0.1 that takes the name of an installation and answers with the shared server's address, as JSON. */
    readonly postgresPort: number;
  }
}

export default async function setUpPostgres(project: TestProject): Promise<() => Promise<void>> {
  const shared = new Map<string, Promise<PostgresServer>>();
  const start = (name: string): Promise<PostgresServer> => {
    const installation = postgresInstallations().find((one) => one.name === name);
    if (installation === undefined) throw new Error(`There is no ${name}`);
    // Nothing here survives the run, so nothing has to survive a failed machine.
    return startPostgres({ installation, fsync: false, settings: { max_connections: '300' } });
  };
  const find = async (name: string): Promise<PostgresAddress> => {
    const started = shared.get(name) ?? start(name);
    shared.set(name, started);
    const { host, port, socketDirectory } = await started;
    return { host, port, socketDirectory };
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').once('data', (name: string) => {
      find(name).then(
        (address) => socket.end(JSON.stringify(address)),
        (error: unknown) => socket.end(JSON.stringify({ error: String(error) })),
      );
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  project.provide('postgresPort', address.port);
  return async () => {
    server.close();
    await Promise.all([...shared.values()].map(async (started) => (await started.catch(() => undefined))?.stop()));
  };
}
