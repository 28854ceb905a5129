/** The exporters of OTLP over HTTP, which read their address, headers and the rest from the variables of OpenTelemetry. */
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { LogRecordExporter } from '@opentelemetry/sdk-logs';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Protocol, Signal } from '../config/telemetry.js';

/** Told of each export. */
export type Delivered = (signal: Signal, error: Error | undefined) => void;

export function spanExporter(protocol: Protocol, delivered: Delivered): SpanExporter {
  return watched(protocol === 'http/json' ? new JsonTraceExporter() : new ProtobufTraceExporter(), 'traces', delivered);
}

export function metricExporter(protocol: Protocol, delivered: Delivered): PushMetricExporter {
  const exporter = protocol === 'http/json' ? new JsonMetricExporter() : new ProtobufMetricExporter();
  return watched(exporter, 'metrics', delivered);
}

export function logExporter(protocol: Protocol, delivered: Delivered): LogRecordExporter {
  return watched(protocol === 'http/json' ? new JsonLogExporter() : new ProtobufLogExporter(), 'logs', delivered);
}

interface Exporter<Items> {
  export(items: Items, done: (result: ExportResult) => void): void;
}

/** The same exporter, which tells what becomes of each export. */
function watched<Items, Each extends Exporter<Items>>(
  exporter: Each & Exporter<Items>,
  signal: Signal,
  delivered: Delivered,
): Each {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) => {
    send(items, (result) => {
      delivered(signal, result.code === ExportResultCode.SUCCESS ? undefined : (result.error ?? new Error('failed')));
      done(result);
    });
  };
  return exporter;
}
