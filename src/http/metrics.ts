/** What an operator watches, in the text format of Prometheus. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { requirePermission } from '../principal.js';
import type { Store } from '../store/contract.js';
import type { PluginReport } from '../validation/registry.js';
import type { WebhookCounts } from '../webhooks/worker.js';
import type { Application } from './application.js';
import { requirePrincipal } from './guard.js';

export interface MetricsOptions {
  readonly store: Pick<Store, 'sequence' | 'health' | 'metrics' | 'refreshMetrics' | 'now'>;
  readonly plugins: () => Promise<readonly PluginReport[]>;
  /** Sign-ins that have failed since the start, by reason. */
  readonly signInFailures: ReadonlyMap<string, number>;
  /** Undefined where this server sends no webhooks. */
  readonly webhooks: () => WebhookCounts | undefined;
  readonly live: () => { readonly connections: number; readonly subscriptions: number };
}

/** Seconds: from what a read in memory takes to what nobody waits for. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export interface Metrics {
  readonly registry: Registry;
  /** Brings up to date what is not read at the moment in which the registry is. */
  readonly refresh: () => Promise<void>;
}

/**
 * Everything that is counted, with `GET /metrics` for a token of an operator. Labels are of few values (route templates,
 * plugin names, verdicts), never of what clients name. Counters are of this process, over all organizations; they tell
 * nothing of what is stored.
 */
export function metricsRoute(application: Application, options: MetricsOptions): Metrics {
  const { store, plugins, live, signInFailures, webhooks } = options;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'feedback_graph_' });
  const durations = new Histogram({
    name: 'feedback_graph_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  });
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name: `feedback_graph_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  gauge('store_writable', 'Whether the store takes writes: 1 or 0.', () => (store.health.writable ? 1 : 0));
  gauge(
    'store_purge_due_timestamp_seconds',
    'Since when files of the store have held what was erased and only a purge removes; 0 if none do.',
    () => (store.health.purgeDueSince ?? 0) / 1000,
  );
  gauge('store_commits', 'Commits since the store was made.', () => store.sequence);
  const valueOf = (name: string): number => store.metrics?.().find((metric) => metric.name === name)?.value ?? 0;
  for (const { kind, name, help } of store.metrics?.() ?? []) {
    if (kind === 'gauge') {
      gauge(`store_${name}`, help, () => valueOf(name));
      continue;
    }
    new Counter({
      name: `feedback_graph_store_${name}`,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(valueOf(name));
      },
    });
  }
  gauge('live_connections', 'WebSockets and change streams.', () => live().connections);
  gauge('live_subscriptions', 'GraphQL subscriptions.', () => live().subscriptions);
  new Counter({
    name: 'feedback_graph_sign_in_failures_total',
    help: 'Requests and WebSockets whose token was missing or did not hold.',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, count] of signInFailures) this.inc({ reason }, count);
    },
  });
  new Counter({
    name: 'feedback_graph_webhook_attempts_total',
    help: 'Attempts of deliveries: delivered, failed (to be made again) or dead (given up).',
    labelNames: ['result'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [result, count] of Object.entries(webhooks()?.attempts ?? {})) this.inc({ result }, count);
    },
  });
  gauge(
    'webhook_oldest_undelivered_seconds',
    'Age of the oldest delivery that waits, of those that this server makes; 0 if none do.',
    () => {
      const oldest = webhooks()?.oldest;
      return oldest === undefined ? 0 : Math.max(0, store.now() - oldest) / 1_000;
    },
  );
  const readPlugins = pluginMetrics(registry, plugins);

  // Finding the series of some labels costs more than counting in it.
  const series = new Map<string, Histogram.Internal<'method' | 'route' | 'status'>>();
  application.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'none';
    const status = reply.statusCode;
    const name = `${method} ${route} ${status}`;
    let duration = series.get(name);
    if (duration === undefined) series.set(name, (duration = durations.labels({ method, route, status })));
    duration.observe(reply.elapsedTime / 1_000);
    done();
  });
  const refresh = async (): Promise<void> => {
    await Promise.all([readPlugins(), store.refreshMetrics?.()]);
  };
  application.get('/metrics', { config: { failure: 'Failed to read metrics' } }, async (request, reply) => {
    requirePermission(requirePrincipal(request), 'server:operate');
    await refresh();
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  return { registry, refresh };
}

/** Answers what brings the metrics up to what the plugins say now. */
function pluginMetrics(registry: Registry, plugins: MetricsOptions['plugins']): () => Promise<void> {
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> =>
    new Counter({ name: `feedback_graph_validation_${name}`, help, labelNames, registers: [registry] });
  const verdicts = counter('verdicts_total', 'What plugins said of entries.', ['plugin', 'verdict']);
  const failures = counter('failures_total', 'How often plugins threw, hung or answered nonsense.', ['plugin']);
  const timeouts = counter('timeouts_total', 'How often plugins had no answer within their time.', ['plugin']);
  const seconds = counter('seconds_total', 'Time that plugins took, failures included.', ['plugin']);
  const failing = new Gauge({
    name: 'feedback_graph_validation_failing',
    help: 'Whether a plugin keeps failing: 1 or 0.',
    labelNames: ['plugin'],
    registers: [registry],
  });
  return async () => {
    const reports = await plugins();
    for (const each of [verdicts, failures, timeouts, seconds]) each.reset();
    for (const report of reports) {
      const plugin = report.name;
      for (const [verdict, count] of Object.entries(report.verdicts)) verdicts.inc({ plugin, verdict }, count);
      failures.inc({ plugin }, report.failures);
      timeouts.inc({ plugin }, report.timeouts);
      seconds.inc({ plugin }, report.latency.total / 1_000);
      failing.set({ plugin }, report.failing ? 1 : 0);
    }
  };
}
