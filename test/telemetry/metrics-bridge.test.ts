import { resourceFromAttributes } from '@opentelemetry/resources';
import { Gauge, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { bridgeMetrics } from '../../src/telemetry/metrics-bridge.js';

it('leaves out what is no number, as a mean of nothing', async () => {
  const registry = new Registry();
  const gauge = new Gauge({ name: 'mean', help: 'A mean.', labelNames: ['of'], registers: [registry] });
  gauge.set({ of: 'nothing' }, NaN);
  gauge.set({ of: 'something' }, 2);
  const metrics = { registry, refresh: () => Promise.resolve() };
  const { resourceMetrics } = await bridgeMetrics(metrics, resourceFromAttributes({}), 'test').collect();
  const [metric] = resourceMetrics.scopeMetrics[0]!.metrics;
  expect(metric!.dataPoints).toMatchObject([{ attributes: { of: 'something' }, value: 2 }]);
});
