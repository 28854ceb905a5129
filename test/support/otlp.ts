import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One export, as it came. */
export interface Export {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly Attribute[];
  readonly events?: readonly unknown[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code?: number; readonly message?: string };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

export interface ReceivedLog {
  readonly eventName?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly severityText?: string;
  readonly timeUnixNano: string;
  readonly body?: { readonly stringValue?: string };
  readonly attributes: readonly Attribute[];
}

interface Points {
  readonly dataPoints: readonly { readonly attributes: readonly Attribute[]; readonly [name: string]: unknown }[];
}

export interface ReceivedMetric {
  readonly name: string;
  readonly sum?: Points & { readonly isMonotonic: boolean; readonly aggregationTemporality: number };
  readonly gauge?: Points;
  readonly histogram?: Points;
}

/** A collector of OpenTelemetry on this machine, which keeps what it is sent. */
export interface Collector {
  readonly url: string;
  readonly exports: readonly Export[];
  spans(): ReceivedSpan[];
  logs(): ReceivedLog[];
  /** Of the newest export of metrics. */
  metrics(): ReceivedMetric[];
  /** The resources that exports name, each attribute as `key=value`. */
  resources(): Set<string>;
  close(): Promise<void>;
}

/** @param answer whether an export is answered at all; it is with 200 unless this says otherwise */
export async function startCollector(answers = true): Promise<Collector> {
  const exports: Export[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      exports.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
      if (answers) response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  /** The groups below the resources of every JSON export of a signal. */
  const read = (path: string): readonly Record<string, Record<string, unknown>[]>[] =>
    exports
      .filter((each) => each.path === path)
      .map(({ body }) => JSON.parse(body.toString()) as Record<string, Record<string, unknown>[]>);
  const itemsOf = <Item>(path: string, resources: string, scopes: string, items: string): Item[][] =>
    read(path).map((each) =>
      (each[resources] ?? []).flatMap((resource) =>
        (resource[scopes] as Record<string, Item[]>[]).flatMap((scope) => scope[items] ?? []),
      ),
    );
  return {
    url: `http://127.0.0.1:${port}`,
    exports,
    spans: () => itemsOf<ReceivedSpan>('/v1/traces', 'resourceSpans', 'scopeSpans', 'spans').flat(),
    logs: () => itemsOf<ReceivedLog>('/v1/logs', 'resourceLogs', 'scopeLogs', 'logRecords').flat(),
    metrics: () => itemsOf<ReceivedMetric>('/v1/metrics', 'resourceMetrics', 'scopeMetrics', 'metrics').at(-1) ?? [],
    resources: () =>
      new Set(
        ['Spans', 'Logs', 'Metrics'].flatMap((kind, index) =>
          read(['/v1/traces', '/v1/logs', '/v1/metrics'][index] ?? '').flatMap((each) =>
            (each[`resource${kind}`] ?? []).flatMap(({ resource }) =>
              (resource as { readonly attributes: readonly Attribute[] }).attributes.map(
                ({ key, value }) => `${key}=${String(Object.values(value)[0])}`,
              ),
            ),
          ),
        ),
      ),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The attributes of what was received, by their names. */
export function attributesOf({ attributes }: { readonly attributes: readonly Attribute[] }): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
