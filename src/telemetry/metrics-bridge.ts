/** The metrics of `/metrics` in the form of OpenTelemetry, so that both ways tell the same. */
import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api';
import { millisToHrTime } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { MetricObjectWithValues, MetricValue, MetricValueWithName } from 'prom-client';
import type { Metrics } from '../http/metrics.js';

type ReadMetric = MetricObjectWithValues<MetricValueWithName<string>>;

/** Reads the metrics each time that they are to be sent. Names stay as they are, so that dashboards fit both ways. */
export function bridgeMetrics({ registry, refresh }: Metrics, resource: Resource, scope: string): MetricProducer {
  const started = millisToHrTime(Date.now() - process.uptime() * 1_000);
  return {
    collect: async () => {
      await refresh();
      const read: readonly ReadMetric[] = await registry.getMetricsAsJSON();
      const now = millisToHrTime(Date.now());
      const metrics = read.flatMap((metric) => toMetricData(metric, started, now));
      return { resourceMetrics: { resource, scopeMetrics: [{ scope: { name: scope }, metrics }] }, errors: [] };
    },
  };
}

function toMetricData(metric: ReadMetric, startTime: HrTime, endTime: HrTime): MetricData[] {
  const { name, help, values } = metric;
  const shared = {
    descriptor: { name, description: help, unit: '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const numbers = (): DataPoint<number>[] =>
    // A mean of nothing is no number, and JSON has none for it.
    values.flatMap(({ labels, value }) =>
      Number.isFinite(value) ? [{ startTime, endTime, attributes: attributesOf(labels), value }] : [],
    );
  // A word, whatever its declaration says.
  const type: unknown = metric.type;
  switch (type) {
    case 'counter':
      return [{ ...shared, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: numbers() }];
    case 'gauge':
      return [{ ...shared, dataPointType: DataPointType.GAUGE, dataPoints: numbers() }];
    case 'histogram': {
      const dataPoints = histogramsOf(name, values).map((each) => ({ startTime, endTime, ...each }));
      return [{ ...shared, dataPointType: DataPointType.HISTOGRAM, dataPoints }];
    }
    default:
      // We have no summary, and OpenTelemetry none that could be made of one.
      return [];
  }
}

interface HistogramPoint {
  readonly attributes: Attributes;
  readonly value: Histogram;
}

/** Prometheus counts in each bucket what is in those below, too, and has one for all; OpenTelemetry counts each thing once. */
function histogramsOf(name: string, values: readonly MetricValueWithName<string>[]): HistogramPoint[] {
  const series = new Map<
    string,
    { readonly labels: MetricValue<string>['labels']; readonly values: Map<string, number> }
  >();
  for (const { metricName = '', labels, value } of values) {
    const { le, ...others } = labels;
    const key = JSON.stringify(Object.entries(others).sort());
    let found = series.get(key);
    if (found === undefined) series.set(key, (found = { labels: others, values: new Map<string, number>() }));
    found.values.set(metricName === `${name}_bucket` ? String(le) : metricName, value);
  }
  return [...series.values()].map(({ labels, values: read }) => {
    const boundaries = [...read.keys()]
      .map(Number)
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    const cumulative = boundaries.map((boundary) => read.get(String(boundary)) ?? 0);
    const count = read.get(`${name}_count`) ?? 0;
    const counts = [...cumulative, count].map((each, index) => each - (cumulative[index - 1] ?? 0));
    return {
      attributes: attributesOf(labels),
      value: { buckets: { boundaries, counts }, sum: read.get(`${name}_sum`) ?? 0, count },
    };
  });
}

function attributesOf(labels: MetricValue<string>['labels']): Attributes {
  return Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, String(value)]));
}
