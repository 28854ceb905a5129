import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import WebSocket from 'ws';
import { APPROVED, BASE } from '../support/feedback.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let lines: Record<string, unknown>[];
afterEach(() => server.stop());

async function start(overrides: Parameters<typeof startTestServer>[0] = {}): Promise<void> {
  lines = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  server = await startTestServer({ accessLog: true, logLevel: 'info', ...overrides }, undefined, { write });
}

/** The lines of requests, once there are so many: a client may have its answer before the server has noted it. */
async function requests(count: number): Promise<Record<string, unknown>[]> {
  for (;;) {
    const found = lines.filter(({ msg }) => msg === 'request');
    if (found.length >= count) return found;
    await nextTurn();
  }
}

it('has a line for each request, with the pattern of its route and who asked, and nothing of what was said', async () => {
  await start();
  const { body } = await server.call('POST', BASE, {
    body: { ...APPROVED, question: 'Where is the treasure?' },
    claims: { sub: 'ann', org: 'acme' },
    headers: { 'x-request-id': 'first' },
  });
  await server.call('GET', `${BASE}/${String(body['id'])}?secret=hidden`, { claims: { sub: 'ben', org: 'acme' } });
  await server.call('POST', '/graphql', { body: { query: '{ feedbackStats { totalFeedback } }' } });
  const found = await requests(3);
  expect(found).toMatchObject([
    { method: 'POST', route: BASE, status: 201, reqId: 'first', sub: 'ann', org: 'acme' },
    { method: 'GET', route: `${BASE}/:id`, status: 200, sub: 'ben', org: 'acme' },
    { method: 'POST', route: '/graphql', status: 200, sub: 'tester', org: 'default' },
  ]);
  for (const { ms } of found) expect(ms).toBeGreaterThanOrEqual(0);
  expect(found.map(({ aborted }) => aborted)).toEqual([undefined, undefined, undefined]);
  const text = JSON.stringify(found);
  for (const unwanted of ['treasure', 'hidden', String(body['id']), 'feedbackStats', 'Bearer', server.token()]) {
    expect(text).not.toContain(unwanted);
  }
});

it('has a line for each refused request, too', async () => {
  await start({ limits: { userPerMinute: 1, orgPerHour: 0 } });
  await fetch(server.url + BASE);
  await fetch(server.url + BASE, { headers: { authorization: 'Bearer a.b.c' } });
  await server.call('GET', '/no/such/route');
  await server.call('GET', BASE);
  await fetch(`${server.url}/%zz`);
  const found = await requests(5);
  expect(found.map(({ route, status, sub }) => [route, status, sub])).toEqual([
    [BASE, 401, undefined],
    [BASE, 401, undefined],
    [undefined, 404, 'tester'],
    [BASE, 429, 'tester'],
    [undefined, 400, undefined],
  ]);
});

it('has lines for WebSockets: when they are refused, and when they end', async () => {
  await start();
  const url = server.url.replace('http', 'ws');
  const refused = new WebSocket(`${url}/graphql`, 'graphql-transport-ws', { origin: 'https://evil.example' });
  await once(refused, 'error');
  const socket = new WebSocket(`${url}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(
    JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${server.token({ sub: 'ann' })}` } }),
  );
  await once(socket, 'message');
  socket.close();
  expect(await requests(2)).toMatchObject([
    { route: '/graphql', status: 403 },
    { route: '/graphql', status: 101, sub: 'ann', org: 'default' },
  ]);
});

it('has a line for a request whose client is gone, also where its answer waited behind another', async () => {
  await start();
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const get = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token()}\r\n\r\n`;
  // The stream never ends, so what comes behind it is carried out and never answered.
  socket.write(get(`${BASE}/changes`) + get(BASE));
  await once(socket, 'data');
  await server.call('GET', BASE);
  socket.destroy();
  const found = await requests(3);
  expect(
    found
      .filter(({ aborted }) => aborted === true)
      .map(({ route }) => route)
      .sort(),
  ).toEqual([BASE, `${BASE}/changes`]);
});

it('is off unless it is turned on', async () => {
  await start({ accessLog: false });
  await server.call('GET', BASE);
  await server.stop();
  expect(lines.filter(({ msg }) => msg === 'request')).toEqual([]);
});
