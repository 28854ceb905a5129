/** Which entries of a segment have which words: one key for each word, with a set of documents. */
import type { Entry, Key, KeyRange, Reader, Transaction } from '../../store/contract.js';
import { escapeComponent, prefixRange } from '../../store/keys.js';
import { searchWordsPrefix } from '../../store/layout.js';
import { startStretches } from '../../yield-to-event-loop.js';
import { DocumentSet, encodeDocuments } from './document-set.js';
import type { Segment } from './state.js';

/** Stands for a word that each entry of a segment has, as long as it is there. No word is empty. */
export const EVERY_DOCUMENT = '';

export function postingKey(org: string, segment: number, word: string): Key {
  return searchWordsPrefix(org, segment) + escapeComponent(word);
}

/** The keys of all words of a segment. */
export function postingRange(org: string, segment: number): KeyRange {
  return prefixRange(searchWordsPrefix(org, segment));
}

/** The keys of the words of a segment that begin so. */
export function prefixPostingRange(org: string, segment: number, beginning: string): KeyRange {
  const gte = postingKey(org, segment, beginning);
  // No word has this character, which is none.
  return { gte, lt: `${gte}\u{10ffff}` };
}

/** The entries of a word; none if no entry has it. */
export function decodePosting(segment: Segment, stored: Buffer | undefined): DocumentSet {
  return stored === undefined ? DocumentSet.empty(segment.documents) : DocumentSet.decode(segment.documents, stored);
}

interface Edit {
  readonly added: number[];
  readonly removed: number[];
}

/** Changes of postings, gathered by segment and word so that each is read and written once. */
export class PostingEdits {
  readonly #bySegment = new Map<Segment, Map<string, Edit>>();

  add(segment: Segment, word: string, document: number): void {
    this.#edit(segment, word).added.push(document);
  }

  remove(segment: Segment, word: string, document: number): void {
    this.#edit(segment, word).removed.push(document);
  }

  async apply(transaction: Transaction, org: string): Promise<void> {
    const stretches = startStretches();
    for (const [segment, edits] of this.#bySegment) {
      const words = [...edits.keys()];
      const keys = words.map((word) => postingKey(org, segment.number, word));
      const stored = await transaction.getMany(keys);
      for (const [nth, key] of keys.entries()) {
        const { added = [], removed = [] } = edits.get(words[nth] ?? '') ?? {};
        const before = stored[nth];
        if (before === undefined && added.length === 0) continue;
        const documents = decodePosting(segment, before);
        for (const document of removed) documents.delete(document);
        for (const document of added) documents.add(document);
        const left = [...documents];
        if (left.length === 0) transaction.delete(key);
        else transaction.put(key, encodeDocuments(segment.documents, left));
        if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      }
    }
  }

  #edit(segment: Segment, word: string): Edit {
    let edits = this.#bySegment.get(segment);
    if (edits === undefined) this.#bySegment.set(segment, (edits = new Map<string, Edit>()));
    let edit = edits.get(word);
    if (edit === undefined) edits.set(word, (edit = { added: [], removed: [] }));
    return edit;
  }
}

/** Words that are read at once. */
const READ_AT_ONCE = 1_000;

/** All words of a segment with their entries, in the order of keys. */
export function eachPosting(reader: Reader, org: string, segment: Segment): AsyncGenerator<Entry, void> {
  return eachPostingIn(reader, postingRange(org, segment.number));
}

/** The words of a range with their entries, in the order of keys. */
export async function* eachPostingIn(reader: Reader, { gte, lt }: KeyRange): AsyncGenerator<Entry, void> {
  for (let from: Key = gte; ;) {
    const entries = await reader.scan({ gte: from, lt, limit: READ_AT_ONCE });
    yield* entries;
    const last = entries.at(-1);
    if (last === undefined || entries.length < READ_AT_ONCE) return;
    from = `${last.key}\0`;
  }
}
