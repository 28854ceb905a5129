import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
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
    await expect(clientOf(url).submit(ENTRY)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
  });

  it('does not wait for one that never answers', async () => {
    const url = await listen(() => undefined);
    // Whether an attempt has reached the server within its time is chance.
    const attempts = vi.fn(fetch);
    const client = createClientWith({ url, token: 't', timeoutMs: 20, maxRetries: 1, fetch: attempts }, fakeClock());
    await expect(client.submit(ENTRY)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(attempts).toHaveBeenCalledTimes(2);
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

  it('takes no JSON of somebody else for a stored entry', async () => {
    for (const body of ['{"status":"ok"}', '[]', 'null', '1']) {
      const url = await listen((_, response) => response.setHeader('content-type', 'application/json').end(body));
      await expect(clientOf(url).submit(ENTRY)).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' });
      await expect(clientOf(url).submitBatch([ENTRY])).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' });
    }
  });

  it('ends an export at once when its reader cancels, also while it waits for bytes', async () => {
    let hangUp: () => void = () => undefined;
    const isOver = new Promise<void>((resolve) => (hangUp = resolve));
    const url = await listen(({ url: path = '' }, response) => {
      if (path.includes('/manifest')) {
        response.setHeader('content-type', 'application/json').end('{"bytes": 99, "sha256": ""}');
        return;
      }
      response.writeHead(200, { 'content-type': 'application/jsonl' }).write('{"a":');
      response.on('close', hangUp);
    });
    const reader = clientOf(url).training.batch(1).export({ format: 'raw' }).getReader();
    expect((await reader.read()).value?.length).toBe(5);
    const waiting = reader.read();
    await reader.cancel();
    await Promise.all([isOver, waiting]);
  });

  it('lists nothing that a page of HTML could stand for', async () => {
    const url = await listen((_, response) => response.setHeader('content-type', 'text/html').end('<h1>Sign in</h1>'));
    await expect(collect(clientOf(url).feedback.list())).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' });
  });
});
