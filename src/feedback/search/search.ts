/** Finds the entries that a search selects, in the segments of an organization's search index. */
import { InvalidInputError } from '../../errors.js';
import type { Feedback } from '../../model/feedback.js';
import type { Reader } from '../../store/contract.js';
import { lastComponent } from '../../store/keys.js';
import { startStretches } from '../../yield-to-event-loop.js';
import { type IdBounds, type IdStream, mergeStreams } from '../index/id-streams.js';
import { DocumentSet } from './document-set.js';
import { SegmentDocuments } from './documents.js';
import { matchesSearch } from './match.js';
import { decodePosting, eachPostingIn, EVERY_DOCUMENT, postingKey, prefixPostingRange } from './postings.js';
import type { SearchNode, SearchQuery } from './query.js';
import { readSearchIndex, type Segment } from './state.js';
import { hasDigest } from './texts.js';

/** Different words that a `word*` may begin in all segments together. */
export const MAX_PREFIX_WORDS = 5_000;

/** The entries with words that begin in some way, by the number of their segment. */
type Begun = ReadonlyMap<number, DocumentSet>;

/** A search of one read of the store. */
export class Search {
  readonly #reader: Reader;
  readonly #org: string;
  readonly #query: SearchQuery;
  readonly #segments: readonly Segment[];
  /** The whole words of the search, each once. */
  readonly #words: readonly string[];
  readonly #begun: ReadonlyMap<string, Begun>;
  readonly #found = new Map<number, Promise<DocumentSet>>();
  readonly #documents = new Map<number, SegmentDocuments>();
  /** Of entries that were found: the digest of the texts that were indexed. */
  readonly #digests = new Map<string, number>();

  private constructor(
    reader: Reader,
    org: string,
    query: SearchQuery,
    segments: readonly Segment[],
    begun: ReadonlyMap<string, Begun>,
  ) {
    this.#reader = reader;
    this.#org = org;
    this.#query = query;
    this.#segments = [...segments].sort((one, other) => (one.first < other.first ? -1 : 1));
    this.#words = wordsOfQuery(query, false);
    this.#begun = begun;
  }

  /** @throws {InvalidInputError} if too many words begin as a `word*` says, whatever page of the answer is wanted */
  static async open(reader: Reader, org: string, query: SearchQuery): Promise<Search> {
    const { segments = [] } = (await readSearchIndex(reader, org)) ?? {};
    const begun = new Map<string, Begun>();
    // One after another, for what is in memory at once: most searches have one at most.
    for (const word of wordsOfQuery(query, true)) begun.set(word, await readBegun(reader, org, segments, word));
    return new Search(reader, org, query, segments, begun);
  }

  /** Whether words alone do not tell: entries that {@link ids} has may not be what the search selects. */
  get isBroad(): boolean {
    return this.#query.hasPhrases;
  }

  /** The ids of entries that have the words, in order. */
  ids(reverse: boolean): IdStream {
    return async (bounds, limit) => {
      const inOrder = overlapping(this.#segments.filter((segment) => isWithin(segment, bounds)));
      const groups = reverse ? inOrder.reverse() : inOrder;
      const ids: string[] = [];
      let begun = 0;
      for (const [nth, group] of groups.entries()) {
        if (nth === begun) {
          // Twice as many each time: the page is full soon, or much has to be looked through.
          begun = 2 * nth + 1;
          await Promise.all(
            groups
              .slice(nth, begun)
              .flat()
              .map((segment) => this.#find(segment)),
          );
        }
        const streams = group.map((segment) => this.#idsIn(segment, reverse));
        for (const id of await mergeStreams(streams, reverse)(bounds, limit - ids.length)) ids.push(id);
        if (ids.length >= limit) break;
      }
      return ids;
    };
  }

  /** Which of these entries have the words, in their order. */
  async among(ids: readonly string[]): Promise<string[]> {
    const found = new Set<string>();
    for (const segment of this.#segments) {
      const here = ids.filter((id) => id >= segment.first && id <= segment.last);
      if (here.length === 0) continue;
      const documents = await this.#find(segment);
      const places = await this.#documentsOf(segment).find(here);
      for (const [nth, place] of places.entries()) {
        const id = here[nth];
        if (id === undefined || place === undefined || !documents.has(place.document)) continue;
        found.add(id);
        this.#digests.set(id, place.digest);
      }
    }
    return ids.filter((id) => found.has(id));
  }

  /** How many entries have the words: exactly, as far as they are indexed. */
  async count(bounds: IdBounds): Promise<number> {
    const counts = await Promise.all(
      this.#segments
        .filter((segment) => isWithin(segment, bounds))
        .map(async (segment) => {
          const documents = await this.#find(segment);
          return documents.count(...(await this.#placesWithin(segment, bounds)));
        }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Whether an entry that was found is what the search selects, as it is now. */
  async isSelected(feedback: Feedback): Promise<boolean> {
    const digest = this.#digests.get(feedback.id);
    if (!this.isBroad && digest !== undefined && hasDigest(feedback, digest)) return true;
    return matchesSearch(this.#query, feedback);
  }

  #idsIn(segment: Segment, reverse: boolean): IdStream {
    return async (bounds, limit) => {
      const documents = await this.#find(segment);
      const [from, to] = await this.#placesWithin(segment, bounds);
      const rows = await this.#documentsOf(segment).rows(documents.take(from, to, limit, reverse));
      for (const { id, digest } of rows) this.#digests.set(id, digest);
      return rows.map(({ id }) => id);
    };
  }

  async #placesWithin(segment: Segment, { gte, lt }: IdBounds): Promise<[from: number, to: number]> {
    const documents = this.#documentsOf(segment);
    return [
      gte === undefined ? 0 : await documents.lowerBound(gte),
      lt === undefined ? segment.documents : await documents.lowerBound(lt),
    ];
  }

  #documentsOf(segment: Segment): SegmentDocuments {
    const known = this.#documents.get(segment.number);
    if (known !== undefined) return known;
    const documents = new SegmentDocuments(this.#reader, this.#org, segment);
    this.#documents.set(segment.number, documents);
    return documents;
  }

  /** The entries of a segment that have the words. */
  #find(segment: Segment): Promise<DocumentSet> {
    let found = this.#found.get(segment.number);
    if (found === undefined) this.#found.set(segment.number, (found = this.#evaluate(segment)));
    return found;
  }

  async #evaluate(segment: Segment): Promise<DocumentSet> {
    const keys = [...this.#words, EVERY_DOCUMENT].map((word) => postingKey(this.#org, segment.number, word));
    const stored = await this.#reader.getMany(keys);
    const sets = new Map(this.#words.map((word, nth) => [word, decodePosting(segment, stored[nth])]));
    const every = decodePosting(segment, stored[this.#words.length]);
    const setOf = ({ word, isPrefix }: Leaf): DocumentSet =>
      (isPrefix ? this.#begun.get(word)?.get(segment.number) : sets.get(word)) ?? DocumentSet.empty(segment.documents);
    return select(this.#query.root, true, setOf, every);
  }
}

/** @throws {InvalidInputError} if too many words begin so */
async function readBegun(reader: Reader, org: string, segments: readonly Segment[], beginning: string): Promise<Begun> {
  const words = new Set<string>();
  const stretches = startStretches();
  const sets = segments.map(async (segment) => {
    const set = DocumentSet.empty(segment.documents);
    for await (const { key, value } of eachPostingIn(reader, prefixPostingRange(org, segment.number, beginning))) {
      words.add(lastComponent(key));
      if (words.size > MAX_PREFIX_WORDS) {
        const problem = `must not have '${beginning}*', with which more than ${MAX_PREFIX_WORDS} words begin; give more of the word`;
        throw new InvalidInputError([{ field: 'search', problem }]);
      }
      set.addStored(value);
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    }
    return [segment.number, set] as const;
  });
  return new Map(await Promise.all(sets));
}

/** The words of a search, or what it says of their beginnings, each once. */
function wordsOfQuery({ root }: SearchQuery, isPrefix: boolean): string[] {
  const leaves = leavesOf(root).filter((leaf) => leaf.isPrefix === isPrefix);
  return [...new Set(leaves.map(({ word }) => word))];
}

interface Leaf {
  readonly word: string;
  readonly isPrefix: boolean;
}

function leavesOf(node: SearchNode): Leaf[] {
  if ('not' in node) return leavesOf(node.not);
  if ('words' in node) {
    return node.words.map((word, at) => ({ word, isPrefix: node.isPrefix && at === node.words.length - 1 }));
  }
  return ('all' in node ? node.all : node.any).flatMap(leavesOf);
}

/**
 * The documents that a search may select, or, where `isBroad` is false, those that it selects for sure: what has the words of
 * a phrase may have the phrase.
 */
function select(
  node: SearchNode,
  isBroad: boolean,
  setOf: (leaf: Leaf) => DocumentSet,
  every: DocumentSet,
): DocumentSet {
  if ('not' in node) return every.without(select(node.not, !isBroad, setOf, every));
  if ('words' in node) {
    if (node.words.length > 1 && !isBroad) return DocumentSet.empty(every.size);
    return leavesOf(node)
      .map(setOf)
      .reduce((one, other) => one.and(other));
  }
  const sets = ('all' in node ? node.all : node.any).map((each) => select(each, isBroad, setOf, every));
  return sets.reduce((one, other) => ('all' in node ? one.and(other) : one.or(other)));
}

function isWithin({ first, last }: Segment, { gte, lt }: IdBounds): boolean {
  return (gte === undefined || last >= gte) && (lt === undefined || first < lt);
}

/** Segments in groups of those whose ids overlap, in the order of ids. @param segments in the order of their first ids */
function overlapping(segments: readonly Segment[]): Segment[][] {
  const groups: Segment[][] = [];
  let end = '';
  for (const segment of segments) {
    const group = groups.at(-1);
    if (group === undefined || segment.first > end) groups.push([segment]);
    else group.push(segment);
    if (segment.last > end) end = segment.last;
  }
  return groups;
}
