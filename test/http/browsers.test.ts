import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { connect as connectSocket, Socket } from 'node:net';
import jsonwebtoken from 'jsonwebtoken';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { SignInError } from '../../src/http/sign-in-failure.js';
import { createSignIn } from '../../src/http/sign-in.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { openStream } from '../support/live.js';
import { startTestServer, type TestServer } from '../support/server.js';

const APP = 'https://app.example.com';

let server: TestServer;
afterEach(() => server.stop());

const start = async (overrides: Parameters<typeof startTestServer>[0] = {}): Promise<void> => {
  server = await startTestServer(overrides);
};

/** A preflight for a request that a client of the API would send. */
const preflight = (origin: string, path = BASE): Promise<Response> =>
  fetch(server.url + path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,idempotency-key',
    },
  });

describe('pages of other origins', () => {
  it('may call the API if their origin is listed, without a token for the preflight', async () => {
    await start({ corsOrigins: [APP, 'http://localhost:5173'] });
    for (const origin of [APP, 'http://localhost:5173']) {
      const { status, headers } = await preflight(origin);
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-methods')).toContain('POST');
      expect(headers.get('access-control-allow-headers')!.toLowerCase().split(', ')).toEqual(
        expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'if-match', 'last-event-id']),
      );
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
    const answer = await server.call('POST', BASE, { body: APPROVED, headers: { origin: APP } });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
    expect(answer.headers.get('vary')).toMatch(/origin/i);
    const exposed = answer.headers.get('access-control-expose-headers')!.toLowerCase();
    for (const name of ['x-request-id', 'x-ratelimit-remaining', 'retry-after', 'etag', 'link']) {
      expect(exposed).toContain(name);
    }
    const stream = await openStream(server, `${BASE}/changes`, { headers: { origin: APP } });
    expect(stream.headers.get('access-control-allow-origin')).toBe(APP);
    expect(await stream.next()).toMatchObject({ id: expect.any(String) as string });
    stream.leave();
    const graphql = await server.call('POST', '/graphql', {
      body: { query: '{ __typename }' },
      headers: { origin: APP },
    });
    expect(graphql.headers.get('access-control-allow-origin')).toBe(APP);
  });

  it('can read why they are refused', async () => {
    await start({ corsOrigins: [APP] });
    for (const [path, headers] of [
      [BASE, {}],
      [BASE, { authorization: 'Bearer none' }],
      ['/no-such-route', {}],
    ] as const) {
      const answer = await fetch(server.url + path, { headers: { ...headers, origin: APP } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
    }
  });

  it.each([
    'https://evil.example',
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'null',
    APP + '/',
  ])('may not if it is not: %s', async (origin) => {
    await start({ corsOrigins: [APP] });
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
    const answer = await server.call('GET', BASE, { headers: { origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may not at all unless a setting lists some, and an OPTIONS request is then like any other', async () => {
    await start();
    const refused = await preflight(APP);
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, null]);
    await server.stop();
    await start({ corsOrigins: [APP] });
    const plain = await fetch(server.url + BASE, { method: 'OPTIONS' });
    expect([plain.status, await plain.json()]).toEqual([401, expect.objectContaining({ error: 'Unauthorized' })]);
    expect((await server.call('OPTIONS', BASE)).status).toBe(404);
  });

  it('may open WebSockets if they are listed or the server’s own', async () => {
    await start({ corsOrigins: [APP] });
    const opened = (origin?: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
          ...(origin !== undefined && { origin }),
        });
        socket.on('open', () => {
          socket.close();
          resolve(101);
        });
        socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
        socket.on('error', reject);
      });
    expect(await opened()).toBe(101);
    expect(await opened(APP)).toBe(101);
    expect(await opened(server.url)).toBe(101);
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1', 'nonsense']) {
      expect([origin, await opened(origin)]).toEqual([origin, 403]);
    }
  });
});

describe('answers', () => {
  const headersOf = async (path: string, headers: Record<string, string> = {}) =>
    (await fetch(server.url + path, { headers })).headers;

  it('are neither cached, guessed at nor embedded, also if they are refusals', async () => {
    await start();
    const authorization = `Bearer ${server.token()}`;
    for (const [path, sent] of [
      [BASE, { authorization }],
      [`${BASE}/changes`, { authorization, accept: 'application/json' }],
      [BASE, {}],
      ['/no-such-route', { authorization }],
      [`${BASE}/%zz`, { authorization }],
      ['/graphql?query={__typename}', { authorization }],
      ['/health/live', {}],
    ] as const) {
      const headers = await headersOf(path, sent);
      expect([path, headers.get('cache-control')]).toEqual([path, 'no-store']);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('strict-transport-security')).toBeNull();
    }
  });

  it('tell browsers to stay with TLS if they came over it, by the word of a trusted proxy alone', async () => {
    await start({ trustedProxies: ['127.0.0.1'] });
    const over = async (protocol: string) =>
      (await headersOf('/health/live', { 'x-forwarded-proto': protocol })).get('strict-transport-security');
    expect(await over('https')).toBe('max-age=31536000');
    expect(await over('http')).toBeNull();
    await server.stop();
    await start();
    expect(await over('https')).toBeNull();
  });
});

describe('an address', () => {
  const bad = (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(server.url + BASE, { headers: { authorization: 'Bearer a.b.c', ...headers } });
  const statuses = async (requests: number, headers: Record<string, string> = {}): Promise<number[]> => {
    const found: number[] = [];
    for (let each = 0; each < requests; each++) found.push((await bad(headers)).status);
    return found;
  };

  it('is refused once it has sent too much without a valid token; what has one does not count', async () => {
    await start({ addressLimits: { requestsPerMinute: 3, connections: 0 } });
    for (let each = 0; each < 10; each++) expect((await server.call('GET', BASE)).status).toBe(200);
    expect(await statuses(3)).toEqual([401, 401, 401]);
    const refused = await bad();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED', error: 'Too Many Requests' });
    // Before its token is looked at.
    expect((await server.call('GET', BASE)).status).toBe(429);
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { token: server.token() } }));
    expect((await once(socket, 'close'))[0]).toBe(1013);
  });

  it('counts what needs no token too, and attempts over WebSockets', async () => {
    await start({ addressLimits: { requestsPerMinute: 2, connections: 0 } });
    expect((await fetch(`${server.url}/openapi.json`)).status).toBe(200);
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { token: 'a.b.c' } }));
    expect((await once(socket, 'close'))[0]).toBe(4403);
    expect(await statuses(1)).toEqual([429]);
  });

  it('is what the connection says, whatever the request says of itself', async () => {
    await start({ addressLimits: { requestsPerMinute: 2, connections: 0 } });
    const found: number[] = [];
    for (let each = 1; each <= 4; each++) {
      found.push((await bad({ 'x-forwarded-for': `192.0.2.${each}`, forwarded: `for=192.0.2.${each}` })).status);
    }
    expect(found).toEqual([401, 401, 429, 429]);
  });

  it('is what a trusted proxy has seen, not what the client wrote in front of it', async () => {
    await start({
      addressLimits: { requestsPerMinute: 2, connections: 1 },
      trustedProxies: ['127.0.0.0/8', '10.0.0.1'],
    });
    const found: number[] = [];
    for (let each = 1; each <= 3; each++) {
      found.push((await bad({ 'x-forwarded-for': `198.51.100.${each}, 192.0.2.1, 10.0.0.1` })).status);
    }
    expect(found).toEqual([401, 401, 429]);
    expect(await statuses(1, { 'x-forwarded-for': '192.0.2.2' })).toEqual([401]);
    // One /64 of IPv6 is one address; what is no address at all is the proxy's.
    for (const address of ['2001:db8::1', '2001:db8::2', 'nonsense', 'x'.repeat(5_000)]) {
      expect(await statuses(1, { 'x-forwarded-for': address })).toEqual([401]);
    }
    expect(await statuses(1, { 'x-forwarded-for': '2001:db8::ffff' })).toEqual([429]);
    expect(await statuses(1, { 'x-forwarded-for': 'else' })).toEqual([429]);
  });

  it('may have so many connections open', async () => {
    await start({ addressLimits: { requestsPerMinute: 0, connections: 3 } });
    const { port } = new URL(server.url);
    const open = async (): Promise<Socket> => {
      const socket = connectSocket(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      return socket;
    };
    const alive = async (socket: Socket): Promise<boolean> => {
      const answered = Promise.race([once(socket, 'data').then(() => true), once(socket, 'close').then(() => false)]);
      if (!socket.destroyed) socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
      return answered;
    };
    const sockets = [await open(), await open(), await open()];
    for (const socket of sockets) expect(await alive(socket)).toBe(true);
    const refused = await open();
    expect(refused.destroyed || !(await alive(refused))).toBe(true);
    const [first] = sockets;
    const released = once(first!, 'close');
    first!.end();
    await released;
    const next = await open();
    expect(await alive(next)).toBe(true);
    for (const socket of [...sockets, next]) socket.destroy();
  });
});

describe('the log of failed sign-ins', () => {
  it('has one line per address and minute, of a bounded number of addresses, and never a token', async () => {
    await start();
    const lines: string[] = [];
    let now = 0;
    let address = '192.0.2.1';
    const { signIn, failures } = createSignIn({
      authenticate: () => Promise.reject(new SignInError('expired')),
      addresses: { isProxy: () => false, addressOf: () => address },
      perMinute: 0,
      logger: pino({}, { write: (line) => lines.push(line) }),
      now: () => now,
    });
    const fail = () => signIn('Bearer secret', new IncomingMessage(new Socket())).catch(() => undefined);
    for (let each = 0; each < 100; each++) await fail();
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { address: '192.0.2.1', reason: 'expired' },
    ]);
    expect(lines.join()).not.toContain('secret');
    now = 60_000;
    await fail();
    expect(lines).toHaveLength(2);
    for (let each = 0; each < 5_000; each++) {
      address = `2001:db8:${Math.floor(each / 1_000).toString(16)}:${(each % 1_000).toString(16)}::1`;
      await fail();
    }
    expect(lines).toHaveLength(1_001);
    expect(failures.get('expired')).toBe(5_101);
  });
});

describe('failed sign-ins', () => {
  it('are counted by reason', async () => {
    await start({
      addressLimits: { requestsPerMinute: 100, connections: 0 },
    });
    const tokens = {
      expired: jsonwebtoken.sign({}, server.secret, { subject: 'ann', expiresIn: -3600 }),
      not_yet_valid: jsonwebtoken.sign({}, server.secret, { subject: 'ann', expiresIn: '2h', notBefore: '1h' }),
      signature: jsonwebtoken.sign({}, 'another secret of more than 32 bytes', { subject: 'ann', expiresIn: '1h' }),
      malformed: 'evil"} 1\nforged{',
      claims: jsonwebtoken.sign({}, server.secret, { expiresIn: '1h' }),
    };
    for (const token of Object.values(tokens)) {
      const headers = { authorization: `Bearer ${token.replaceAll('\n', ' ')}` };
      expect((await fetch(server.url + BASE, { headers })).status).toBe(401);
    }
    expect((await fetch(server.url + BASE)).status).toBe(401);
    const text = await (
      await fetch(`${server.url}/metrics`, {
        headers: { authorization: `Bearer ${server.token({ roles: ['operator'] })}` },
      })
    ).text();
    const counts = [...text.matchAll(/^feedback_graph_sign_in_failures_total\{reason="(\w+)"\} (\d+)$/gm)];
    expect(Object.fromEntries(counts.map(([, reason, count]) => [reason, Number(count)]))).toEqual({
      missing: 1,
      malformed: 1,
      signature: 1,
      expired: 1,
      not_yet_valid: 1,
      issuer: 0,
      audience: 0,
      claims: 1,
      lifetime: 0,
      revoked: 0,
    });
  });
});
