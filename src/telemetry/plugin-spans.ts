import type { Tracer } from '@opentelemetry/api';
import type { AroundPlugin } from '../validation/chain.js';
import { inSpan, markFailed } from './spans.js';

/** Each validation of an entry by a plugin as a span. */
export function pluginSpans(tracer: Tracer): AroundPlugin {
  return (plugin, work) =>
    inSpan(tracer, `validate ${plugin}`, { 'feedback_graph.plugin.name': plugin }, async (span) => {
      const outcome = await work();
      if ('failure' in outcome) span?.setAttribute('feedback_graph.plugin.verdict', 'failed');
      else span?.setAttribute('feedback_graph.plugin.verdict', outcome.verdict);
      if ('failure' in outcome && span !== undefined) markFailed(span, new Error(outcome.failure));
      return outcome;
    });
}
