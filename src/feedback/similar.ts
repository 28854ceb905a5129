/**
 * Entries about nearly the same question and answer, whatever was said of it, by MinHash. Each server keeps the bands of the
 * newest entries of an adapter in memory once they are asked for, and reads what has come since before each answer.
 */
import { LRUCache } from 'lru-cache';
import type { Feedback } from '../model/feedback.js';
import type { DomainServices } from '../services.js';
import { jaccard, NearDuplicateIndex, textBands, wordShingles } from '../validation/built-in/near-duplicates.js';
import { startStretches } from '../yield-to-event-loop.js';
import { type FilterPlan, planFilter } from './index/filter.js';
import { feedbackPage } from './list.js';

/** The newest entries of an adapter, or of the organization, that are compared. */
export const MAX_COMPARED = 1_000;
/** The most that one request gets. */
export const MAX_SIMILAR = 20;
/** Entries that are less alike are not similar: the share of three words in a row that both have, of all that one has. */
export const MIN_SIMILARITY = 0.5;

/** Entries whose texts are compared with one entry at most: those that share most bands. */
const CANDIDATES = 50;
/** Entries that are read at once; each may be as long as a request. */
const READ_AT_ONCE = 32;
/** Adapters whose bands are kept; each takes a megabyte or two. */
const KEPT_INDEXES = 16;
/** After so long an adapter is read anew, ms: texts change, and entries are linked to it or come with times that are past. */
const KEPT_FOR = 10 * 60_000;

export interface SimilarEntries {
  /** Ids of other entries that may be similar, those that share most first. */
  readonly candidates: (org: string, feedback: Feedback) => Promise<readonly string[]>;
}

export interface SimilarEntry {
  readonly feedback: Feedback;
  /** {@link MIN_SIMILARITY} to 1. */
  readonly similarity: number;
}

/** Those of other entries that are similar to one, the most similar first. */
export async function rankSimilar(
  feedback: Feedback,
  others: readonly Feedback[],
  limit: number,
): Promise<readonly SimilarEntry[]> {
  const stretches = startStretches();
  const shingles = wordShingles(textOf(feedback));
  const similar: SimilarEntry[] = [];
  for (const other of others) {
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    const similarity = jaccard(shingles, wordShingles(textOf(other)));
    if (similarity >= MIN_SIMILARITY && other.id !== feedback.id) similar.push({ feedback: other, similarity });
  }
  // Of those that are as alike, the newest first.
  similar.sort((a, b) => b.similarity - a.similarity || (a.feedback.id < b.feedback.id ? 1 : -1));
  return similar.slice(0, limit);
}

export function createSimilarEntries(services: Pick<DomainServices, 'store' | 'keyedHash'>): SimilarEntries {
  const indexes = new LRUCache<string, AdapterBands>({ max: KEPT_INDEXES, ttl: KEPT_FOR });
  return {
    candidates: async (org, feedback) => {
      const adapter = adapterOf(feedback);
      const key = JSON.stringify([org, adapter]);
      let bands = indexes.get(key);
      if (bands === undefined) {
        const filter = adapter === undefined ? {} : { adapterIds: [adapter] };
        bands = new AdapterBands(services.store, planFilter(org, filter, services.keyedHash));
        indexes.set(key, bands);
      }
      const index = await bands.update();
      const own = textBands(wordShingles(textOf(feedback)));
      return index.candidates(own, CANDIDATES + 1).filter((id) => id !== feedback.id);
    },
  };
}

/** The bands of the newest entries of a list. */
class AdapterBands {
  readonly #store: DomainServices['store'];
  readonly #plan: FilterPlan;
  #index: NearDuplicateIndex | undefined;
  /** The newest entry that was read. */
  #last: string | undefined;
  #updating: Promise<NearDuplicateIndex> | undefined;

  constructor(store: DomainServices['store'], plan: FilterPlan) {
    this.#store = store;
    this.#plan = plan;
  }

  /** Reads what has come since the last update. Those who ask while one runs may not see what came after its start. */
  async update(): Promise<NearDuplicateIndex> {
    this.#updating ??= this.#read().finally(() => {
      this.#updating = undefined;
    });
    return this.#updating;
  }

  async #read(): Promise<NearDuplicateIndex> {
    const known = this.#index;
    const after = this.#last;
    const some = known === undefined || after === undefined ? undefined : await this.#bandsOf(false, after);
    if (known !== undefined && some !== undefined && some.length < MAX_COMPARED) {
      this.#addAll(known, some);
      return known;
    }
    const index = new NearDuplicateIndex(MAX_COMPARED);
    this.#addAll(index, (await this.#bandsOf(true)).reverse());
    this.#index = index;
    return index;
  }

  #addAll(index: NearDuplicateIndex, entries: readonly EntryBands[]): void {
    for (const { id, bands } of entries) index.add(id, bands);
    this.#last = entries.at(-1)?.id ?? this.#last;
  }

  /** Of at most {@link MAX_COMPARED} entries, from the newest on or after one. */
  async #bandsOf(descending: boolean, from?: string): Promise<EntryBands[]> {
    const stretches = startStretches();
    const found: EntryBands[] = [];
    for (let after = from; found.length < MAX_COMPARED;) {
      const request = { limit: READ_AT_ONCE, descending, ...(after !== undefined && { after }) };
      const page = await this.#store.read((reader) => feedbackPage(reader, this.#plan, request));
      for (const feedback of page.feedback) {
        if (stretches.shouldYield()) await stretches.yieldToEventLoop();
        found.push({ id: feedback.id, bands: textBands(wordShingles(textOf(feedback))) });
      }
      after = page.feedback.at(-1)?.id;
      if (!page.hasNext) break;
    }
    return found.slice(0, MAX_COMPARED);
  }
}

interface EntryBands {
  readonly id: string;
  readonly bands: readonly number[];
}

/** The adapter whose entries are compared; of a preference, that of its first answer that names one. */
function adapterOf({ adapterId, candidates = [] }: Feedback): string | undefined {
  return adapterId ?? candidates.find((each) => each.adapterId !== undefined)?.adapterId;
}

function textOf({ question, answer, candidates }: Feedback): string {
  const answers = candidates?.map((each) => each.answer).sort() ?? [answer];
  return [question, ...answers].join('\n');
}
