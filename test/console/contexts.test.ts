import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../web/console/api/problem.js';
import { contextOf, createContexts, type EntryContext } from '../../web/console/screens/review/contexts.js';

const IDS = Array.from({ length: 14 }, (_, place) => `e${place}`);

/** Contexts whose server is asked by hand: entries that follow one another are like each other. */
function openContexts() {
  const asked: string[][] = [];
  const answers: ((outcome: Outcome<readonly EntryContext[]>) => void)[] = [];
  const contexts = createContexts((ids) => {
    asked.push([...ids]);
    return new Promise((resolve) => answers.push(resolve));
  });
  const contextFor = (id: string, revision: number): EntryContext => ({
    id,
    similar: [
      {
        similarity: 0.9,
        node: {
          id: `e${Number(id.slice(1)) + 1}`,
          type: 'NEGATIVE',
          question: 'q',
          answer: 'a',
          correction: `correction ${revision}`,
          validationStatus: 'FLAGGED',
        },
      },
    ],
    audit: { edges: [] },
  });
  const answer = async (revision = 1, except: readonly string[] = []): Promise<void> => {
    const ids = asked.at(-1) ?? [];
    answers.at(-1)?.({
      ok: true,
      data: ids.filter((id) => !except.includes(id)).map((id) => contextFor(id, revision)),
    });
    await new Promise(setImmediate);
  };
  const fail = async (): Promise<void> => {
    answers.at(-1)?.({ ok: false, problem: { kind: 'unavailable' } });
    await new Promise(setImmediate);
  };
  const shown = (id: string) => contextOf(contexts, contexts.known(), id);
  const correctionAt = (id: string): unknown => {
    const state = shown(id);
    return state.state === 'ready' ? state.context?.similar?.[0]?.node.correction : state.state;
  };
  return { contexts, asked, answer, fail, shown, correctionAt };
}

describe('what is loaded about the entries of a sitting', () => {
  it('is asked for ten at a time, and again only when the next one is not known', async () => {
    const { contexts, asked, answer, correctionAt } = openContexts();
    contexts.want(IDS);
    contexts.want(IDS);
    expect(asked).toEqual([IDS.slice(0, 10)]);
    expect(correctionAt('e0')).toBe('loading');
    await answer();
    expect(correctionAt('e0')).toBe('correction 1');
    for (let place = 1; place < 9; place++) contexts.want(IDS.slice(place));
    expect(asked).toHaveLength(1);
    contexts.want(IDS.slice(9));
    expect(asked.at(-1)).toEqual(IDS.slice(10));
  });

  it('is asked for again where an entry that it shows has changed, and stays in sight until then', async () => {
    const { contexts, asked, answer, correctionAt } = openContexts();
    contexts.want(IDS.slice(0, 4));
    await answer();
    contexts.changed('e2');
    contexts.want(['e1', 'e3']);
    expect(asked.at(-1)).toEqual(['e1']);
    expect(correctionAt('e1')).toBe('correction 1');
    await answer(2);
    expect(correctionAt('e1')).toBe('correction 2');
    contexts.want(['e1', 'e3']);
    expect(asked).toHaveLength(2);
  });

  it('is old again if it changes while it is on its way', async () => {
    const { contexts, asked, answer } = openContexts();
    contexts.want(['e0']);
    contexts.changed('e0');
    contexts.want(['e0']);
    expect(asked).toHaveLength(1);
    await answer();
    contexts.want(['e0']);
    expect(asked).toEqual([['e0'], ['e0']]);
  });

  it('says that it could not be loaded, and is asked for again only by hand', async () => {
    const { contexts, asked, answer, fail, shown } = openContexts();
    contexts.want(['e0', 'e1']);
    await fail();
    const state = shown('e0');
    expect(state).toMatchObject({ state: 'failed', problem: { kind: 'unavailable' } });
    contexts.want(['e0', 'e1']);
    expect(asked).toHaveLength(1);
    if (state.state === 'failed') state.retry();
    expect(asked.at(-1)).toEqual(['e0']);
    await answer(1, ['e0']);
    expect(shown('e0')).toEqual({ state: 'ready', context: undefined });
  });
});
