/**
 * What the server tells an OpenTelemetry collector. This module is loaded where the settings ask for it, and nowhere
 * else: it brings all of OpenTelemetry with it. The other rooms know nothing of it, but have places where it listens.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { context, diag, DiagLogLevel, propagation, trace } from '@opentelemetry/api';
import type { Logger } from '@opentelemetry/api-logs';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { getNumberFromEnv, setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { FastifyRequest } from 'fastify';
import type { DestinationStream } from 'pino';
import { pino } from 'pino';
import type { TelemetrySettings } from '../config/telemetry.js';
import type { ExecuteOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import type { Metrics } from '../http/metrics.js';
import type { Feedback } from '../model/feedback.js';
import type { Store } from '../store/contract.js';
import type { AroundPlugin } from '../validation/chain.js';
import { packageVersion } from '../version.js';
import type { WatchWork } from '../watch-work.js';
import type { AroundAttempt } from '../webhooks/attempt.js';
import { deliveryLog } from './delivery.js';
import { emitEvaluations } from './evaluations.js';
import { type Delivered, logExporter, metricExporter, spanExporter } from './exporters.js';
import { withLogRecords } from './log-records.js';
import { bridgeMetrics } from './metrics-bridge.js';
import { withOperationSpans } from './operation-spans.js';
import { propagateTraces } from './outgoing.js';
import { pluginSpans } from './plugin-spans.js';
import { requestStatus, traceRequests, withinRequest } from './request-spans.js';
import { withStoreSpans } from './store-spans.js';
import { webhookSpans } from './webhook-spans.js';
import { workSpans } from './work-spans.js';

/** Of the service, unless `OTEL_SERVICE_NAME` says otherwise, and of all that it makes. */
const NAME = 'feedback-graph';
/** How long a stop waits for the collector to take what is left, ms. */
const STOP_WITHIN = 3_000;
/** Ms, as OpenTelemetry has it. */
const METRIC_INTERVAL = 60_000;
const METRIC_TIMEOUT = 30_000;
/** Kinds of warnings of OpenTelemetry itself that are logged, each once. */
const MAX_DIAGNOSTICS = 100;
const DONE = Promise.resolve();

export interface Telemetry {
  /** Fields of each line of the log: the trace and the span that it belongs to, if any. */
  readonly logFields: () => object;
  /** Where the log goes, for a log whose records are sent as well. */
  logTo(destination: DestinationStream): DestinationStream;
  /** To be called before the application has its hooks and routes. */
  traceRequests(application: Application): Promise<void>;
  /** Does something where the trace of a request is known. */
  readonly withinRequest: (request: FastifyRequest, work: () => void) => void;
  /** @param system as `db.system.name` says it */
  traceStore(store: Store, system: string): Store;
  traceOperations(execute: ExecuteOperation): ExecuteOperation;
  readonly aroundPlugin: AroundPlugin;
  readonly aroundWebhook: AroundAttempt;
  readonly watchWork: WatchWork;
  readonly judged: (org: string, entries: readonly Feedback[]) => void;
  sendMetrics(metrics: Metrics): void;
  /** Sends what is left, if the collector takes it soon. */
  stop(): Promise<void>;
}

/**
 * @param instance tells this server from others
 * @param log where problems of the telemetry itself are logged
 */
export function startTelemetry(
  { signals, propagates, comments }: TelemetrySettings,
  { instance, log, level }: { readonly instance: string; readonly log: DestinationStream; readonly level: string },
): Telemetry {
  // What could not be sent is not sent either.
  const own = pino({ level }, log);
  diag.setLogger(diagnostics(own), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  // The exports are watched: what else would be told here has the address and the answer of the collector.
  setGlobalErrorHandler(() => undefined);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  if (propagates) propagation.setGlobalPropagator(new W3CTraceContextPropagator());

  const delivered = deliveryLog(own);
  const resource = resourceOf(instance);
  const traces = new BasicTracerProvider({
    resource,
    spanProcessors:
      signals.traces === undefined
        ? []
        : [requestStatus(), new BatchSpanProcessor(spanExporter(signals.traces, delivered))],
  });
  const tracer = traces.getTracer(NAME, packageVersion());
  const logs =
    signals.logs === undefined
      ? undefined
      : new LoggerProvider({ resource, processors: [logProcessor(signals.logs, delivered)] });
  const logger = logs?.getLogger(NAME, packageVersion());
  const endPropagation = propagates ? propagateTraces() : () => undefined;
  let meters: MeterProvider | undefined;

  return {
    logFields: () => {
      const span = trace.getSpanContext(context.active());
      return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
    },
    logTo: (destination) => (logger === undefined ? destination : withLogRecords(destination, logger)),
    traceRequests: (application) => traceRequests(application, traces, tracer),
    withinRequest,
    traceStore: (store, system) => withStoreSpans(store, tracer, system),
    traceOperations: (execute) => withOperationSpans(execute, tracer),
    aroundPlugin: pluginSpans(tracer),
    aroundWebhook: webhookSpans(tracer),
    watchWork: workSpans(tracer),
    judged: (org, entries) => judge(logger, comments, org, entries),
    sendMetrics: (metrics) => {
      if (signals.metrics === undefined) return;
      const reader = new PeriodicExportingMetricReader({
        exporter: metricExporter(signals.metrics, delivered),
        ...metricTimes(),
        metricProducers: [bridgeMetrics(metrics, resource, NAME)],
      });
      meters = new MeterProvider({ resource, readers: [reader] });
    },
    stop: async () => {
      endPropagation();
      const sent = [traces.shutdown(), logs?.shutdown() ?? DONE, meters?.shutdown() ?? DONE];
      await Promise.race([Promise.allSettled(sent), delay(STOP_WITHIN, undefined, { ref: false })]);
      // Another server of this process may have telemetry of its own.
      for (const each of [context, propagation, diag]) each.disable();
    },
  };
}

function judge(logger: Logger | undefined, comments: boolean, org: string, entries: readonly Feedback[]): void {
  if (logger !== undefined) emitEvaluations(logger, comments, org, entries);
}

/** Who sends, and by which SDK; the variables of OpenTelemetry go before what we say. */
function resourceOf(instance: string): Resource {
  const attributes = { 'service.name': NAME, 'service.version': packageVersion(), 'service.instance.id': instance };
  return defaultResource()
    .merge(resourceFromAttributes(attributes))
    .merge(detectResources({ detectors: [envDetector] }));
}

function logProcessor(protocol: NonNullable<TelemetrySettings['signals']['logs']>, delivered: Delivered) {
  return new BatchLogRecordProcessor({
    exporter: logExporter(protocol, delivered),
    ...numbersOf({
      maxQueueSize: 'OTEL_BLRP_MAX_QUEUE_SIZE',
      maxExportBatchSize: 'OTEL_BLRP_MAX_EXPORT_BATCH_SIZE',
      scheduledDelayMillis: 'OTEL_BLRP_SCHEDULE_DELAY',
      exportTimeoutMillis: 'OTEL_BLRP_EXPORT_TIMEOUT',
    }),
  });
}

function metricTimes(): { readonly exportIntervalMillis: number; readonly exportTimeoutMillis: number } {
  const { interval = METRIC_INTERVAL, timeout = METRIC_TIMEOUT } = numbersOf({
    interval: 'OTEL_METRIC_EXPORT_INTERVAL',
    timeout: 'OTEL_METRIC_EXPORT_TIMEOUT',
  });
  return { exportIntervalMillis: interval, exportTimeoutMillis: Math.min(timeout, interval) };
}

/** The variables that are set to a number that can be meant. */
function numbersOf<Name extends string>(variables: Readonly<Record<Name, string>>): Partial<Record<Name, number>> {
  const numbers: Partial<Record<Name, number>> = {};
  for (const name of Object.keys(variables) as Name[]) {
    const value = getNumberFromEnv(variables[name]);
    if (value !== undefined && value > 0) numbers[name] = value;
  }
  return numbers;
}

/** The warnings of OpenTelemetry itself: of variables that it cannot use, and of what it had to drop. */
function diagnostics(own: { warn(fields: object, message: string): void }) {
  const told = new Set<string>();
  const warn = (message: string): void => {
    // The same with another number is no news.
    const kind = message.replaceAll(/\d+/g, '#');
    if (told.has(kind) || told.size >= MAX_DIAGNOSTICS) return;
    told.add(kind);
    own.warn({ problem: message }, 'OpenTelemetry');
  };
  return { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
}

function ignore(): void {
  // What is less than a warning.
}
