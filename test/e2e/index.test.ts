import { beforeAll, describe, expect, it } from 'vitest';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

it('/ leads browsers to the console', async () => {
  for (const method of ['GET', 'HEAD']) {
    const { status, headers } = await fetch(server.url, {
      method,
      headers: { accept: 'text/html' },
      redirect: 'manual',
    });
    expect([status, headers.get('location'), headers.get('vary')]).toEqual([302, '/console', 'accept']);
  }
});

describe('/ for other clients', () => {
  it('is a JSON document whose links answer', async () => {
    const answer = await fetch(server.url);
    expect([answer.status, answer.headers.get('vary')]).toEqual([200, 'accept']);
    const index = (await answer.json()) as { links: Record<string, string> };
    expect(index).toEqual({
      name: 'feedback-graph',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      links: {
        rest: '/api/v1/llm/feedback',
        graphql: '/graphql',
        openapi: '/openapi.json',
        docs: '/docs',
        console: '/console',
        health: '/health/ready',
      },
    });
    const headers = { authorization: `Bearer ${server.token()}`, accept: 'application/json, */*' };
    for (const path of Object.values(index.links)) {
      const query = path === '/graphql' ? '?query={__typename}' : '';
      expect([path, (await fetch(server.url + path + query, { headers })).status]).toEqual([path, 200]);
    }
  });

  it('takes HEAD', async () => {
    const [head, get] = await Promise.all(['HEAD', 'GET'].map((method) => fetch(server.url, { method })));
    expect([head!.status, await head!.text()]).toEqual([200, '']);
    for (const name of ['content-type', 'content-length', 'content-security-policy', 'vary']) {
      expect([name, head!.headers.get(name)]).toEqual([name, get!.headers.get(name)]);
    }
  });

  it.each(['POST', 'PUT', 'DELETE'])('has no %s', async (method) => {
    expect((await fetch(server.url, { method })).status).toBe(401);
    const { status, body } = await server.call(method, '/');
    expect([status, body['details']]).toEqual([404, `There is no ${method} route at this path`]);
  });
});
