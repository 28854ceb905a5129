import type { Services } from '../../src/graphql/context.js';
import type { Store } from '../../src/store/contract.js';
import { openGraph } from './graph.js';

/** A moment that stays. */
const NOW = Date.UTC(2026, 0, 2);

/** The ids of the entries, and the services of a graph with something of everything, which fails on every write. */
export async function openSample(): Promise<{ readonly services: Services; readonly ids: readonly string[] }> {
  const graph = await openGraph();
  await graph.register({ id: 'base', baseModel: 'llama' });
  await graph.register({ id: 'lora', derivedFrom: ['base'] });
  await graph.register({ id: 'merge', derivedFrom: ['lora', 'base'] });
  const ids = await graph.submit(
    { adapterId: 'lora', adapterVersion: 'v1', modelVersion: 'm', userId: 'u' },
    { adapterId: 'merge', type: 'negative', correction: 'No.', interactionId: 'i' },
    { question: 'And what is a key?' },
  );
  await graph.link(ids[0]!, 'merge', 'base');
  await graph.query('mutation { createTrainingBatch(limit: 1) { number } }');
  await graph.query('mutation ($id: ID!) { reviseFeedback(id: $id, input: { type: POSITIVE }) { id } }', {
    id: ids[1],
  });
  // What a submitter who reads their own entries alone is not told.
  await graph.query(
    'mutation ($id: ID!, $reason: String) { reviewFeedback(id: $id, verdict: REJECT, reason: $reason) { id } }',
    {
      id: ids[2],
      reason: `It repeats ${ids[0]}`,
    },
  );
  return { services: { ...graph.services, store: readOnly(graph.store), now: () => NOW }, ids };
}

/** A store whose writes fail without a word for users. */
function readOnly(store: Store): Store {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'transact') return () => Promise.reject(new Error('the key of a secret'));
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
