import { context, type Span, type Tracer } from '@opentelemetry/api';
import type { Store, Transaction } from '../store/contract.js';
import { decorateStore } from '../store/decorated-store.js';
import { inSpan } from './spans.js';

/**
 * The same store, where each read, transaction and commit of a traced request is a span. The span of a commit begins when
 * what the transaction does has ended, and lasts until that is on disk, or until it has to run again.
 * @param system as `db.system.name` says it
 */
export function withStoreSpans(store: Store, tracer: Tracer, system: string): Store {
  const attributes = { 'db.system.name': system };

  const transact = async <Answer>(work: (transaction: Transaction) => Promise<Answer>): Promise<Answer> =>
    inSpan(tracer, 'store.transact', attributes, async (span) => {
      if (span === undefined) return store.transact(work);
      const within = context.active();
      let attempts = 0;
      let commit: Span | undefined;
      try {
        return await store.transact(async (transaction) => {
          commit?.end();
          commit = undefined;
          attempts += 1;
          // The store may run it from a queue, in the context of another request.
          const answer = await context.with(within, () => work(transaction));
          commit = tracer.startSpan('store.commit', { attributes }, within);
          return answer;
        });
      } finally {
        commit?.end();
        span.setAttribute('feedback_graph.store.attempts', attempts);
      }
    });

  return decorateStore(store, {
    read: (work) => inSpan(tracer, 'store.read', attributes, () => store.read(work)),
    readTracked: (work) => inSpan(tracer, 'store.read', attributes, () => store.readTracked(work)),
    transact,
    purge: (ranges) => inSpan(tracer, 'store.purge', attributes, () => store.purge(ranges)),
  });
}
