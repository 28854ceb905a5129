import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { attributesOf, type Collector, type ReceivedLog, type ReceivedSpan, startCollector } from '../support/otlp.js';
import { callServer, type ServerProcess, startServerProcess } from '../support/process.js';
import { type Receiver, startReceiver } from '../support/receiver.js';

const OUR_TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const OUR_SPAN = '00f067aa0ba902b7';
const ANSWER_TRACE = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const ANSWER_SPAN = 'bbbbbbbbbbbbbbbb';
/** What nobody may find in telemetry. */
const SECRETS = [
  'a-question-of-a-user',
  'an-answer-to-it',
  'a-comment-on-it',
  'a-searched-word',
  'a-wrong-type',
  'Bearer ',
];
const COMMENT = 'A comment that is sent where the operator wants it.';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-telemetry-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function stop({ child, ended }: ServerProcess): Promise<void> {
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
}

describe('a server with a collector', () => {
  const secrets = SECRETS.map((secret) => secret.trim());
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const tokens: string[] = [];
  const keyRequests: (string | undefined)[] = [];
  const keys = createServer((request, response) => {
    keyRequests.push(request.headers.traceparent as string | undefined);
    const key = { ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256' };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [key] }));
  });
  let collector: Collector;
  let receiver: Receiver;
  let id: string;
  let scraped: string;
  let log: string;

  beforeAll(async () => {
    keys.listen(0, '127.0.0.1');
    await once(keys, 'listening');
    [collector, receiver] = await Promise.all([startCollector(), startReceiver()]);
    const server = await startServerProcess({
      FEEDBACK_STORE: `rocksdb:${join(directory, 'traced')}`,
      FEEDBACK_JWKS_URL: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`,
      FEEDBACK_ACCESS_LOG: 'on',
      FEEDBACK_WEBHOOKS_ALLOW_PRIVATE: 'on',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=of-the-collector',
      OTEL_SERVICE_NAME: 'help-feedback',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    });
    const claims = { roles: ['admin', 'operator'] };
    const token = jsonwebtoken.sign(claims, privateKey, {
      algorithm: 'RS256',
      keyid: 'one',
      subject: 'traced',
      expiresIn: '1h',
    });
    tokens.push(token);
    const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const response = await fetch(server.url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, text: await response.text() };
    };
    const entry = {
      type: 'positive',
      question: SECRETS[0],
      answer: SECRETS[1],
      comment: SECRETS[2],
      trace_id: ANSWER_TRACE.toUpperCase(),
      span_id: ANSWER_SPAN,
      response_id: 'chatcmpl-1',
      scores: { rating: 4, tone: 'friendly', helpful: true },
    };
    const traceparent = `00-${OUR_TRACE}-${OUR_SPAN}-01`;
    const stored = await call('POST', BASE, entry, { traceparent, 'x-request-id': 'submitted' });
    expect(stored.status).toBe(201);
    ({ id } = JSON.parse(stored.text) as { id: string });
    // The same again says nothing new.
    expect((await call('POST', BASE, { ...entry, external_id: 'twice' })).status).toBe(201);
    expect((await call('POST', BASE, { ...entry, external_id: 'twice' })).status).toBe(200);
    expect((await call('PATCH', `${BASE}/${id}`, { type: 'negative' })).status).toBe(200);
    expect((await call('GET', `${BASE}?search=a-searched-word`)).status).toBe(200);
    expect((await call('POST', BASE, { ...entry, type: 'a-wrong-type' })).status).toBe(400);
    expect((await call('GET', `${BASE}/feedback-of-nobody`)).status).toBe(404);
    const document = `query Mine { feedbackList(first: 1, filter: {search: "a-searched-word"}) { totalCount } }`;
    expect((await call('POST', '/graphql', { query: document })).status).toBe(200);
    expect((await call('GET', '/health/live')).status).toBe(200);
    expect((await fetch(`${server.url}${BASE}`)).status).toBe(401);
    const webhook = await call(
      'POST',
      '/api/v1/llm/webhooks',
      { url: receiver.url, events: ['feedback.used'] },
      { traceparent },
    );
    const { id: webhookId } = JSON.parse(webhook.text) as { id: string };
    receiver.answer = (_, response) => response.writeHead(404).end();
    expect((await call('POST', `/api/v1/llm/webhooks/${webhookId}/test`, {})).status).toBe(202);
    await vi.waitUntil(() => receiver.received.length > 0, { timeout: 10_000, interval: 10 });
    scraped = (await call('GET', '/metrics')).text;
    await stop(server);
    log = server.errors();
  });
  afterAll(async () => {
    keys.close();
    await Promise.all([collector.close(), receiver.close()]);
  });

  const spansOf = (trace: string): ReceivedSpan[] => collector.spans().filter(({ traceId }) => traceId === trace);
  const named = (spans: readonly ReceivedSpan[], name: string): ReceivedSpan => {
    const found = spans.find((span) => span.name === name);
    if (found === undefined) throw new Error(`No span ${name} among ${spans.map((span) => span.name).join(', ')}`);
    return found;
  };
  const evaluations = (): ReceivedLog[] => collector.logs().filter(({ eventName }) => eventName !== undefined);

  it('goes on with the trace of a request, down to the commit', () => {
    const spans = spansOf(OUR_TRACE);
    const request = named(spans, `POST ${BASE}`);
    expect(request).toMatchObject({ parentSpanId: OUR_SPAN, kind: 2, status: { code: 0 } });
    expect(attributesOf(request)).toMatchObject({
      'http.request.method': 'POST',
      'http.route': BASE,
      'http.response.status_code': 201,
      'feedback_graph.request.id': 'submitted',
    });
    const operation = named(spans, 'mutation SubmitFeedback');
    expect(operation.parentSpanId).toBe(request.spanId);
    const plugin = named(spans, 'validate basic_spam_detection');
    expect(plugin.parentSpanId).toBe(operation.spanId);
    expect(attributesOf(plugin)).toMatchObject({ 'feedback_graph.plugin.verdict': 'accept' });
    const transaction = named(spans, 'store.transact');
    expect(transaction.parentSpanId).toBe(operation.spanId);
    expect(attributesOf(transaction)).toMatchObject({
      'db.system.name': 'rocksdb',
      'feedback_graph.store.attempts': 1,
    });
    expect(named(spans, 'store.commit').parentSpanId).toBe(transaction.spanId);
  });

  it('has a span for reads, and names the operations of clients in an attribute alone', () => {
    const operation = collector.spans().find((span) => attributesOf(span)['graphql.operation.name'] === 'Mine')!;
    expect(operation.name).toBe('query');
    const spans = spansOf(operation.traceId);
    expect(named(spans, 'POST /graphql').spanId).toBe(operation.parentSpanId);
    expect(named(spans, 'store.read').parentSpanId).toBe(operation.spanId);
  });

  it('calls what clients do wrong no error, and makes no span of probes', () => {
    const statuses = collector.spans().map((span) => [attributesOf(span)['http.response.status_code'], span.status]);
    for (const wrong of [400, 401, 404]) expect(statuses).toContainEqual([wrong, { code: 0 }]);
    expect(collector.spans().filter(({ name }) => name.includes('/health'))).toEqual([]);
  });

  it('passes the trace on in its own requests', () => {
    expect(keyRequests).toHaveLength(1);
    expect(keyRequests[0]).toMatch(new RegExp(`^00-${OUR_TRACE}-[0-9a-f]{16}-01$`));
    expect(keyRequests[0]).not.toContain(OUR_SPAN);
  });

  it('gives deliveries of webhooks traces of their own', () => {
    const [delivery] = receiver.received;
    const [, traceId, spanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(String(delivery!.headers['traceparent']))!;
    expect(traceId).not.toBe(OUR_TRACE);
    const spans = spansOf(traceId!);
    // The store spans of whoever gave notice would be among them.
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({ spanId, kind: 3, status: { code: 2 } });
    expect(spans[0]!.parentSpanId ?? '').toBe('');
    expect(attributesOf(spans[0]!)).toMatchObject({
      'feedback_graph.webhook.delivery.id': delivery!.headers['webhook-id'],
      'feedback_graph.webhook.event': 'webhook.test',
      'http.response.status_code': 404,
      'error.type': '404',
    });
  });

  it('emits an event for each judgement and score, in the trace of the judged answer', () => {
    const ofEntry = evaluations().filter((event) => attributesOf(event)['feedback_graph.feedback.id'] === id);
    const told = ofEntry.map((event) => {
      expect(event).toMatchObject({
        eventName: 'gen_ai.evaluation.result',
        traceId: ANSWER_TRACE,
        spanId: ANSWER_SPAN,
      });
      const attributes = attributesOf(event);
      expect(attributes).toMatchObject({
        'gen_ai.response.id': 'chatcmpl-1',
        'feedback_graph.organization': 'default',
      });
      return ['name', 'score.value', 'score.label'].map((name) => attributes[`gen_ai.evaluation.${name}`]);
    });
    const scores = [
      ['rating', 4, undefined],
      ['tone', undefined, 'friendly'],
      ['helpful', 1, 'true'],
    ];
    expect(told).toEqual([['user_feedback', 1, 'positive'], ...scores, ['user_feedback', 0, 'negative'], ...scores]);
    // The other entry was submitted twice.
    expect(evaluations()).toHaveLength((3 * told.length) / 2);
  });

  it('sends the lines of the log with the ids of the request and its trace', () => {
    const lines = log.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
    const line = lines.find(({ reqId }) => reqId === 'submitted')!;
    expect(line).toMatchObject({ msg: 'request', trace_id: OUR_TRACE, status: 201 });
    const record = collector.logs().find((each) => attributesOf(each)['reqId'] === 'submitted')!;
    expect(record).toMatchObject({
      traceId: OUR_TRACE,
      spanId: line['span_id'],
      severityText: 'INFO',
      body: { stringValue: 'request' },
    });
    expect(attributesOf(record)).toMatchObject({ route: BASE, sub: 'traced', org: 'default' });
  });

  it('sends exactly the metrics of /metrics', () => {
    const declared = [...scraped.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
    const sent = collector
      .metrics()
      .map(({ name, sum, gauge }) => [
        name,
        sum !== undefined ? 'counter' : gauge !== undefined ? 'gauge' : 'histogram',
      ]);
    expect(sent).toEqual(declared);
    const durations = collector.metrics().find(({ name }) => name.endsWith('http_request_duration_seconds'))!;
    const points = durations.histogram!.dataPoints;
    const submits = points.find((point) => attributesOf(point)['status'] === '201')!;
    expect(submits).toMatchObject({
      count: 2,
      explicitBounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    });
    const counts = submits['bucketCounts'] as number[];
    expect(counts).toHaveLength(13);
    expect(counts.reduce((sum, count) => sum + count)).toBe(2);
  });

  it('says who sends, with the headers that the collector asks for', () => {
    const resources = collector.resources();
    expect(resources).toContain('service.name=help-feedback');
    expect(resources).toContain('deployment.environment.name=test');
    expect([...resources].filter((each) => each.startsWith('service.instance.id='))).toHaveLength(1);
    expect(new Set(collector.exports.map(({ headers }) => headers['x-key']))).toEqual(new Set(['of-the-collector']));
  });

  it('sends no text of a user, no token and no URL', () => {
    const all = collector.exports.map(({ body }) => body.toString()).join('\n');
    expect(
      [...secrets, ...tokens, receiver.url, 'feedback-of-nobody'].filter((secret) => all.includes(secret)),
    ).toEqual([]);
  });
});

/** The scripts that a server loads from its start to its stop that have something of OpenTelemetry in them. */
async function loadedTelemetry(name: string, environment: Readonly<Record<string, string>>): Promise<string[]> {
  const coverage = join(directory, `coverage-${name}`);
  const server = await startServerProcess({
    FEEDBACK_STORE: `rocksdb:${join(directory, name)}`,
    FEEDBACK_JWT_SECRET: 'a secret of more than thirty-two bytes',
    // Node.js lists there each script that it has run.
    NODE_V8_COVERAGE: coverage,
    ...environment,
  });
  const token = jsonwebtoken.sign({}, 'a secret of more than thirty-two bytes', { subject: 'me', expiresIn: '1h' });
  expect((await callServer(server, token, 'POST', BASE, { ...APPROVED, comment: COMMENT })).status).toBe(201);
  await stop(server);
  const [report] = await readdir(coverage);
  const { result } = JSON.parse(await readFile(join(coverage, report!), 'utf8')) as {
    readonly result: readonly { readonly url: string }[];
  };
  const loaded = result.filter(({ url }) => url.startsWith('file:')).map(({ url }) => fileURLToPath(url));
  expect(loaded).toContain(resolve('dist/bundle/cli.js'));
  const withTelemetry: string[] = [];
  for (const file of loaded) {
    if (/opentelemetry|fastify\/otel/.test(file)) withTelemetry.push(file);
    if (!file.startsWith(resolve('dist/bundle'))) continue;
    const map = await readFile(`${file}.map`, 'utf8').catch(() => '{"sources":[]}');
    const { sources } = JSON.parse(map) as { readonly sources: readonly string[] };
    if (sources.some((source) => /@opentelemetry|@fastify\/otel|src\/telemetry\//.test(source))) {
      withTelemetry.push(basename(file));
    }
  }
  return withTelemetry;
}

it('loads nothing of OpenTelemetry unless it is asked for', async () => {
  const disabled = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' };
  expect(await Promise.all([loadedTelemetry('off', {}), loadedTelemetry('disabled', disabled)])).toEqual([[], []]);
});

it('a collector that takes protobuf and never answers holds up neither requests nor the stop', async () => {
  const silent = await startCollector(false);
  try {
    const telemetry = await loadedTelemetry('silent', {
      OTEL_EXPORTER_OTLP_ENDPOINT: silent.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '600000',
      OTEL_BSP_EXPORT_TIMEOUT: '600000',
      OTEL_BLRP_EXPORT_TIMEOUT: '600000',
      FEEDBACK_TELEMETRY_COMMENTS: 'on',
    });
    expect(telemetry.join()).toContain('telemetry-');
    const paths = silent.exports.map(({ path }) => path);
    for (const path of ['/v1/traces', '/v1/logs', '/v1/metrics']) expect(paths).toContain(path);
    for (const { headers } of silent.exports) expect(headers['content-type']).toBe('application/x-protobuf');
    const all = Buffer.concat(silent.exports.map(({ body }) => body)).toString('latin1');
    const expected = ['feedback_graph_http_request_duration_seconds', 'gen_ai.evaluation.explanation', COMMENT];
    expect(expected.filter((each) => !all.includes(each))).toEqual([]);
  } finally {
    await silent.close();
  }
});

it('a collector that is down is told of once', async () => {
  const gone = await startCollector();
  await gone.close();
  const server = await startServerProcess({
    FEEDBACK_STORE: `rocksdb:${join(directory, 'down')}`,
    FEEDBACK_JWT_SECRET: 'a secret of more than thirty-two bytes',
    OTEL_EXPORTER_OTLP_ENDPOINT: gone.url.replace('//', '//name:a-password@'),
    OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_BLRP_SCHEDULE_DELAY: '20',
    OTEL_BLRP_MAX_QUEUE_SIZE: '4',
    OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '2',
  });
  const token = jsonwebtoken.sign({}, 'a secret of more than thirty-two bytes', { subject: 'me', expiresIn: '1h' });
  const submit = (index: number) =>
    callServer(server, token, 'POST', BASE, { ...APPROVED, question: `Question number ${index}` });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => submit(index)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  await stop(server);
  expect(server.errors().match(/telemetry cannot be delivered/g)).toHaveLength(1);
  expect(server.errors()).toContain('ECONNREFUSED');
  expect(server.errors()).not.toContain('a-password');
});
