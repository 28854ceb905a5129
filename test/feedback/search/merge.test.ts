import { v7 as uuidv7 } from 'uuid';
import { expect, it, vi } from 'vitest';
import { decodeDocuments, encodeDocuments } from '../../../src/feedback/search/document-set.js';
import { type DocumentRow, putDocuments, SegmentDocuments } from '../../../src/feedback/search/documents.js';
import { createMerger } from '../../../src/feedback/search/merge.js';
import { EVERY_DOCUMENT, postingKey } from '../../../src/feedback/search/postings.js';
import { putSearchIndex, readSearchIndex, type Segment } from '../../../src/feedback/search/state.js';
import { WORD_RULES } from '../../../src/feedback/search/words.js';
import { openMemoryStore } from '../../support/memory-engine.js';

const ORG = 'acme';
const SEGMENTS = 8;
const DOCUMENTS = 5_000;

it('merges large segments looking at few entries at a time, and leaves out those that are gone', async () => {
  const store = await openMemoryStore();
  // Their ids alternate, so that the order of the target is that of no source.
  const rowsOf = (segment: number): DocumentRow[] =>
    Array.from({ length: DOCUMENTS }, (_, nth) => {
      const msecs = Date.UTC(2026, 0, 1) + nth * SEGMENTS + segment;
      return { id: `feedback-${uuidv7({ msecs })}`, digest: nth * SEGMENTS + segment };
    });
  const bySegment = Array.from({ length: SEGMENTS }, (_, segment) => rowsOf(segment));
  const isGone = (document: number): boolean => document % 3 === 0;
  await store.transact(async (transaction) => {
    const segments: Segment[] = [];
    for (const [segment, rows] of bySegment.entries()) {
      const number = segment + 1;
      await putDocuments(transaction, ORG, number, rows);
      const live = rows.map((_, document) => document).filter((document) => !isGone(document));
      const own = live.filter((document) => document % 1_000 === segment);
      for (const [word, documents] of [[EVERY_DOCUMENT, live] as const, ['some', own] as const]) {
        transaction.put(postingKey(ORG, number, word), encodeDocuments(rows.length, documents));
      }
      segments.push({ number, documents: rows.length, live: live.length, first: rows[0]!.id, last: rows.at(-1)!.id });
    }
    const nextSegment = SEGMENTS + 1;
    putSearchIndex(transaction, ORG, { rules: WORD_RULES, position: '', nextSegment, segments, garbage: [] });
  });

  const rows = vi.spyOn(SegmentDocuments.prototype, 'rows');
  const find = vi.spyOn(SegmentDocuments.prototype, 'find');
  try {
    const merger = createMerger(store);
    while (await merger.step(ORG));
    const atOnce = [...rows.mock.calls, ...find.mock.calls].map(([some]) => some.length);
    expect(Math.max(...atOnce)).toBeLessThanOrEqual(1_000);
  } finally {
    vi.restoreAllMocks();
  }

  const [target, ...others] = (await store.read((reader) => readSearchIndex(reader, ORG)))?.segments ?? [];
  expect(others).toEqual([]);
  const expected = bySegment.flatMap((each) => each.filter((_, document) => !isGone(document)));
  expect(target).toMatchObject({ documents: expected.length, live: expected.length });
  const found = await store.read(async (reader) => {
    const stored = await reader.get(postingKey(ORG, target!.number, 'some'));
    const documents = decodeDocuments(target!.documents, stored!);
    return new SegmentDocuments(reader, ORG, target!).rows(documents);
  });
  const some = bySegment.flatMap((each, segment) =>
    each.filter((_, document) => !isGone(document) && document % 1_000 === segment),
  );
  expect(found).toEqual(some.toSorted((one, other) => (one.id < other.id ? -1 : 1)));
  await store.close();
});
