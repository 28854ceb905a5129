import { expect, it } from 'vitest';
import { submitBatch } from '../../src/feedback/submit.js';
import { compareAdapters, EXAMINED_OF_EACH } from '../../src/graph/compare-adapters.js';
import { ACTOR, openGraph } from '../support/graph.js';

it('verdicts on adapters are compared, however many preferences there are since, and the other way round', async () => {
  const graph = await openGraph();
  const { services, store } = graph;
  const preferences = Array.from({ length: EXAMINED_OF_EACH }, (_, nth) => ({
    question: `Which is the prime number ${nth}?`,
    candidates: [
      { answer: 'This one.', adapterId: 'a' },
      { answer: 'That one.', adapterId: 'b' },
    ],
    preferred: 0,
  }));
  const compare = () =>
    compareAdapters({ read: (work) => store.read(work) }, 'default', ['a', 'b'], services.keyedHash);
  await graph.submit({ adapterId: 'a' }, { adapterId: 'b', type: 'negative', correction: 'Ask the manual.' });
  await submitBatch(services, ACTOR, preferences);
  const first = await compare();
  expect(first.questions).toHaveLength(1);
  expect(first.adapters).toMatchObject([
    { examinedCount: EXAMINED_OF_EACH + 1, truncated: false, rightCount: 1 },
    { examinedCount: EXAMINED_OF_EACH + 1, truncated: false, wrongCount: 1 },
  ]);
  await graph.submit(...Array.from({ length: EXAMINED_OF_EACH }, () => ({ adapterId: 'a' })));
  const second = await compare();
  expect(second.adapters).toMatchObject([{ truncated: true }, { truncated: false }]);
  expect(second.headToHead).toMatchObject([{ wonCount: EXAMINED_OF_EACH }, { lostCount: EXAMINED_OF_EACH }]);
});
