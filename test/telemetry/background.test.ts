import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { retentionPolicy } from '../../src/config/retention.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { openStream, until } from '../support/live.js';
import { attributesOf, type Collector, type ReceivedSpan, startCollector } from '../support/otlp.js';
import { type Receiver, startReceiver } from '../support/receiver.js';
import { startTestServer, type TestServer } from '../support/server.js';

const REVIEWER = { sub: 'rita-the-reviewer', roles: ['reviewer', 'trainer', 'admin'] };
const UPGRADE_TRACE = '5bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const EXPORT_TRACE = '6bf92f3577b34da6a3ce929d0e0e4736';
const BULK_TRACE = '7bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = (trace: string) => ({ traceparent: `00-${trace}-${SPAN}-01` });
const ENTRIES = 250;
const INTERNAL = 1;
const SERVER = 2;
const CLIENT = 3;

describe('what outlives a request, or belongs to none, is a span', () => {
  let collector: Collector;
  let receiver: Receiver;
  let server: TestServer;
  const named = (name: string): ReceivedSpan[] => collector.spans().filter((span) => span.name === name);

  beforeAll(async () => {
    collector = await startCollector();
    receiver = await startReceiver();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
    server = await startTestServer({
      telemetry: { signals: { traces: 'http/json' }, propagates: true, comments: false },
      retention: retentionPolicy('rejected=30d'),
    });
    const admin = { claims: REVIEWER };
    const webhook = { url: `${receiver.url}?key=a-secret-of-the-receiver`, events: ['feedback.submitted'] };
    expect((await server.call('POST', '/api/v1/llm/webhooks', { body: webhook, ...admin })).status).toBe(201);
    receiver.answer = (_, response) => response.writeHead(receiver.received.length === 1 ? 204 : 410).end();
    await subscribe();
    const feedback = Array.from({ length: ENTRIES }, (_, nth) => ({ ...APPROVED, question: `What is ${nth}?` }));
    expect((await server.call('POST', `${BASE}/batch`, { body: { feedback } })).status).toBe(201);
    const claimed = await server.call('POST', '/api/v1/llm/training/batches', {
      body: { limit: 100 },
      ...admin,
    });
    expect(claimed.status).toBe(201);
    const rows = await fetch(`${server.url}/api/v1/llm/training/batches/1/export?format=raw`, {
      headers: { authorization: `Bearer ${server.token(REVIEWER)}`, ...traceparent(EXPORT_TRACE) },
    });
    expect((await rows.text()).trim().split('\n')).toHaveLength(100);
    await reject();
    const stream = await openStream(server, `${BASE}/changes`, { claims: REVIEWER });
    stream.leave();
    await until(() => receiver.received.length > 1 && server.live().connections === 0);
    await server.stop();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await receiver.close();
    await collector.close();
  });

  /** Two events of a subscription, by a client that goes on with a trace. */
  async function subscribe(): Promise<void> {
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocols: string) {
          super(address, protocols, { headers: traceparent(UPGRADE_TRACE) });
        }
      },
      connectionParams: { authorization: `Bearer ${server.token()}` },
    });
    const query = 'subscription Mine { feedbackSubmitted { id question } }';
    const events = client.iterate({ query, operationName: 'Mine' });
    const first = events.next();
    await until(() => server.live().followers === 1);
    for (let entry = 0; entry < 2; entry++) await server.call('POST', BASE, { body: APPROVED });
    await first;
    await events.next();
    await events.return?.();
    await client.dispose();
    await until(() => server.live().followers === 0);
  }

  async function reject(): Promise<void> {
    const body = { action: 'reject', reason: 'a-reason-of-the-reviewer', filter: { status: 'approved' } };
    const begun = await server.call('POST', `${BASE}/bulk`, {
      body,
      claims: REVIEWER,
      headers: traceparent(BULK_TRACE),
    });
    expect(begun.status).toBe(202);
    const state = async () =>
      (await server.call('GET', `${BASE}/bulk/${String(begun.body['id'])}`, { claims: REVIEWER })).body['state'];
    while ((await state()) === 'running');
  }

  it('each subscription over a WebSocket, in the trace of the request that opened it', () => {
    const [subscription, ...others] = named('subscription');
    expect(others).toEqual([]);
    expect(subscription).toMatchObject({
      traceId: UPGRADE_TRACE,
      parentSpanId: SPAN,
      kind: SERVER,
      status: { code: 0 },
    });
    expect(attributesOf(subscription!)).toMatchObject({
      'graphql.operation.type': 'subscription',
      'graphql.operation.name': 'Mine',
      'feedback_graph.subscription.events': 2,
    });
    // However many events it has.
    expect(collector.spans().filter(({ traceId }) => traceId === UPGRADE_TRACE)).toHaveLength(1);
  });

  it('each answer that is streamed, whether a client takes all of it or leaves', () => {
    const streams = named('response.stream');
    const [exported] = streams.filter(({ traceId }) => traceId === EXPORT_TRACE);
    const request = collector.spans().find(({ spanId }) => spanId === exported?.parentSpanId);
    expect(request).toMatchObject({ name: 'GET /api/v1/llm/training/batches/:number/export', traceId: EXPORT_TRACE });
    expect(attributesOf(exported!)).toMatchObject({
      'http.route': '/api/v1/llm/training/batches/:number/export',
      'feedback_graph.response.complete': true,
    });
    const [left] = streams.filter((span) => attributesOf(span)['http.route'] === `${BASE}/changes`);
    expect(left).toMatchObject({ status: { code: 0 } });
    expect(attributesOf(left!)).toMatchObject({ 'feedback_graph.response.complete': false });
    expect(streams).toHaveLength(2);
  });

  it('each bulk operation, once, in a trace of its own that is linked to the request', () => {
    const [operation, ...others] = named('bulk operation');
    expect(others).toEqual([]);
    expect(operation!.traceId).not.toBe(BULK_TRACE);
    expect(operation).toMatchObject({ kind: INTERNAL, links: [{ traceId: BULK_TRACE }] });
    const linked = collector.spans().find(({ spanId }) => spanId === operation!.links![0]!.spanId);
    expect(linked?.name).toBe('mutation StartBulkOperation');
    const attributes = attributesOf(operation!);
    expect(attributes).toMatchObject({
      'feedback_graph.organization': 'default',
      'feedback_graph.bulk_operation.ended': true,
    });
    expect(attributes['feedback_graph.bulk_operation.steps']).toBeGreaterThan(1);
    // What it does later is no part of the request.
    const ofRequest = collector.spans().filter(({ traceId }) => traceId === BULK_TRACE);
    expect(ofRequest.filter(({ name }) => name === 'store.transact')).toHaveLength(1);
  });

  it('each attempt of a delivery to a webhook, with what became of it', () => {
    const deliveries = collector.spans().filter((span) => 'feedback_graph.webhook.id' in attributesOf(span));
    expect(deliveries.map(({ kind }) => kind)).toEqual(deliveries.map(() => CLIENT));
    const told = deliveries.map((span) => [attributesOf(span)['http.response.status_code'], span.status.code ?? 0]);
    expect(told).toContainEqual([204, 0]);
    expect(told).toContainEqual([410, 2]);
    expect(attributesOf(deliveries[0]!)).toMatchObject({ 'feedback_graph.webhook.event': 'feedback.submitted' });
    // They belong to no request: neither to that which made the webhook nor to that which submitted.
    expect(new Set(deliveries.map(({ traceId }) => traceId)).size).toBe(deliveries.length);
    expect(deliveries.filter(({ parentSpanId }) => parentSpanId)).toEqual([]);
  });

  it('each round of retention', () => {
    expect(named('retention').map((span) => attributesOf(span)['feedback_graph.retention.erased'])).toEqual([0]);
  });

  it('has no span for each entry, and nothing of what users are or have written', () => {
    const submitted = collector.spans().find(({ name }) => name === `POST ${BASE}/batch`)!;
    const ofBatch = collector.spans().filter(({ traceId }) => traceId === submitted.traceId);
    expect(ofBatch.length).toBeLessThan(ENTRIES / 5);
    expect(ofBatch.map(({ name }) => name)).toContain('validate basic_spam_detection');
    const all = collector.exports.map(({ body }) => body.toString()).join('\n');
    const secrets = ['What is', 'rita-the-reviewer', 'a-reason-of-the-reviewer', 'a-secret-of-the-receiver', 'Bearer'];
    expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
  });
});
