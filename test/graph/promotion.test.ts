import { expect, it } from 'vitest';
import { recordEvaluations } from '../../src/adapters/evaluations.js';
import { setPromotionRules } from '../../src/adapters/promotion-rules.js';
import { promoteAdapter } from '../../src/graph/promotion.js';
import type { Store } from '../../src/store/contract.js';
import { ACTOR, openGraph } from '../support/graph.js';

const REQUEST = { adapterId: 'lora', stage: 'production', rules: [], retire: [], force: false } as const;

/** Runs `meanwhile` once, after what a check reads first. */
function interrupted(store: Store, meanwhile: () => Promise<unknown>): Store['read'] {
  let isFirst = true;
  return async (work) => {
    const answer = await store.read(work);
    if (isFirst) {
      isFirst = false;
      await meanwhile();
    }
    return answer;
  };
}

it('asks the rules again where a rule, an evaluation or a registration came in between', async () => {
  const graph = await openGraph();
  const { services, store } = graph;
  await graph.register({ id: 'lora' });
  const metric = { kind: 'metric', stage: 'production', metric: 'accuracy', atLeast: 0.9 } as const;
  await setPromotionRules(services, ACTOR, []);
  const stricter = await promoteAdapter(
    services,
    ACTOR,
    REQUEST,
    interrupted(store, () => setPromotionRules(services, ACTOR, [metric])),
  );
  expect(stricter).toMatchObject({ promoted: false, check: { rulesRevision: 2, results: [{ passed: false }] } });

  const record = (value: number) => recordEvaluations(services, ACTOR, 'lora', [{ name: 'accuracy', value }]);
  await record(0.95);
  const worse = await promoteAdapter(
    services,
    ACTOR,
    REQUEST,
    interrupted(store, () => record(0.5)),
  );
  expect(worse).toMatchObject({ promoted: false, check: { results: [{ measured: 0.5 }] } });

  await record(0.95);
  const newVersion = () => graph.register({ id: 'lora', version: '2' });
  expect(await promoteAdapter(services, ACTOR, REQUEST, interrupted(store, newVersion))).toMatchObject({
    promoted: false,
    check: { results: [{ explanation: "No evaluation 'accuracy' of the version '2' was recorded" }] },
  });
});

it('compares with every parent, however many there are, and goes by the one that it does worst against', async () => {
  const graph = await openGraph();
  const { services, store } = graph;
  const parents = Array.from({ length: 9 }, (_, nth) => `parent-${nth}`);
  await graph.register({ id: 'merged', derivedFrom: parents });
  await graph.submit({ adapterId: 'merged', type: 'negative', correction: 'Another part.' });
  await graph.submit(
    { adapterId: 'parent-0', type: 'negative', correction: 'Another part.' },
    { adapterId: 'parent-8' },
  );
  const rules = [{ kind: 'positive_share', stage: 'production', atLeast: 0 } as const];
  await setPromotionRules(services, ACTOR, rules);
  const outcome = await promoteAdapter(services, ACTOR, { ...REQUEST, adapterId: 'merged' }, (work) =>
    store.read(work),
  );
  expect(outcome.check?.results).toMatchObject([{ measured: -1, count: 1, parentId: 'parent-8', passed: false }]);
});
