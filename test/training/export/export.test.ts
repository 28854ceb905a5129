import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { eraseFeedback } from '../../../src/feedback/erase.js';
import type { Submission } from '../../../src/model/submission.js';
import { bytesBetween, parseRange, resolveRange } from '../../../src/rest/download.js';
import type { Store } from '../../../src/store/contract.js';
import { countDrops } from '../../../src/training/export/drop-reasons.js';
import {
  checkExport,
  exportPieces,
  type ExportRequest,
  exportTag,
  findExportable,
} from '../../../src/training/export/export.js';
import { EXPORT_FORMATS, getTask } from '../../../src/training/export/formats.js';
import { exportManifest } from '../../../src/training/export/manifest.js';
import { pinnedEntries } from '../../../src/training/export/pinned-entries.js';
import {
  commitTrainingBatch,
  createTrainingBatch,
  markExported,
  releaseTrainingBatch,
} from '../../../src/training/work.js';
import { countCalls } from '../../support/counting-store.js';
import { ACTOR, openGraph, type TestGraph } from '../../support/graph.js';

const REQUEST: ExportRequest = {
  number: 1,
  format: 'trl-kto-text',
  split: 'train',
  fileType: 'jsonl',
  similarity: 0.95,
  pairSameQuestion: true,
};

const NO_DROPS = countDrops();

async function claimed(submissions: readonly Partial<Submission>[], holdout = 0) {
  const graph = await openGraph();
  const ids = await graph.submit(...submissions);
  await createTrainingBatch(graph.services, ACTOR, {
    filter: {},
    newestFirst: false,
    limit: 100_000,
    holdout,
    leaseMinutes: 60,
  });
  return { graph, ids };
}

function rows(count: number): Partial<Submission>[] {
  return Array.from({ length: count }, (_, index) => ({
    type: index % 3 === 0 ? 'positive' : 'negative',
    question: `How is step ${index} done, “in full”?`,
    answer: `By doing ${index} things.\nThen nothing.`,
    ...(index % 3 === 1 ? { correction: `By doing ${index + 1} other things.` } : {}),
  }));
}

async function bytesOf({ store }: TestGraph, request: Partial<ExportRequest> = {}): Promise<Buffer> {
  const { batch } = await findExportable(store, 'default', 1, Date.now());
  const pieces: Buffer[] = [];
  for await (const { bytes } of exportPieces(store, 'default', batch, { ...REQUEST, ...request })) pieces.push(bytes);
  return Buffer.concat(pieces);
}

async function manifestOf({ store }: TestGraph, request: Partial<ExportRequest> = {}) {
  const { batch } = await findExportable(store, 'default', 1, Date.now());
  return exportManifest(store, 'default', batch, { ...REQUEST, ...request });
}

async function tagOf({ store }: TestGraph, request: Partial<ExportRequest> = {}): Promise<string> {
  return exportTag(await findExportable(store, 'default', 1, Date.now()), { ...REQUEST, ...request });
}

const parsed = (bytes: Buffer): Record<string, unknown>[] =>
  bytes
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('an export', () => {
  it('is the same byte for byte before and after the commit, in every format', async () => {
    const { graph } = await claimed(rows(230));
    const before = new Map<string, Buffer>();
    for (const format of EXPORT_FORMATS) before.set(format, await bytesOf(graph, { format }));
    const tag = await tagOf(graph);
    await markExported(graph.services, ACTOR, 1);
    await commitTrainingBatch(graph.services, ACTOR, 1, { producedAdapter: 'made' });
    for (const format of EXPORT_FORMATS) {
      expect((await bytesOf(graph, { format })).equals(before.get(format)!), format).toBe(true);
    }
    expect(await tagOf(graph)).toBe(tag);
    // What raw shows is the version that was claimed, not the one that is used.
    const raw = parsed(before.get('raw')!);
    expect(raw).toHaveLength(230);
    expect(raw[0]).toMatchObject({ version: 2, used_for_training: false, training_batch_id: 1 });
  });

  it('has a manifest with its hash, its entries and what became of the others', async () => {
    const { graph, ids } = await claimed(rows(9));
    const bytes = await bytesOf(graph, { format: 'trl-dpo' });
    const manifest = await manifestOf(graph, { format: 'trl-dpo' });
    expect(manifest).toMatchObject({
      training_batch_id: 1,
      filter: {},
      format: 'trl-dpo',
      file_name: 'batch-1-trl-dpo-train.jsonl',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      counts: {
        entries: 9,
        rows: 3,
        erased: 0,
        paired: 0,
        exact_duplicates: 0,
        near_duplicates: 0,
        dropped: { ...NO_DROPS, positive_has_no_rejected_answer: 3, negative_without_correction: 3 },
      },
      feedback: [1, 4, 7].map((index) => ({ id: ids[index], version: 2 })),
      erased: [],
    });
    expect(parsed(bytes)).toHaveLength(3);
  });

  it('is without what was erased since, and its manifest and tag say so', async () => {
    const { graph, ids } = await claimed(rows(6));
    const tag = await tagOf(graph);
    const before = parsed(await bytesOf(graph));
    await eraseFeedback(graph.services, ACTOR, ids[2]!);
    expect(await tagOf(graph)).not.toBe(tag);
    expect(parsed(await bytesOf(graph))).toEqual(before.filter((_, index) => index !== 2));
    const manifest = await manifestOf(graph);
    expect(manifest.erased).toEqual([ids[2]]);
    expect(manifest.counts).toMatchObject({ entries: 6, rows: 5, erased: 1 });
  });

  it('has each row once, but raw every entry', async () => {
    const same = { question: 'What is a shard?', answer: 'A part of the data.' };
    const { graph } = await claimed([
      { ...same, type: 'negative', question: 'what is  a shard?' },
      { ...same, type: 'negative', correction: 'A part of an index.' },
      { ...same, type: 'negative', correction: 'A part of an index.' },
      { ...same, type: 'negative', correction: 'A piece.' },
      { ...same, question: 'What is an index?' },
      { ...same, question: 'What is an INDEX?' },
    ]);
    const counts = async (format: ExportRequest['format']) => (await manifestOf(graph, { format })).counts;
    expect(await counts('raw')).toMatchObject({ rows: 6, exact_duplicates: 0 });
    expect(await counts('trl-kto')).toMatchObject({ rows: 2, exact_duplicates: 4 });
    expect(await counts('trl-dpo')).toMatchObject({ rows: 2, exact_duplicates: 1 });
    expect(await counts('trl-sft')).toMatchObject({ rows: 3, exact_duplicates: 2 });
  });

  it('is in two parts, which share no entry and leave none out', async () => {
    const { graph, ids } = await claimed(rows(120), 0.3);
    const train = await manifestOf(graph, { format: 'raw' });
    const holdout = await manifestOf(graph, { format: 'raw', split: 'holdout' });
    expect(holdout.counts.rows).toBeGreaterThan(10);
    const both = [...train.feedback, ...holdout.feedback].map(({ id }) => id);
    expect(both.sort()).toEqual([...ids].sort());
    expect(train.sha256).not.toBe(holdout.sha256);
  });

  it.each(['raw', 'trl-kto-text'] as const)(
    '%s fails if the batch is given back while it is read, rather than to end early',
    async (format) => {
      const { graph } = await claimed(rows(1_500));
      const { batch } = await findExportable(graph.store, 'default', 1, Date.now());
      const pieces = exportPieces(graph.store, 'default', batch, { ...REQUEST, format });
      await pieces.next();
      await releaseTrainingBatch(graph.services, ACTOR, 1);
      const rest = async () => {
        // What was read before comes still.
        for await (const piece of pieces) expect(piece.bytes).toBeInstanceOf(Buffer);
      };
      await expect(rest()).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(findExportable(graph.store, 'default', 1, Date.now())).rejects.toThrow('is released');
    },
  );

  it('in raw has its entries in pages of one read each, whether they lie side by side or apart', async () => {
    const submissions = rows(1_200).map((row, index) => (index % 5 === 0 ? { ...row, tags: ['some'] } : row));
    for (const filter of [{}, { tag: 'some' }]) {
      const graph = await openGraph();
      await graph.submit(...submissions.slice(0, 600));
      await graph.submit(...submissions.slice(600));
      await createTrainingBatch(graph.services, ACTOR, {
        filter,
        newestFirst: false,
        limit: 100_000,
        holdout: 0,
        leaseMinutes: 60,
      });
      const counted = countCalls(graph.store);
      const bytes = await bytesOf({ ...graph, store: counted.store }, { format: 'raw' });
      const found = parsed(bytes);
      expect(found).toHaveLength('tag' in filter ? 240 : 1_200);
      expect(found.map(({ id }) => id)).toEqual(found.map(({ id }) => id).sort());
      // Pages have 64 at most.
      expect(counted.calls.reads).toBeLessThan(found.length / 64 + 4);
    }
  });

  /** One of each task: where a group of rows ends is the same in all, and they differ in their columns. */
  const longFormats = EXPORT_FORMATS.filter(
    (format, at) => EXPORT_FORMATS.findIndex((other) => getTask(other) === getTask(format)) === at,
  );

  it.each([
    [0, EXPORT_FORMATS],
    [1, EXPORT_FORMATS],
    [40, EXPORT_FORMATS],
    [1_000, longFormats],
    [2_300, longFormats],
  ])('of %i entries has the same rows as Parquet', async (count, formats) => {
    // A batch is never empty: a positive entry makes no row of a preference.
    const { graph } = await claimed([{ question: 'Anything?', answer: 'Nothing.' }, ...rows(count)]);
    for (const format of formats) {
      if (format === 'raw') continue;
      // Of many entries the groups of rows matter, and near duplicates take longest to find.
      const options = {
        format,
        system: count === 1 ? 'Be kind.' : 'S',
        similarity: count > 40 ? 1 : REQUEST.similarity,
      };
      const bytes = await bytesOf(graph, { ...options, fileType: 'parquet' });
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
      expect(await parquetReadObjects({ file })).toEqual(parsed(await bytesOf(graph, options)));
    }
  });

  it('has conversations beside single questions, as the manifest counts them, in Parquet as in JSON Lines', async () => {
    const conversation = (question: string, answer: string) => ({
      messages: [
        { role: 'system', content: 'Answer briefly.' },
        { role: 'user', content: 'What is it?' },
        { role: 'assistant', content: 'A tree.' },
        { role: 'user', content: question },
        { role: 'assistant', content: answer },
      ] as const,
      question,
      answer,
    });
    const { graph } = await claimed([
      { type: 'positive', ...conversation('And in Rust?', 'A BTreeMap.') },
      { type: 'negative', ...conversation('And in Java?', 'A HashMap.'), correction: 'A TreeMap.' },
      ...rows(3),
    ]);
    for (const format of EXPORT_FORMATS) {
      if (format === 'raw') continue;
      const bytes = await bytesOf(graph, { format, fileType: 'parquet' });
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
      const lines = parsed(await bytesOf(graph, { format }));
      expect([format, await parquetReadObjects({ file })]).toEqual([format, lines]);
      const { counts } = await manifestOf(graph, { format });
      const isKept = JSON.stringify(lines).includes('A tree.');
      expect([format, counts.dropped.conversation_not_supported > 0]).toEqual([format, !isKept]);
    }
  });

  it('is written in pieces that are bounded in bytes, however long its texts are', async () => {
    const long = (index: number) => `${index}: ${'all of it is long. '.repeat(5_000)}`;
    const texts = Array.from({ length: 70 }, (_, index) => ({ question: `How? ${index}`, answer: long(index) }));
    const { graph } = await claimed(texts);
    const { batch } = await findExportable(graph.store, 'default', 1, Date.now());
    const largest = { jsonl: 0, parquet: 0 };
    for (const fileType of ['jsonl', 'parquet'] as const) {
      for await (const { bytes } of exportPieces(graph.store, 'default', batch, {
        ...REQUEST,
        similarity: 1,
        fileType,
      })) {
        largest[fileType] = Math.max(largest[fileType], bytes.length);
      }
    }
    const length = long(0).length;
    expect(largest.jsonl).toBeLessThan(33 * length);
    expect(largest.parquet).toBeLessThan(33 * length);
    const bytes = await bytesOf(graph, { similarity: 1, fileType: 'parquet' });
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const { row_groups: groups, num_rows: rows } = parquetMetadata(file);
    expect(rows).toBe(70n);
    for (const group of groups) expect(Number(group.total_byte_size)).toBeLessThan(4 * length);
    expect(await parquetReadObjects({ file })).toEqual(parsed(await bytesOf(graph, { similarity: 1 })));
  });

  it('is refused for a blank system prompt, and for raw Parquet', () => {
    expect(() => checkExport({ ...REQUEST, system: ' ' })).toThrow("'system' must have");
    expect(() => checkExport({ ...REQUEST, system: 'x'.repeat(10_001) })).toThrow("'system' must have");
    expect(() => checkExport({ ...REQUEST, format: 'raw', fileType: 'parquet' })).toThrow("'fileType' must be");
  });
});

describe('the entries of a batch', () => {
  it.each([100, 200, 300])('are not read to an end once it is released: %i', async (count) => {
    const { graph } = await claimed(rows(count));
    const { batch } = await findExportable(graph.store, 'default', 1, Date.now());
    const pages = pinnedEntries(graph.store, 'default', batch);
    expect((await pages.next()).done).toBe(false);
    await releaseTrainingBatch(graph.services, ACTOR, 1);
    const rest = async (): Promise<void> => {
      for (;;) if ((await pages.next()).done === true) return;
    };
    await expect(rest()).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('a range of bytes', () => {
  it('is what a slice of the whole is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 9 }),
        fc.option(fc.nat(90), { nil: undefined }),
        fc.option(fc.nat(90), { nil: undefined }),
        async (pieces, first, last) => {
          const whole = Buffer.concat(pieces);
          const range = parseRange(`bytes=${first ?? ''}-${last ?? ''}`);
          const backwards = first !== undefined && last !== undefined && last < first;
          if (backwards || (first === undefined && last === undefined)) {
            expect(range).toBeUndefined();
            return;
          }
          const expected =
            first === undefined
              ? whole.subarray(Math.max(0, whole.length - last!))
              : whole.subarray(first, last === undefined ? undefined : last + 1);
          const place = resolveRange(range!, whole.length);
          if (place === undefined) {
            expect(expected.length).toBe(0);
            return;
          }
          async function* source() {
            for (const piece of pieces) yield await Promise.resolve(Buffer.from(piece));
          }
          const found: Buffer[] = [];
          for await (const part of bytesBetween(source(), place.start, place.end)) found.push(part);
          expect(Buffer.concat(found).equals(expected)).toBe(true);
        },
      ),
    );
  });

  it.each(['items=0-1', 'bytes=0-1,4-5', 'bytes=-', 'bytes=a-', ''].map((header) => [header]))(
    '%s is none',
    (header) => {
      expect(parseRange(header)).toBeUndefined();
    },
  );
});

it('reads no further once nobody waits for the manifest', async () => {
  const { graph } = await claimed(rows(1_000));
  const { batch } = await findExportable(graph.store, 'default', 1, Date.now());
  const gone = new AbortController();
  let reads = 0;
  const store = Object.create(graph.store, {
    read: {
      value: (work: Parameters<Store['read']>[0]) => {
        reads += 1;
        if (reads === 3) gone.abort();
        return graph.store.read(work);
      },
    },
  }) as Store;
  await expect(exportManifest(store, 'default', batch, REQUEST, gone.signal)).rejects.toThrow('aborted');
  expect(reads).toBe(3);
});
