import { describe, expect, it } from 'vitest';
import { recordEvaluations } from '../../src/adapters/evaluations.js';
import { type PromotionRule, type RuleResult, setPromotionRules } from '../../src/adapters/promotion-rules.js';
import { checkPromotion } from '../../src/graph/promotion-check.js';
import { promoteAdapter } from '../../src/graph/promotion.js';
import type { Store } from '../../src/store/contract.js';
import { countCalls } from '../support/counting-store.js';
import { ACTOR, openGraph, registerMany } from '../support/graph.js';

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

it('reads no more for a long lineage than for a short one', async () => {
  const graph = await openGraph();
  const chain = Array.from({ length: 100 }, (_, nth) => [`v${nth}`, nth === 0 ? [] : [`v${nth - 1}`]] as const);
  await registerMany(graph, chain);
  await setPromotionRules(graph.services, ACTOR, [
    { kind: 'positive_share', stage: 'production', atLeast: 0 },
    { kind: 'metric_against_parent', stage: 'production', metric: 'loss', atMost: 0 },
  ]);
  const callsFor = async (adapterId: string): Promise<number> => {
    const { store, calls } = countCalls(graph.store);
    const request = { adapterId, stage: 'production', rules: [] } as const;
    await checkPromotion((work) => store.read(work), ACTOR.org, request, graph.services.keyedHash);
    return calls.lookups + calls.ranges;
  };
  expect(await callsFor('v99')).toBe(await callsFor('v1'));
});

describe('a rule that compares a metric with that of the parents', () => {
  const rule = { kind: 'metric_against_parent', stage: 'production', metric: 'accuracy' } as const;

  /** What the rules say of `child`, derived from `parents`, of which each has its values by dataset. */
  async function resultsOf(
    rules: readonly Partial<PromotionRule>[],
    measured: Readonly<Record<string, Readonly<Record<string, number>>>>,
  ): Promise<readonly RuleResult[]> {
    const graph = await openGraph();
    const { services, store } = graph;
    const { child = {}, ...parents } = measured;
    await graph.register({ id: 'child', version: '2', derivedFrom: Object.keys(parents) });
    for (const [id, values] of Object.entries({ child, ...parents })) {
      const given = Object.entries(values).map(([dataset, value]) => ({
        name: 'accuracy',
        value,
        ...(dataset !== '' && { dataset }),
      }));
      if (given.length > 0) await recordEvaluations(services, ACTOR, id, given);
    }
    await setPromotionRules(
      services,
      ACTOR,
      rules.map((each) => ({ ...rule, ...each })),
    );
    const request = { adapterId: 'child', stage: 'production', rules: [] } as const;
    const { check } = await checkPromotion((work) => store.read(work), ACTOR.org, request, services.keyedHash);
    return check.results;
  }

  it('goes by the change, as in decimals, and by either bound', async () => {
    const measured = { parent: { eval: 100 }, child: { eval: 100.1 } };
    expect(await resultsOf([{ atLeast: 0.1 }, { atMost: 0 }, { atLeast: 0, atMost: 0.1 }], measured)).toMatchObject([
      {
        passed: true,
        measured: 0.1,
        parentId: 'parent',
        explanation:
          "'accuracy' on 'eval' is 100.1, 100 for the parent 'parent': a change of 0.1, at least 0.1 required",
      },
      { passed: false, measured: 0.1, explanation: expect.stringContaining('at most 0 required') as string },
      { passed: true, explanation: expect.stringContaining('at least 0 and at most 0.1 required') as string },
    ]);
    const [tiny] = await resultsOf([{ atLeast: -1e-7 }], { parent: { '': 3e-7 }, child: { '': 2e-7 } });
    expect(tiny).toMatchObject({ passed: true, measured: -1e-7 });
    const [huge] = await resultsOf([{ atLeast: 0 }], { parent: { '': -1.7e308 }, child: { '': 1.7e308 } });
    expect(huge).toMatchObject({ passed: true, measured: Number.MAX_VALUE });
  });

  it('compares on the same dataset alone, and goes by the parent and the dataset that it does worst against', async () => {
    const [result] = await resultsOf([{ atLeast: 0 }], {
      a: { one: 0.8, other: 0.99 },
      b: { one: 0.95 },
      unmeasured: {},
      elsewhere: { third: 1 },
      child: { one: 0.9, two: 0.1, '': 0.2 },
    });
    expect(result).toMatchObject({
      passed: false,
      measured: -0.05,
      parentId: 'b',
      explanation:
        "'accuracy' on 'one' is 0.9, 0.95 for the parent 'b': a change of -0.05, at least 0 required; " +
        '2 other parents have none to compare with',
    });
  });

  it('does not hold where no parent has a value, unless that is allowed, and never for who was not measured', async () => {
    const rules = [{ atLeast: 0 }, { atLeast: 0, passesUnmeasured: true }];
    expect(await resultsOf(rules, { parent: {}, child: { eval: 0.9 } })).toMatchObject([
      {
        passed: false,
        explanation: "'accuracy' was recorded of no parent's registered version, to compare with",
      },
      { passed: true },
    ]);
    expect(await resultsOf(rules, { child: { eval: 0.9 } })).toMatchObject([
      { passed: false, explanation: 'The adapter has no parent to be compared with' },
      { passed: true },
    ]);
    expect(await resultsOf(rules, { parent: { eval: 0.9 }, child: {} })).toMatchObject([
      { passed: false, explanation: "No evaluation 'accuracy' of the version '2' was recorded" },
      { passed: false },
    ]);
  });

  it('asks again where an evaluation of a parent, or its version, came in between', async () => {
    const graph = await openGraph();
    const { services, store } = graph;
    await graph.register({ id: 'lora', derivedFrom: ['parent'] });
    await setPromotionRules(services, ACTOR, [{ ...rule, atLeast: 0 }]);
    const record = (id: string, value: number) => recordEvaluations(services, ACTOR, id, [{ name: 'accuracy', value }]);
    await record('lora', 0.9);
    await record('parent', 0.8);
    const better = await promoteAdapter(
      services,
      ACTOR,
      REQUEST,
      interrupted(store, () => record('parent', 0.95)),
    );
    expect(better).toMatchObject({ promoted: false, check: { results: [{ measured: -0.05 }] } });
    await record('parent', 0.8);
    const newVersion = () => graph.register({ id: 'parent', version: '2' });
    expect(await promoteAdapter(services, ACTOR, REQUEST, interrupted(store, newVersion))).toMatchObject({
      promoted: false,
      check: { results: [{ explanation: expect.stringContaining("no parent's registered version") as string }] },
    });
  });
});
