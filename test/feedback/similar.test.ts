import { describe, expect, it } from 'vitest';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { findFeedback } from '../../src/feedback/read.js';
import { createSimilarEntries, MAX_COMPARED } from '../../src/feedback/similar.js';
import type { Submission } from '../../src/model/submission.js';
import { ACTOR, openGraph, type TestGraph } from '../support/graph.js';

const QUESTION = 'How do I enable sharding for a collection that is there already?';
const ANSWER = 'Use the SHARD BY clause when you create the collection, and copy the documents over.';
const SAME = { question: QUESTION, answer: ANSWER };

interface Similar {
  readonly similarity: number;
  readonly node: { readonly id: string };
}

async function similarTo(graph: TestGraph, id: string, first = 5): Promise<readonly Similar[]> {
  const { feedback } = await graph.query<{ feedback: { similar: readonly Similar[] } }>(
    'query ($id: ID!, $first: Int!) { feedback(id: $id) { similar(first: $first) { similarity node { id } } } }',
    { id, first },
  );
  return feedback.similar;
}

const idsOf = (similar: readonly Similar[]): string[] => similar.map(({ node }) => node.id);

describe('similar entries', () => {
  it('are those about nearly the same, whatever was said of it, the most similar first', async () => {
    const graph = await openGraph();
    const [id, other, same, near] = await graph.submit(
      SAME,
      { question: 'What is a replica?', answer: 'A copy of the data that serves reads.' },
      { ...SAME, type: 'negative', comment: 'It is wrong' },
      { question: QUESTION, answer: `${ANSWER.toUpperCase()} That takes a while.` },
    );
    const similar = await similarTo(graph, id!);
    expect(idsOf(similar)).toEqual([same, near]);
    expect(similar[0]?.similarity).toBe(1);
    expect(similar[1]?.similarity).toBeGreaterThan(0.8);
    expect(similar[1]?.similarity).toBeLessThan(1);
    expect(await similarTo(graph, id!, 1)).toHaveLength(1);
    expect(await similarTo(graph, other!)).toEqual([]);
  });

  it('come and go with the entries, as they are now', async () => {
    const graph = await openGraph();
    const [id] = await graph.submit({ ...SAME, adapterId: 'lora' });
    expect(await similarTo(graph, id!)).toEqual([]);
    const later = await graph.submit({ ...SAME, adapterId: 'lora' }, { ...SAME, adapterId: 'lora' });
    expect(idsOf(await similarTo(graph, id!))).toEqual([...later].reverse());
    await eraseFeedback(graph.services, ACTOR, later[0]!);
    expect(idsOf(await similarTo(graph, id!))).toEqual([later[1]]);
  });

  it('are of the same adapter, or of the organization where the entry names none', async () => {
    const graph = await openGraph();
    const [mine, others, none] = await graph.submit(
      { ...SAME, adapterId: 'lora-a' },
      { ...SAME, adapterId: 'lora-b' },
      SAME,
    );
    expect(await similarTo(graph, mine!)).toEqual([]);
    expect(idsOf(await similarTo(graph, none!)).sort()).toEqual([mine, others]);
  });

  it('of a preference compare all of its answers', async () => {
    const graph = await openGraph();
    const candidates = [{ answer: ANSWER }, { answer: 'There is no way to do that, as far as anybody here knows.' }];
    // Without a type and an answer: they follow from the candidates.
    const preference: Partial<Submission> = {
      type: 'preference',
      question: QUESTION,
      answer: ANSWER,
      candidates,
      preferred: 0,
    };
    const [id, again] = await graph.submit(preference, {
      ...preference,
      candidates: [...candidates].reverse(),
      preferred: 1,
    });
    expect(idsOf(await similarTo(graph, id!))).toEqual([again]);
  });

  it('are looked for among the newest entries alone', async () => {
    const graph = await openGraph();
    const [oldest] = await graph.submit(SAME);
    const fill = (count: number) =>
      graph.submit(
        ...Array.from({ length: count }, (_, nth) => ({ question: `What is ${nth}?`, answer: `It is ${nth}.` })),
      );
    await fill(500);
    const [id] = await graph.submit(SAME);
    expect(idsOf(await similarTo(graph, id!))).toEqual([oldest]);
    await fill(MAX_COMPARED - 600);
    await fill(300);
    expect(await similarTo(graph, id!)).toEqual([]);
  });

  it('are found again after more has come than is kept', async () => {
    const graph = await openGraph();
    const [id] = await graph.submit(SAME);
    const { candidates } = createSimilarEntries(graph.services);
    const [feedback] = await graph.store.read((reader) => findFeedback(reader, ACTOR.org, [id!]));
    expect(await candidates(ACTOR.org, feedback!)).toEqual([]);
    const other = { question: 'What is a replica?', answer: 'It is a copy.' };
    await graph.submit(...Array.from({ length: MAX_COMPARED }, () => other));
    const [again] = await graph.submit(SAME);
    expect(await candidates(ACTOR.org, feedback!)).toEqual([again]);
  });

  it('refuse a size that is out of bounds', async () => {
    const graph = await openGraph();
    const [id] = await graph.submit(SAME);
    for (const first of [0, 21]) {
      const [error] = await graph.errorsOf(
        'query ($id: ID!, $first: Int!) { feedback(id: $id) { similar(first: $first) { similarity } } }',
        {
          id,
          first,
        },
      );
      expect(error).toBe("'first' must be an integer from 1 to 20");
    }
  });
});
