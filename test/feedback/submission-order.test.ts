import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getSubmissionOrder } from '../../src/feedback/submission-order.js';
import { submitBatch } from '../../src/feedback/submit.js';
import { ACTOR, openGraph, PRAISE, type TestGraph } from '../support/graph.js';

/** Computes for longer than work goes on before it lets others have their turn. */
function compute(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

const turnOfEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a large batch', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openGraph();
  });
  afterAll(() => graph.store.close());

  /** Submits entries each of which takes some time to be judged and to be stored. */
  const submit = async (count: number): Promise<string[]> => {
    const slow = (org: string, name: string): string => {
      compute(0.5);
      return graph.services.keyedHash(org, name);
    };
    const services = {
      ...graph.services,
      keyedHash: slow,
      validate: () => {
        compute(0.5);
        return graph.services.validate(PRAISE, 'default');
      },
    };
    const entries = Array.from({ length: count }, () => ({ ...PRAISE, userId: 'ann' }));
    const outcomes = await submitBatch(services, ACTOR, entries);
    return outcomes.map((outcome) => ('error' in outcome ? '' : outcome.feedback.id));
  };

  it('lets other work have its turn while it is judged and stored', async () => {
    let turns = 0;
    const state = { done: false };
    const submitted = submit(200).finally(() => (state.done = true));
    while (!state.done) {
      await turnOfEventLoop();
      turns += 1;
    }
    expect(await submitted).toHaveLength(200);
    // Some 200 ms of work: of those, hardly more than 4 at a stretch.
    expect(turns).toBeGreaterThan(20);
  });

  it('hides nothing from whoever pages through the list while others submit', async () => {
    const seen: string[] = [];
    let after: string | undefined;
    const readOn = async (): Promise<void> => {
      const { feedbackList } = await graph.query<{
        feedbackList: { edges: { cursor: string; node: { id: string } }[] };
      }>('query ($after: String) { feedbackList(first: 7, after: $after) { edges { cursor node { id } } } }', {
        after,
      });
      seen.push(...feedbackList.edges.map(({ node }) => node.id));
      after = feedbackList.edges.at(-1)?.cursor ?? after;
    };
    const state = { done: false };
    const submitting = Promise.all(
      Array.from({ length: 8 }, async (_, submitter) => {
        const ids: string[] = [];
        for (let round = 0; round < 3; round++) ids.push(...(await submit(submitter % 2 === 0 ? 60 : 1)));
        return ids;
      }),
    ).finally(() => (state.done = true));
    while (!state.done) {
      await readOn();
      await turnOfEventLoop();
    }
    const submitted = (await submitting).flat();
    for (let before = -1; before !== seen.length;) {
      before = seen.length;
      await readOn();
    }
    expect(submitted).toHaveLength(4 * 3 * 60 + 4 * 3);
    expect(new Set(seen).size).toBe(seen.length);
    expect(submitted.filter((id) => !seen.includes(id))).toEqual([]);
  });

  it('is not overtaken by an entry that is made meanwhile', async () => {
    const order = getSubmissionOrder({ ...graph.store });
    const made: number[] = [];
    const make = (item: number): void => {
      compute(5);
      made.push(item);
    };
    const items = Array.from({ length: 20 }, (_, item) => item);
    const large = order.inOrder(items, make);
    const others = [
      order.inOrder([100], make),
      order.inOrder(
        items.map((item) => 200 + item),
        make,
      ),
    ];
    await Promise.all([large, ...others, order.inOrder([300], make)]);
    expect(made.slice(0, 20)).toEqual(items);
    expect(made.filter((item) => item >= 200 && item < 300)).toEqual(items.map((item) => 200 + item));
    const at = made.indexOf(200);
    expect(made.slice(at, at + 20)).toEqual(items.map((item) => 200 + item));
  });

  it('holds up nobody once it has failed', async () => {
    const order = getSubmissionOrder({ ...graph.store });
    const failing = order.inOrder(
      Array.from({ length: 20 }, (_, item) => item),
      (item) => {
        compute(5);
        if (item === 7) throw new Error('one cannot be made');
      },
    );
    await expect(failing).rejects.toThrow('one cannot be made');
    await expect(order.inOrder([1], (item) => item)).resolves.toEqual([1]);
  });
});
