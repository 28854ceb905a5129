import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadKeyedHash } from '../../../src/audit/keyed-hash.js';
import { InvalidInputError } from '../../../src/errors.js';
import { eraseFeedback, eraseFeedbackOfUser } from '../../../src/feedback/erase.js';
import { type FeedbackFilter, planFilter } from '../../../src/feedback/index/filter.js';
import { boundsAfter } from '../../../src/feedback/index/id-streams.js';
import { countFeedback, feedbackPage } from '../../../src/feedback/list.js';
import { reviseFeedback } from '../../../src/feedback/revise.js';
import { indexAnew, indexChanges } from '../../../src/feedback/search/index-changes.js';
import { finishSearchIndex } from '../../../src/feedback/search/indexer.js';
import { createMerger } from '../../../src/feedback/search/merge.js';
import {
  countSearched,
  isSearchPlan,
  type SearchBounds,
  searchedFeedback,
} from '../../../src/feedback/search/searched-ids.js';
import { readSearchIndex } from '../../../src/feedback/search/state.js';
import { submitFeedback } from '../../../src/feedback/submit.js';
import type { FeedbackTotal } from '../../../src/feedback/total.js';
import { verifyStore } from '../../../src/maintenance/verify.js';
import type { Feedback } from '../../../src/model/feedback.js';
import type { ValidationServices } from '../../../src/services.js';
import type { Store } from '../../../src/store/contract.js';
import { openTransactionalStore } from '../../../src/store/transactions/transactional-store.js';
import { createValidation } from '../../../src/validation/registry.js';
import { createMemoryDisk, memoryEngine, type MemoryDisk } from '../../support/memory-engine.js';

const ORG = 'acme';
const actor = { sub: 'tester', org: ORG, requestId: 'request-1' };

/** Words of the texts, each with what finds it and nothing else in the list. */
const WORDS = ['shard', 'sharding', 'cluster', 'replica', 'Käse', '学习', '数据', 'データ', 'x:y%z'] as const;
const FOUND_BY: Readonly<Record<(typeof WORDS)[number], string>> = {
  shard: 'SHARD',
  sharding: 'shardi*',
  cluster: 'Clúster',
  replica: 'replica',
  Käse: 'kase',
  学习: '学习',
  数据: '数据',
  データ: 'ﾃﾞｰﾀ',
  'x:y%z': '"x y z"',
};
type Word = (typeof WORDS)[number];
type Texts = readonly Word[];

interface Entry {
  readonly id: string;
  readonly mark: string;
  readonly user: string;
  readonly type: 'positive' | 'negative';
  question: Texts;
  comment: Texts;
}

/** A search that says in words what a function tells of the words of an entry. */
interface Search {
  readonly text: string;
  readonly selects: (texts: readonly Texts[]) => boolean;
}

const anyWord = fc.constantFrom(...WORDS);
const anyTexts = fc.array(anyWord, { minLength: 1, maxLength: 6 });

const anySearch = fc.letrec<{
  search: Search;
  word: Search;
  phrase: Search;
  both: Search;
  either: Search;
  not: Search;
}>((tie) => ({
  word: anyWord.map((word) => ({
    text: FOUND_BY[word],
    selects: (texts) => texts.some((each) => each.includes(word)),
  })),
  phrase: fc.tuple(anyWord, anyWord).map(([one, other]) => ({
    text: `"${one} ${other}"`,
    selects: (texts) => texts.some((each) => each.some((word, at) => word === one && each[at + 1] === other)),
  })),
  both: fc.tuple(tie('search'), tie('search')).map(([one, other]) => ({
    text: `(${one.text} ${other.text})`,
    selects: (texts) => one.selects(texts) && other.selects(texts),
  })),
  either: fc.tuple(tie('search'), tie('search')).map(([one, other]) => ({
    text: `(${one.text} OR ${other.text})`,
    selects: (texts) => one.selects(texts) || other.selects(texts),
  })),
  not: tie('search').map((search) => ({ text: `-(${search.text})`, selects: (texts) => !search.selects(texts) })),
  search: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'search' },
    tie('word'),
    tie('phrase'),
    tie('both'),
    tie('either'),
    tie('not'),
  ),
})).search;

type Action =
  | {
      readonly do: 'submit';
      readonly question: Texts;
      readonly comment: Texts;
      readonly user: string;
      readonly at: number;
    }
  | { readonly do: 'revise'; readonly entry: number; readonly comment: Texts }
  | { readonly do: 'erase'; readonly entry: number }
  | { readonly do: 'eraseUser'; readonly user: string }
  | { readonly do: 'index' | 'merge' | 'finish' | 'restart' | 'anew' }
  | { readonly do: 'search'; readonly search: Search; readonly filter: FeedbackFilter; readonly descending: boolean };

const anyUser = fc.constantFrom('ann', 'bob');
const anyFilter: fc.Arbitrary<FeedbackFilter> = fc.record(
  { userId: anyUser, type: fc.constantFrom('positive', 'negative') },
  { requiredKeys: [] },
);
const anySubmit = fc.record({
  do: fc.constant('submit' as const),
  question: anyTexts,
  comment: anyTexts,
  user: anyUser,
  // Some are of earlier times, so that their ids come in between.
  at: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_000_000 })),
});
const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: anySubmit },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('revise' as const), entry: fc.nat(), comment: anyTexts }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('erase' as const), entry: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('eraseUser' as const), user: anyUser }) },
  { weight: 8, arbitrary: fc.constant({ do: 'index' as const }) },
  { weight: 4, arbitrary: fc.constant({ do: 'merge' as const }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ do: 'finish' as const }, { do: 'restart' as const }, { do: 'anew' as const }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('search' as const),
      search: anySearch,
      filter: anyFilter,
      descending: fc.boolean(),
    }),
  },
);

/** A store with what it should hold, as it is opened again and again. */
class Model {
  readonly disk: MemoryDisk = createMemoryDisk();
  readonly entries = new Map<string, Entry>();
  readonly erased: string[] = [];
  store!: Store;
  services!: ValidationServices;
  merger!: ReturnType<typeof createMerger>;
  #marks = 0;

  async open(): Promise<this> {
    this.store = await openTransactionalStore(memoryEngine(this.disk));
    const keyedHash = await loadKeyedHash(this.store);
    this.services = { store: this.store, keyedHash, validate: createValidation(undefined), now: Date.now };
    this.merger = createMerger(this.store);
    return this;
  }

  async do(action: Action): Promise<void> {
    const { store } = this;
    switch (action.do) {
      case 'submit':
        return this.submit(action);
      case 'revise': {
        const entry = this.#entryAt(action.entry);
        if (entry === undefined) return;
        entry.comment = action.comment;
        const comment = `${entry.mark} ${action.comment.join(' ')}`;
        await reviseFeedback(this.services, { ...actor, sub: 'tester' }, entry.id, { comment });
        return;
      }
      case 'erase': {
        const entry = this.#entryAt(action.entry);
        if (entry === undefined) return;
        await eraseFeedback(this.services, actor, entry.id);
        this.#forget(entry);
        return;
      }
      case 'eraseUser':
        await eraseFeedbackOfUser(this.services, actor, action.user);
        for (const entry of [...this.entries.values()]) if (entry.user === action.user) this.#forget(entry);
        return;
      case 'index':
        await indexChanges(store, ORG);
        return;
      case 'merge':
        await this.merger.step(ORG);
        return;
      case 'finish':
        await finishSearchIndex(store, ORG);
        return;
      case 'anew':
        await indexAnew(store, ORG);
        return;
      case 'restart':
        await store.close();
        await this.open();
        return;
      case 'search': {
        // What is not indexed yet may be missing, and nothing else is ever there.
        const expected = this.selected(action);
        const { found, total } = await this.find(action);
        expect(expected).toEqual(expect.arrayContaining(found));
        expect(total.isExact).toBe(true);
      }
    }
  }

  async submit({ question, comment, user, at }: Omit<Action & { do: 'submit' }, 'do'>): Promise<void> {
    const mark = `mark${(this.#marks += 1)}q`;
    const type = this.#marks % 2 === 0 ? 'positive' : 'negative';
    const { feedback } = await submitFeedback(this.services, actor, {
      type,
      question: `${mark} ${question.join(' ')}`,
      answer: 'An answer that says nothing.',
      comment: `${mark} ${comment.join(' ')}`,
      userId: user,
      ...(at > 0 && { createdAt: Date.UTC(2026, 0, 1) + at }),
    });
    this.entries.set(feedback.id, { id: feedback.id, mark, user, type, question, comment });
  }

  selected({
    search,
    filter,
    descending,
  }: Pick<Action & { do: 'search' }, 'search' | 'filter' | 'descending'>): string[] {
    const ids = [...this.entries.values()]
      .filter(({ user, type }) => (filter.userId ?? user) === user && (filter.type ?? type) === type)
      .filter(({ question, comment }) => search.selects([question, comment]))
      .map(({ id }) => id)
      .sort();
    return descending ? ids.reverse() : ids;
  }

  /** All pages of a search, and how many entries it says that they have. */
  async find({
    search,
    filter,
    descending,
  }: Pick<Action & { do: 'search' }, 'search' | 'filter' | 'descending'>): Promise<{
    found: string[];
    total: FeedbackTotal;
  }> {
    const plan = planFilter(ORG, { ...filter, search: search.text }, this.services.keyedHash);
    const found: Feedback[] = [];
    let after: string | undefined;
    for (let hasNext = true; hasNext;) {
      const page = await this.store.read((reader) =>
        feedbackPage(reader, plan, { limit: 3, descending, ...(after !== undefined && { after }) }),
      );
      found.push(...page.feedback);
      after = page.end ?? page.feedback.at(-1)?.id;
      hasNext = page.hasNext;
    }
    return {
      found: found.map(({ id }) => id),
      total: await this.store.read((reader) => countFeedback(reader, plan)),
    };
  }

  /** All pages of a search that may look at next to nothing for each. */
  async findWithin(
    { search, filter, descending: reverse }: Pick<Action & { do: 'search' }, 'search' | 'filter' | 'descending'>,
    bounds: SearchBounds,
  ): Promise<string[]> {
    const plan = planFilter(ORG, { ...filter, search: search.text }, this.services.keyedHash);
    if (!isSearchPlan(plan)) throw new Error('There is no search');
    const ids: string[] = [];
    for (let rest: typeof plan | undefined = plan; rest !== undefined;) {
      const wanted: typeof plan = rest;
      const { selected, stoppedAt } = await this.store.read((reader) =>
        searchedFeedback(reader, wanted, { limit: 2, reverse }, bounds),
      );
      ids.push(...selected.map(({ id }) => id));
      const last = stoppedAt ?? (selected.length === 2 ? selected.at(-1)?.id : undefined);
      rest = last === undefined ? undefined : { ...plan, bounds: boundsAfter(plan.bounds, last, reverse) };
    }
    return ids;
  }

  /** Totals within ever tighter bounds: true as far as they go, and each time the same. */
  async expectBounded({ search, filter }: Pick<Action & { do: 'search' }, 'search' | 'filter'>, expected: number) {
    const plan = planFilter(ORG, { ...filter, search: search.text }, this.services.keyedHash);
    if (!isSearchPlan(plan)) throw new Error('There is no search');
    const count = (bounds: SearchBounds) => this.store.read((reader) => countSearched(reader, plan, bounds));
    let wider = expected;
    for (const most of [5, 2, 1, 0]) {
      const all = 1_000_000;
      for (const bounds of [
        { counted: most, misses: all, bytes: all },
        { counted: all, misses: most, bytes: all },
        { counted: all, misses: all, bytes: most * 400 },
        { counted: most, misses: most, bytes: most * 400 },
      ]) {
        const total = await count(bounds);
        expect(total.count).toBeLessThanOrEqual(Math.min(expected, bounds.counted));
        if (total.isExact) expect(total.count).toBe(expected);
        expect(await count(bounds)).toEqual(total);
      }
      const { count: counted, isExact } = await count({ counted: most, misses: all, bytes: all });
      expect({ counted, isExact }).toEqual({ counted: Math.min(most, expected), isExact: expected <= most });
      const { count: seen } = await count({ counted: all, misses: most, bytes: all });
      expect(seen).toBeLessThanOrEqual(wider);
      wider = seen;
    }
  }

  /** What was erased is in no key of the store. */
  expectErased(): void {
    for (const mark of this.erased) {
      expect(this.disk.sorted.filter((key) => key.includes(mark))).toEqual([]);
    }
  }

  #entryAt(place: number): Entry | undefined {
    return [...this.entries.values()][place % Math.max(this.entries.size, 1)];
  }

  #forget(entry: Entry): void {
    this.entries.delete(entry.id);
    this.erased.push(entry.mark);
    this.expectErased();
  }
}

function exactly(count: number): FeedbackTotal {
  return { count, isExact: true };
}

describe('a search index', () => {
  it('finds what a look at every entry finds, after any submissions, changes, erasures, merges and restarts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyAction, { minLength: 10, maxLength: 60 }),
        fc.array(fc.record({ search: anySearch, filter: anyFilter, descending: fc.boolean() }), { minLength: 3 }),
        async (actions, searches) => {
          const model = await new Model().open();
          for (const action of actions) await model.do(action);
          // Once it is up to date, after a restart, and built anew.
          for (const last of ['restart', 'anew', 'finish'] as const) {
            await finishSearchIndex(model.store, ORG);
            for (const asked of searches) {
              const expected = model.selected(asked);
              expect(await model.find(asked)).toEqual({ found: expected, total: exactly(expected.length) });
              await model.expectBounded(asked, expected.length);
              for (const misses of [0, 1, 3]) {
                const bounds = { counted: 0, misses, bytes: 1_000_000 };
                expect(await model.findWithin(asked, bounds)).toEqual(expected);
              }
            }
            model.expectErased();
            expect(await verifyStore(model.store)).toMatchObject({ found: 0 });
            await model.do({ do: last });
          }
          await model.store.close();
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);

  it('merges many small segments into few, and leaves nothing of them', async () => {
    const model = await new Model().open();
    for (let nth = 0; nth < 150; nth += 1) {
      await model.submit({ question: [WORDS[nth % WORDS.length]!], comment: ['cluster'], user: 'ann', at: 0 });
      await indexChanges(model.store, ORG);
    }
    expect((await model.store.read((reader) => readSearchIndex(reader, ORG)))?.segments).toHaveLength(150);
    await finishSearchIndex(model.store, ORG);

    const index = await model.store.read((reader) => readSearchIndex(reader, ORG));
    expect(index?.segments.length).toBeLessThan(10);
    expect(index?.segments.reduce((sum, { live }) => sum + live, 0)).toBe(150);
    expect(index).toMatchObject({ garbage: [] });
    // It keeps knowing what files may still have, in bounded room.
    const { emptied = [], nextSegment = 0 } = index ?? {};
    expect(emptied.length).toBeLessThanOrEqual(64);
    const isKnown = (number: number): boolean => emptied.some(({ from, to }) => from <= number && number <= to);
    const gone = Array.from({ length: nextSegment - 1 }, (_, nth) => nth + 1).filter((number) =>
      index?.segments.every((segment) => segment.number !== number),
    );
    expect(gone.filter((number) => !isKnown(number))).toEqual([]);
    const numbers = new Set(index?.segments.map(({ number }) => String(number).padStart(10, '0')));
    const stored = model.disk.sorted.filter((key) => /^search_(words|documents):/.test(key));
    expect(new Set(stored.map((key) => key.split(':')[2]))).toEqual(numbers);
    await model.store.close();
  });

  it.each([
    ['postings', 40, Array.from({ length: 7_000 }, (_, nth) => `w${nth}`).join(' ')],
    ['texts', 90, 'the same word again '.repeat(4_900)],
  ])('writes no more %s at once than fit into memory well', async (_, entries, text) => {
    const model = await new Model().open();
    for (let nth = 0; nth < entries; nth += 1) {
      await model.submit({ question: [text as Word], comment: ['cluster'], user: 'ann', at: 0 });
    }
    while (await indexChanges(model.store, ORG));
    const index = await model.store.read((reader) => readSearchIndex(reader, ORG));
    expect(index?.segments.length).toBeGreaterThan(1);
    expect(index?.segments.reduce((sum, { live }) => sum + live, 0)).toBe(entries);
    await model.store.close();
  });

  it('refuses the beginning of too many words of all segments together, for each page and for the count', async () => {
    const model = await new Model().open();
    for (let nth = 0; nth < 3; nth += 1) {
      const many = Array.from({ length: 2_000 }, (_, word) => `many${nth}n${word}`).join(' ');
      await model.submit({ question: ['cluster', many as Word], comment: ['shard'], user: 'ann', at: 0 });
      await indexChanges(model.store, ORG);
    }
    const { keyedHash } = model.services;
    const problem = "must not have 'many*', with which more than 5000 words begin; give more of the word";
    const refusal = new InvalidInputError([{ field: 'search', problem }]);
    const plan = planFilter(ORG, { search: 'many*' }, keyedHash);
    const page = (after?: string) =>
      model.store.read((reader) =>
        feedbackPage(reader, plan, { limit: 1, descending: true, ...(after !== undefined && { after }) }),
      );
    await expect(page()).rejects.toThrow(refusal);
    await expect(page([...model.entries.keys()].at(-1))).rejects.toThrow(refusal);
    await expect(model.store.read((reader) => countFeedback(reader, plan))).rejects.toThrow(refusal);
    const asked = { search: { text: 'many0* OR many1*', selects: () => true }, filter: {}, descending: true };
    expect(await model.find(asked)).toMatchObject({ total: exactly(2) });
    await model.store.close();
  });

  it('ends a page, and counts no further, where a phrase has been looked for in as much as one search may', async () => {
    const model = await new Model().open();
    for (let nth = 0; nth < 270; nth += 1) {
      // Bytes are what a search is bound by; words are what it takes its time for.
      const text = 'beta gamma alpha gamma'.padEnd(500).repeat(198);
      await model.submit({ question: [text as Word], comment: ['cluster'], user: 'ann', at: 0 });
    }
    await finishSearchIndex(model.store, ORG);
    const plan = planFilter(ORG, { search: '"alpha beta"' }, model.services.keyedHash);
    const page = () => model.store.read((reader) => feedbackPage(reader, plan, { limit: 1, descending: true }));
    const count = () => model.store.read((reader) => countFeedback(reader, plan));
    const empty = await page();
    expect(empty).toEqual({ feedback: [], hasNext: true, end: expect.any(String) as string });
    expect(await page()).toEqual(empty);
    expect(await count()).toEqual({ count: 0, isExact: false });
    await model.submit({ question: ['alpha beta' as Word], comment: ['cluster'], user: 'ann', at: 0 });
    await finishSearchIndex(model.store, ORG);
    const found = [...model.entries.keys()].slice(-1);
    const first = await page();
    expect({ ...first, feedback: first.feedback.map(({ id }) => id) }).toEqual({
      feedback: found,
      hasNext: true,
      end: expect.any(String) as string,
    });
    const everything = { search: { text: '"alpha beta"', selects: () => true }, filter: {}, descending: true };
    expect((await model.find(everything)).found).toEqual(found);
    for (let use = 0; use < 2; use += 1) expect(await count()).toEqual({ count: 1, isExact: false });
    // Few entries have the words and many are of the user: the former are read and filtered.
    const rare = { search: { text: '"gamma alpha" mark7q', selects: () => true }, descending: true };
    expect(await model.find({ ...rare, filter: { userId: 'ann' } })).toMatchObject({ total: exactly(1) });
    expect(await model.find({ ...rare, filter: { type: 'positive' } })).toEqual({ found: [], total: exactly(0) });
    expect(await model.find({ ...rare, filter: {} })).toMatchObject({ total: exactly(1) });
    const words = { search: { text: 'gamma mark7q', selects: () => true }, descending: true };
    expect(await model.find({ ...words, filter: { type: 'negative' } })).toMatchObject({ total: exactly(1) });
    expect(await model.find({ ...words, filter: { type: 'positive' } })).toEqual({ found: [], total: exactly(0) });
    await model.store.close();
  }, 60_000);

  it('leaves nothing of an entry that is erased while its segment is merged, however far that is', async () => {
    const model = await new Model().open();
    for (let nth = 0; nth < 16; nth += 1) {
      // More words than one step of a merge takes.
      const many = Array.from({ length: 300 }, (_, word) => `w${nth}n${word}`).join(' ');
      await model.submit({ question: ['cluster', many as Word], comment: ['shard'], user: 'ann', at: 0 });
      await indexChanges(model.store, ORG);
    }
    for (let step = 0; model.entries.size > 4; step += 1) {
      const hasMore = await model.merger.step(ORG);
      await model.do({ do: 'erase', entry: step });
      if (!hasMore) await indexChanges(model.store, ORG);
    }
    const asked = { search: { text: 'cluster shard', selects: () => true }, filter: {}, descending: true };
    expect((await model.find(asked)).found).toHaveLength(4);
    await finishSearchIndex(model.store, ORG);
    expect(await model.find(asked)).toEqual({ found: model.selected(asked), total: exactly(4) });
    model.expectErased();
    await model.store.close();
  });
});
