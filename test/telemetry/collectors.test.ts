import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { type Telemetry, startTelemetry } from '../../src/telemetry/telemetry.js';
import { type Collector, startCollector } from '../support/otlp.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});

async function collect(): Promise<Collector> {
  const collector = await startCollector();
  closing.push(() => collector.close());
  return collector;
}

/** Sends one span and nothing else. */
function start(variables: Readonly<Record<string, string>>): { telemetry: Telemetry; lines: string[] } {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const lines: string[] = [];
  const settings = { signals: { traces: 'http/json', logs: 'http/json' }, propagates: true, comments: false } as const;
  const log = { write: (line: string) => void lines.push(line) };
  return { telemetry: startTelemetry(settings, { instance: 'one', log, level: 'info' }), lines };
}

/** What answers as no collector does. */
async function impostor(status: number, headers: Readonly<Record<string, string>>, body: string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return `http://a-user:a-password@127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.each([
  ['HTML', 200, { 'content-type': 'text/html' }, `<html>${'x'.repeat(1_000_000)}`, 'Failed to parse'],
  ['a page of another program', 404, { 'content-type': 'text/html' }, '<html>a-page</html>', '"reason":"404"'],
  ['a redirect', 301, { location: 'http://127.0.0.1:1/' }, '', '"reason":"301"'],
  ['that it comes later', 503, { 'retry-after': '3600' }, '', 'cannot be delivered'],
  ['without an end', 400, {}, 'a-page'.repeat(2_000_000), 'cannot be delivered'],
])('a collector that answers %s is told of once, and holds up no stop', async (_, status, headers, body, told) => {
  const { telemetry, lines } = start({ OTEL_EXPORTER_OTLP_ENDPOINT: await impostor(status, headers, body) });
  telemetry.watchWork({ name: 'work', facts: {} }).end();
  await telemetry.stop();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(told);
  for (const secret of ['a-user', 'a-password', 'a-page', '127.0.0.1']) expect(lines[0]).not.toContain(secret);
});

it('each signal goes to its own address with its own headers, and names the sender and the SDK', async () => {
  const [traces, others] = [await collect(), await collect()];
  const { telemetry, lines } = start({
    OTEL_EXPORTER_OTLP_ENDPOINT: `${others.url}/base/`,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-all=two%20words',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${traces.url}/mine`,
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-own=of-traces',
    OTEL_RESOURCE_ATTRIBUTES: 'service.version=9,place=a%2Cb',
  });
  telemetry.watchWork({ name: 'work', facts: {} }).end();
  telemetry.logTo({ write: () => undefined }).write('{"level":30,"msg":"a line"}');
  await telemetry.stop();
  expect(traces.exports.map(({ path, headers }) => [path, headers['x-own']])).toEqual([['/mine', 'of-traces']]);
  expect(others.exports.map(({ path, headers }) => [path, headers['x-all']])).toEqual([['/base/v1/logs', 'two words']]);
  expect(JSON.parse(others.exports[0]!.body.toString())).toMatchObject({
    resourceLogs: [
      {
        resource: {
          attributes: expect.arrayContaining(
            [
              ['service.name', 'feedback-graph'],
              ['service.instance.id', 'one'],
              ['service.version', '9'],
              ['place', 'a,b'],
              ['telemetry.sdk.language', 'nodejs'],
              ['telemetry.sdk.name', 'opentelemetry'],
            ].map(([key, stringValue]) => ({ key, value: { stringValue } })),
          ) as unknown,
        },
      },
    ],
  });
  expect(lines).toEqual([]);
});

it('the sampler decides which traces are sent, and nothing else', async () => {
  const collector = await collect();
  const { telemetry } = start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: 'always_off' });
  telemetry.watchWork({ name: 'work', facts: {} }).end();
  telemetry.logTo({ write: () => undefined }).write('{"level":30,"msg":"a line"}');
  await telemetry.stop();
  expect(collector.exports.map(({ path }) => path)).toEqual(['/v1/logs']);
});

it('what clients say of their trace is believed only where it is well-formed, and bounded', async () => {
  const collector = await collect();
  const { telemetry } = start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const [trace, span] = ['a'.repeat(32), 'b'.repeat(16)];
  const begin = (headers: Record<string, string>) => telemetry.watchWork({ name: 'work', facts: {}, headers }).end();
  const longState = Array.from({ length: 1_000 }, (_, nth) => `key${nth}=value`).join();
  begin({ traceparent: `00-${trace}-${span}-01`, tracestate: longState, baggage: 'user=a-user-of-the-client' });
  for (const traceparent of [
    `ff-${trace}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${trace}-${span}-01, 00-${trace}-${span}-01`,
    '<script>',
    trace.repeat(1_000),
  ]) {
    begin({ traceparent });
  }
  // Not to be recorded, says whoever began the trace.
  begin({ traceparent: `00-${trace}-${span}-00` });
  await telemetry.stop();
  const [first, ...others] = collector.spans();
  expect(first).toMatchObject({ traceId: trace, parentSpanId: span });
  expect(others).toHaveLength(7);
  expect(others.filter(({ traceId, parentSpanId }) => traceId === trace || parentSpanId)).toEqual([]);
  const sent = collector.exports.map(({ body }) => body.toString()).join();
  expect(sent.length).toBeLessThan(10_000);
  expect(sent).not.toContain('a-user-of-the-client');
});
