import { connect as connectSocket } from 'node:net';
import { createClient } from 'graphql-ws';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createAddressLimit } from '../../src/http/address-limit.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { connect, connectAs, until } from '../support/live.js';
import { DEFAULT_LIVE_SETTINGS, startTestServer, type TestServer } from '../support/server.js';

const SUBMITTED =
  'subscription ($filter: FeedbackFilterInput) { feedbackSubmitted(filter: $filter) { id question version } }';
const NOTHING = { connections: 0, subscriptions: 0, followers: 0 };

async function submit(server: TestServer, body: object = {}, org?: string): Promise<string> {
  const claims = org === undefined ? {} : { org };
  const answer = await server.call('POST', BASE, { body: { ...APPROVED, ...body }, claims });
  expect(answer.status).toBe(201);
  return answer.body['id'] as string;
}

describe('subscriptions', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterEach(async () => {
    await until(() => Object.values(server.live()).every((count) => count === 0));
  });
  afterAll(() => server.stop());

  it('tell a stock client of every submission of its organization, in order', async () => {
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: () => ({ authorization: `Bearer ${server.token()}` }),
    });
    const events = client.iterate<{ feedbackSubmitted: { id: string } }>({ query: SUBMITTED });
    const first = events.next();
    await until(() => server.live().followers === 1);
    const ids: string[] = [];
    for (let entry = 0; entry < 5; entry++) {
      ids.push(await submit(server));
      await submit(server, {}, 'another');
    }
    const seen = [await first];
    while (seen.length < 5) seen.push(await events.next());
    expect(
      seen.map(({ value }) => (value as { data: { feedbackSubmitted: { id: string } } }).data.feedbackSubmitted.id),
    ).toEqual(ids);
    await events.return?.();
    await client.dispose();
  });

  it('start with what is submitted after them, and are narrowed by their filter', async () => {
    await submit(server, { adapter_id: 'lora' });
    const client = await connectAs(server);
    const filter = { type: 'NEGATIVE', adapterId: 'lora', modelVersion: 'm', validationStatus: 'APPROVED' };
    await client.subscribe('one', SUBMITTED, { filter });
    const wanted = { type: 'negative', adapter_id: 'lora', model_version: 'm', correction: 'No.' };
    for (const other of [{ adapter_id: 'other' }, { type: 'positive' }, { model_version: 'n' }, { question: 'eh' }]) {
      await submit(server, { ...wanted, ...other });
    }
    const id = await submit(server, wanted);
    expect(await client.next()).toEqual({
      id: 'one',
      type: 'next',
      payload: { data: { feedbackSubmitted: { id, question: APPROVED.question, version: 1 } } },
    });
    client.socket.close();
  });

  it('tell of changes of training batches, of one or of all', async () => {
    const org = 'batches';
    const claims = { org, roles: ['admin'] };
    for (const question of ['How do I enable sharding?', 'How do I disable sharding?']) {
      await submit(server, { question }, org);
    }
    const client = await connectAs(server, claims);
    await client.subscribe('all', 'subscription { trainingBatchChanged { number state } }');
    await client.subscribe('two', 'subscription { trainingBatchChanged(number: 2) { number state } }');
    const claim = 'mutation { createTrainingBatch(limit: 1) { number } }';
    const event = (id: string, number: number, state: string) => ({
      id,
      type: 'next',
      payload: { data: { trainingBatchChanged: { number, state } } },
    });
    await server.graphql(claim, {}, claims);
    expect(await client.next()).toEqual(event('all', 1, 'OPEN'));
    await server.graphql(claim, {}, claims);
    const both = [await client.next(), await client.next()].sort((one, other) =>
      (one.id ?? '') < (other.id ?? '') ? -1 : 1,
    );
    expect(both).toEqual([event('all', 2, 'OPEN'), event('two', 2, 'OPEN')]);
    await server.graphql('mutation { releaseTrainingBatch(number: 1) { state } }', {}, claims);
    expect(await client.next()).toMatchObject({
      id: 'all',
      payload: { data: { trainingBatchChanged: { number: 1 } } },
    });
    client.socket.close();
  });

  it('resolve what hangs on the feedback, as it is when the event is sent', async () => {
    const client = await connectAs(server);
    const query =
      'subscription { feedbackSubmitted { id adapters { edges { node { id stats { totalFeedback } } } } versions { totalCount } } }';
    await client.subscribe('one', query);
    for (const totalFeedback of [1, 2]) {
      const id = await submit(server, { adapter_id: 'counted' });
      expect((await client.next()).payload).toEqual({
        data: {
          feedbackSubmitted: {
            id,
            adapters: { edges: [{ node: { id: 'counted', stats: { totalFeedback } } }] },
            versions: { totalCount: 1 },
          },
        },
      });
    }
    client.socket.close();
  });

  it('end when the client completes them, while they wait', async () => {
    const client = await connectAs(server);
    await client.subscribe('one', SUBMITTED);
    client.send({ id: 'one', type: 'complete' });
    await until(() => server.live().followers === 0 && server.live().subscriptions === 0);
    expect(server.live().connections).toBe(1);
    client.socket.close();
  });

  it('free everything when the client is gone without a word', async () => {
    const clients = await Promise.all([connectAs(server), connectAs(server)]);
    for (const client of clients) {
      for (const id of ['one', 'two', 'three']) await client.subscribe(id, SUBMITTED);
    }
    expect(server.live()).toEqual({ connections: 2, subscriptions: 6, followers: 6 });
    for (const client of clients) client.socket.terminate();
    await until(() => server.live().followers === 0);
    expect(server.live()).toEqual(NOTHING);
  });

  it.each([
    ['no token', {}],
    ['a token that is none', { authorization: 'Bearer a.b.c' }],
    ['another scheme', { authorization: 'Basic abc' }],
    ['an object for a token', { authorization: { token: 'x' } }],
  ])('are closed with 4403 for %s', async (_, payload) => {
    const client = await connect(server);
    client.send({ type: 'connection_init', payload });
    expect(await client.closed).toEqual({ code: 4403, reason: 'Valid Bearer Token required' });
  });

  it('are closed with 4403 for an expired token and one that others have signed', async () => {
    const expired = jsonwebtoken.sign({}, server.secret, { subject: 'x', expiresIn: -120 });
    const foreign = jsonwebtoken.sign({}, 'another secret of more than 32 bytes', { subject: 'x', expiresIn: 60 });
    for (const token of [expired, foreign]) {
      const client = await connect(server);
      client.send({ type: 'connection_init', payload: { token } });
      expect((await client.closed).code).toBe(4403);
    }
  });

  it('are closed with 4403 once their token expires', async () => {
    // It is honoured for some seconds more, as clocks may differ by a minute.
    const token = jsonwebtoken.sign({}, server.secret, { subject: 'x', expiresIn: -57 });
    const client = await connect(server);
    client.send({ type: 'connection_init', payload: { token } });
    expect((await client.next()).type).toBe('connection_ack');
    await client.subscribe('one', SUBMITTED);
    expect(await client.closed).toEqual({ code: 4403, reason: 'The token has expired' });
    expect(server.live()).toEqual(NOTHING);
  });

  it.each([
    ['a subscription before the token', 4401, { id: '1', type: 'subscribe', payload: { query: SUBMITTED } }],
    ['what is no message', 4400, 'hello'],
    ['a message larger than 64 KiB', 1009, `"${'x'.repeat(65 * 1024)}"`],
  ])('are closed for %s', async (_, code, message) => {
    const client = await connect(server);
    client.send(message);
    expect((await client.closed).code).toBe(code);
  });

  it.each([
    { type: 'next', id: '1', payload: { data: {} } },
    { type: 'error', id: '1', payload: [{ message: 'x' }] },
    { type: 'connection_ack' },
  ])('are closed for a message that only servers send, which is no fault to log: $type', async (message) => {
    for (const client of [await connect(server), await connectAs(server)]) {
      client.send(message);
      expect(await client.closed).toEqual({ code: 4400, reason: 'Only a server may send a message of this type' });
    }
  });

  it('are closed for saying twice who one is, for an id that is taken, and for another protocol', async () => {
    const twice = await connectAs(server);
    twice.send({ type: 'connection_init', payload: {} });
    expect((await twice.closed).code).toBe(4429);
    const taken = await connectAs(server);
    await taken.subscribe('one', SUBMITTED);
    taken.send({ id: 'one', type: 'subscribe', payload: { query: SUBMITTED } });
    expect((await taken.closed).code).toBe(4409);
    const other = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`);
    const code = await new Promise((resolve) => other.once('close', resolve));
    expect(code).toBe(4406);
  });

  it.each([
    ['a query', '{ feedbackStats { totalFeedback } }', /send a query over HTTP/],
    ['a mutation', 'mutation { registerAdapter(id: "x") { id } }', /send a mutation over HTTP/],
    ['bad syntax', 'subscription {', /Syntax Error/],
    ['an unknown field', 'subscription { feedbackEaten { id } }', /Cannot query field/],
    [
      'two fields',
      'subscription { a: feedbackSubmitted { id } b: feedbackSubmitted { id } }',
      /only one top level field/,
    ],
    [
      'fields below one another without an end',
      `subscription { feedbackSubmitted { ${'adapters { edges { node { feedback { edges { node { '.repeat(6)} id ${'} } } } } } '.repeat(6)} } }`,
      /at most 30 levels of fields/,
    ],
    [
      'more than an answer may hold',
      'subscription { feedbackSubmitted { adapters(first: 1000) { edges { node { feedback(first: 1000) { edges { node { id question answer comment correction createdAt } } } } } } } }',
      /at most 200000 fields in its answer/,
    ],
    ['very many tokens', `subscription { feedbackSubmitted { ${'id '.repeat(5_000)} } }`, /more than|tokens/i],
  ])('refuse %s with an error, and go on', async (_, query, sentence) => {
    const client = await connectAs(server);
    client.send({ id: '1', type: 'subscribe', payload: { query } });
    const { type, payload } = await client.next();
    expect(type).toBe('error');
    expect((payload as { message: string }[])[0]!.message).toMatch(sentence);
    client.send({ type: 'ping' });
    expect((await client.next()).type).toBe('pong');
    client.socket.close();
  });

  it('say which field of a filter is wrong', async () => {
    const client = await connectAs(server);
    const variables = { filter: { since: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00Z' } };
    client.send({ id: '1', type: 'subscribe', payload: { query: SUBMITTED, variables } });
    expect(JSON.stringify(await client.next())).toContain("'since' must not be after 'until'");
    client.socket.close();
  });

  it('are only those of the manifest where nothing else may run', async () => {
    const guarded = await startTestServer({ manifest: new Map([['submitted', SUBMITTED]]) });
    try {
      const client = await connectAs(guarded);
      client.send({ id: '1', type: 'subscribe', payload: { query: `${SUBMITTED} ` } });
      expect(JSON.stringify(await client.next())).toContain('PERSISTED_OPERATIONS_ONLY');
      await client.subscribe('2', SUBMITTED);
      client.socket.close();
    } finally {
      await guarded.stop();
    }
  });

  it('are not taken over HTTP', async () => {
    const { body } = await server.call('POST', '/graphql', { body: { query: SUBMITTED } });
    expect(JSON.stringify(body)).not.toContain('Internal');
    expect(body['errors']).toHaveLength(1);
  });
});

describe('subscriptions within limits', () => {
  let server: TestServer;
  const live = {
    ...DEFAULT_LIVE_SETTINGS,
    connectionsPerUser: 2,
    subscriptionsPerUser: 3,
    bufferBytes: 64 * 1024,
    heartbeatSeconds: 1,
  };
  beforeEach(async () => {
    server = await startTestServer({ live });
  });
  afterEach(() => server.stop());

  it('are so many WebSockets of one user, and of every other', async () => {
    const clients = [await connectAs(server), await connectAs(server)];
    const third = await connect(server);
    third.send({ type: 'connection_init', payload: { authorization: `Bearer ${server.token()}` } });
    expect(await third.closed).toEqual({ code: 1013, reason: 'One user may have 2 live connections at once' });
    await connectAs(server, { sub: 'another' });
    await connectAs(server, { org: 'another' });
    clients[0]!.socket.close();
    await clients[0]!.closed;
    await connectAs(server);
  });

  it('are so many subscriptions of one user over all WebSockets', async () => {
    const [one, two] = [await connectAs(server), await connectAs(server)];
    for (const id of ['a', 'b']) await one.subscribe(id, SUBMITTED);
    await two.subscribe('c', SUBMITTED);
    two.send({ id: 'd', type: 'subscribe', payload: { query: SUBMITTED } });
    expect(JSON.stringify(await two.next())).toContain('One user may have 3 subscriptions at once');
    expect((await two.next()).type).toBe('complete');
    one.send({ id: 'a', type: 'complete' });
    await until(() => server.live().subscriptions === 2);
    await two.subscribe('d', SUBMITTED);
  });

  it('cut off a client that takes nothing, with 4413, and hold no more than the limit for it', async () => {
    const client = await connectAs(server);
    for (const id of ['a', 'b', 'c']) {
      await client.subscribe(id, 'subscription { feedbackSubmitted { question answer correction comment } }');
    }
    client.socket.pause();
    const text = 'a long text '.repeat(800);
    const long = { type: 'negative', question: text, answer: text, correction: text, comment: text };
    // More than the operating system takes for a client that does not read.
    for (let batch = 0; batch < 10; batch++) {
      const { status } = await server.call('POST', `${BASE}/batch`, { body: { feedback: Array(6).fill(long) } });
      expect(status).toBe(201);
    }
    const before = process.memoryUsage().rss;
    await until(() => server.live().connections === 0);
    expect(server.live()).toEqual(NOTHING);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 ** 2);
    client.socket.resume();
    expect(await client.closed).toEqual({ code: 4413, reason: 'The client takes less than it asks for' });
  });

  it('end without a sign of life', async () => {
    await server.restart({ live: { ...live, heartbeatSeconds: 0.1 } });
    const client = await connectAs(server);
    await client.subscribe('one', SUBMITTED);
    client.socket.removeAllListeners('ping');
    client.socket.pause();
    await until(() => server.live().connections === 0);
    expect(server.live()).toEqual(NOTHING);
    client.socket.terminate();
  });

  it('go on for a client that answers pings', async () => {
    await server.restart({ live: { ...live, heartbeatSeconds: 0.5 } });
    const client = await connectAs(server);
    await client.subscribe('one', SUBMITTED);
    for (let pings = 0; pings < 3; pings++) await new Promise((resolve) => client.socket.once('ping', resolve));
    const id = await submit(server);
    expect(JSON.stringify(await client.next())).toContain(id);
  });

  it('are closed with 1001 when the server stops', async () => {
    const client = await connectAs(server);
    await client.subscribe('one', SUBMITTED);
    const restarted = server.restart();
    expect(await client.closed).toEqual({ code: 1001, reason: 'The server stops' });
    await restarted;
    expect(server.live()).toEqual(NOTHING);
  });

  it('are not parsed from JSON that is nested too deep', async () => {
    const client = await connect(server);
    client.send(`{"type":"connection_init","payload":${'['.repeat(20_000)}${']'.repeat(20_000)}}`);
    expect(await client.closed).toEqual({ code: 4400, reason: 'A message must be JSON nested at most 64 levels deep' });
  });

  it('count against the limit of requests', async () => {
    const narrow = await startTestServer({ limits: { userPerMinute: 2, orgPerHour: 0 } });
    const client = await connectAs(narrow);
    await client.subscribe('one', SUBMITTED);
    client.send({ id: 'two', type: 'subscribe', payload: { query: SUBMITTED } });
    const { type, payload } = await client.next();
    expect(type).toBe('error');
    expect(payload).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    const other = await connect(narrow);
    other.send({ type: 'connection_init', payload: { token: narrow.token() } });
    expect((await other.closed).code).toBe(1013);
    await narrow.stop();
  });
});

describe('WebSockets without a token', () => {
  const live = { ...DEFAULT_LIVE_SETTINGS, initSeconds: 1, unknownConnections: 5, unknownPerAddress: 3 };
  const HANDSHAKE =
    'GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n';

  it('have a place of those for one address until they say who they are, or are closed', async () => {
    const server = await startTestServer({ live });
    /** Opens a connection from an address of this machine; answers the status, and when it is closed. */
    const open = async (localAddress: string) => {
      const socket = connectSocket({ port: Number(new URL(server.url).port), host: '127.0.0.1', localAddress });
      const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
      socket.on('error', () => undefined);
      socket.write(HANDSHAKE);
      const status = await new Promise<string>((resolve) =>
        socket.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1', 9, 12))),
      );
      return { socket, status, closed };
    };
    const silent = await Promise.all(Array.from({ length: 4 }, () => open('127.0.0.1')));
    expect(silent.map(({ status }) => status).sort()).toEqual(['101', '101', '101', '503']);
    const others = await Promise.all(Array.from({ length: 3 }, () => open('127.0.0.2')));
    expect(others.map(({ status }) => status).sort()).toEqual(['101', '101', '503']);
    for (const { socket } of silent) socket.destroy();
    // Each is closed for its silence by itself, and its place is free at once.
    await Promise.all(others.map(({ closed }) => closed));
    for (let count = 0; count < 5; count++) {
      const client = await connectAs(server, { sub: `user-${count}` });
      expect(client.socket.readyState).toBe(WebSocket.OPEN);
    }
    await server.stop();
  });

  it('count by the /64 of an IPv6 address', () => {
    const limit = createAddressLimit(100, 2);
    const takes = (address: string): boolean => limit.take(address) !== undefined;
    expect(['2001:db8::1', '2001:db8:0:0:1::', '2001:db8::2'].map(takes)).toEqual([true, true, false]);
    expect(['2001:db8:0:1::1', '::1', '::ffff:10.0.0.1', '10.0.0.1', '10.0.0.1'].map(takes)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('give their place back once', () => {
    const limit = createAddressLimit(1, 1);
    const release = limit.take('10.0.0.1');
    expect(limit.take('10.0.0.2')).toBeUndefined();
    release?.();
    expect(limit.take('10.0.0.2')).toBeDefined();
    release?.();
    expect(limit.take('10.0.0.3')).toBeUndefined();
  });
});

describe('requests that offer another protocol', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  /** What a server answers to bytes, until it closes the connection. */
  function exchange(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connectSocket(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (bytes) => (answer += bytes.toString()));
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });
  }
  const offer = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';

  it('are answered over HTTP, with their bodies', async () => {
    const body = JSON.stringify({ ...APPROVED, comment: 'Überall ü' });
    const head =
      `POST ${BASE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token()}\r\n${offer}` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
    expect(await exchange(head + body)).toMatch(/^HTTP\/1.1 201 [\s\S]*Feedback recorded successfully/);
  });

  it('lose no answer, in order, however often they come in one piece, and warn of nothing', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    const one = (number: number, headers: string): string =>
      `GET /health/live?${number} HTTP/1.1\r\nHost: x\r\nX-Request-Id: number-${number}\r\n${headers}\r\n`;
    const offers = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
    const slow = `POST ${BASE} HTTP/1.1\r\nHost: x\r\nX-Request-Id: number-0\r\nAuthorization: Bearer ${server.token()}\r\n`;
    const body = JSON.stringify(APPROVED);
    const first = `${slow}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    const others = Array.from({ length: 100 }, (_, index) => one(index + 1, index % 3 === 0 ? '' : offers));
    const answer = await exchange(first + others.join('') + one(101, 'Connection: close\r\n'));
    process.off('warning', listen);
    expect([...answer.matchAll(/x-request-id: number-(\d+)/g)].map(([, number]) => Number(number))).toEqual(
      Array.from({ length: 102 }, (_, index) => index),
    );
    expect(answer.match(/HTTP\/1\.1 20[01]/g)).toHaveLength(102);
    expect(warnings).toEqual([]);
  });

  it('are answered over HTTP where there is no WebSocket, or another one', async () => {
    expect(await exchange(`GET /health/live HTTP/1.1\r\nHost: x\r\n${offer}\r\n`)).toMatch(/^HTTP\/1.1 200 /);
    const elsewhere = `GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n`;
    expect(await exchange(elsewhere)).toMatch(/^HTTP\/1.1 401 |^HTTP\/1.1 404 /);
    const incomplete = `GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n`;
    expect(await exchange(incomplete)).toMatch(/^HTTP\/1.1 400 /);
  });
});
