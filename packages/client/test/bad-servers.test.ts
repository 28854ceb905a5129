import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createClientWith } from '../src/client.js';
import { collect } from './support/collect.js';
import { fakeClock } from './support/fake-fetch.js';

const ENTRY = { type: 'positive', question: 'What is a shard?', answer: 'A part of the data.' } as const;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const clientOf = (url: string, timeoutMs = 30_000) =>
  createClientWith({ url, token: 't', timeoutMs, maxRetries: 1 }, fakeClock());

describe('over real sockets, the client', () => {
  it('says that a server is down', async () => {
    const url = await listen(() => undefined);
    servers[0]?.close();
    await expect(clientOf(url).submit(ENTRY)).rejects.toMatchObject({ code: 'CONNECTION_FAILED', status: undefined });
  });

  it('does not wait for one that never answers', async () => {
    let requests = 0;
    const url = await listen(() => (requests += 1));
    await expect(clientOf(url, 20).submit(ENTRY)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(requests).toBe(2);
  });

  it('does not wait for the end of an answer that never comes', async () => {
    const url = await listen((_, response) =>
      response.writeHead(201, { 'content-type': 'application/json' }).write('{'),
    );
    await expect(clientOf(url, 50).submit(ENTRY)).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('takes half an answer for none', async () => {
    let requests = 0;
    const url = await listen((_, response) => {
      requests += 1;
      response.writeHead(201, { 'content-type': 'application/json' }).write('{"id":');
      setImmediate(() => response.destroy());
    });
    await expect(clientOf(url).submit(ENTRY)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(requests).toBe(2);
  });

  it('follows no POST to where it is redirected', async () => {
    const paths: string[] = [];
    const url = await listen((request, response) => {
      paths.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await expect(clientOf(url).submit(ENTRY)).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE', status: 302 });
    expect(paths).toEqual(['POST /api/v1/llm/feedback']);
  });

  it('lists nothing that a page of HTML could stand for', async () => {
    const url = await listen((_, response) => response.setHeader('content-type', 'text/html').end('<h1>Sign in</h1>'));
    await expect(collect(clientOf(url).feedback.list())).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' });
  });
});
