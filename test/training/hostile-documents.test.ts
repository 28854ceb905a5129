import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { recordEvaluations } from '../../src/adapters/evaluations.js';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { edgeInKey, edgeOutKey, NO_FACET } from '../../src/store/layout.js';
import { encodeRecord } from '../../src/store/record.js';
import { adapterBom } from '../../src/training/documents/bom.js';
import { croissantOf } from '../../src/training/documents/croissant.js';
import { MAX_ANCESTORS_TOLD } from '../../src/training/documents/lineage-facts.js';
import { modelCard } from '../../src/training/documents/model-card.js';
import { findExportable } from '../../src/training/export/export.js';
import { exportManifest } from '../../src/training/export/manifest.js';
import { commitTrainingBatch, createTrainingBatch } from '../../src/training/work.js';
import { expectBom } from '../support/bom-schema.js';
import { countCalls } from '../support/counting-store.js';
import { ACTOR, openGraph, registerMany, type TestGraph } from '../support/graph.js';

/** What an id may be: anything in one line. */
const NAMES = [
  '---',
  '# Heading',
  '"] }, "license": "mit',
  '| a | **b** | `c` | [d](javascript:alert(1)) | <script>alert(1)</script>',
  '![x](https://evil.example/x.png)',
  'right-to-left \u202eabc\u2066',
  'line\u2028license: mit\u2029---\ufeff',
  '%E0%A4%A/..',
  'batch:1',
  '&lt;b&gt; $x$ ~~y~~',
  'no',
  '🦊'.repeat(64),
];

const CLAIM = { filter: {}, newestFirst: false, limit: 1_000, holdout: 0, leaseMinutes: 60 };

async function documentsOf({ store }: TestGraph, id: string) {
  const bom = await store.read((reader) => adapterBom(reader, ACTOR.org, id));
  expectBom(bom);
  return { bom, card: await store.read((reader) => modelCard(reader, ACTOR.org, id)) };
}

describe('documents of names that were made to break them', () => {
  it('have these names as they are, where machines read them, and as text, where people do', async () => {
    const graph = await openGraph();
    const { services } = graph;
    for (const [nth, name] of NAMES.entries()) {
      await graph.register({
        id: name,
        version: name,
        peftType: name,
        datasets: NAMES,
        derivedFrom: nth === 0 ? [] : [NAMES[nth - 1] ?? ''],
      });
    }
    const last = NAMES.at(-1) ?? '';
    await recordEvaluations(
      services,
      ACTOR,
      last,
      NAMES.map((name) => ({ name, value: 1e-7, dataset: name, run: name })),
    );
    await graph.submit({ adapterId: last });
    const { number } = await createTrainingBatch(services, ACTOR, CLAIM);
    const metrics = Object.fromEntries(NAMES.filter((name) => Buffer.byteLength(name) <= 64).map((name) => [name, 1]));
    await commitTrainingBatch(services, ACTOR, number, { producedAdapter: last, version: last, metrics });
    await recordEvaluations(services, ACTOR, last, [{ name: 'loss', value: 1, dataset: last }]);

    const { bom, card } = await documentsOf(graph, last);
    expect(await documentsOf(graph, last)).toEqual({ bom, card });
    const { component } = bom['metadata'] as { component: { name: string; pedigree: { ancestors: object[] } } };
    expect([component.name, component.pedigree.ancestors.length]).toEqual([last, NAMES.length - 1]);

    for (const version of ['1.1', '1.2'] as const) {
      const metadata = parse(card.yaml, { version }) as Record<string, unknown>;
      expect(Object.keys(metadata)).toEqual(['base_model', 'base_model_relation', 'datasets', 'tags', 'model-index']);
      expect(metadata).toMatchObject({ base_model: 'no', datasets: expect.arrayContaining([...NAMES]) as string[] });
    }
    expect(card.yaml).not.toMatch(/^(?:---|license)|[\u2028\u2029\ufeff]/mu);

    const lines = card.markdown.split(/\r\n|\r|\n/);
    // None of them made a heading, an end of its line, a cell, an element, a link or a picture.
    expect(
      lines.filter((line) => line.startsWith('#')).every((line) => /^#{2,5} (?:\d|Train|Eval|Publ)/.test(line)),
    ).toBe(true);
    expect(lines.filter((line) => line === '---')).toEqual([]);
    expect(card.markdown).not.toMatch(/(?<!\\)[<>[\]~$&]|[\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/u);
    const cells = (line: string): number => line.split(/(?<!\\)\|/).length;
    const tables = lines.filter((line) => line.startsWith('| '));
    expect(tables.filter((line) => ![cells(tables[0] ?? ''), 6].includes(cells(line)))).toEqual([]);
    expect(card.markdown).toContain('right-to-left (U+202E)abc(U+2066)');
  });

  it('name the nearest of a lineage of thousands, and read no more than these', async () => {
    const graph = await openGraph();
    const chain = (count: number) =>
      Array.from({ length: count }, (_, nth) => [`lora-${nth}`, nth === 0 ? [] : [`lora-${nth - 1}`]] as const);
    await registerMany(graph, chain(1_500));
    const { card } = await documentsOf(graph, 'lora-1499');
    expect(card.markdown).toContain(`Only the nearest ${MAX_ANCESTORS_TOLD} ancestors were looked at; there are more.`);
    expect(Buffer.byteLength(card.markdown)).toBeLessThan(20_000);
    const callsFor = async (id: string): Promise<number> => {
      const { store, calls } = countCalls(graph.store);
      await store.read((reader) => adapterBom(reader, ACTOR.org, id));
      return calls.lookups + calls.ranges;
    };
    expect(await callsFor('lora-1499')).toBe(await callsFor('lora-700'));
  });

  it('end, and have each adapter once, where a damaged store has a cycle and names a parent that is gone', async () => {
    const graph = await openGraph();
    await graph.register({ id: 'a', derivedFrom: ['b'] });
    await graph.register({ id: 'b', derivedFrom: ['c'] });
    await graph.store.transact((transaction) => {
      for (const parent of ['a', 'gone']) {
        const derivation = encodeRecord({ createdAt: 1, createdBy: 'ann' });
        transaction.put(edgeOutKey(ACTOR.org, 'DERIVED_FROM', 'c', parent), derivation);
        transaction.put(edgeInKey(ACTOR.org, 'DERIVED_FROM', parent, NO_FACET, 'c'), Buffer.alloc(0));
      }
      return Promise.resolve();
    });
    const { bom, card } = await documentsOf(graph, 'a');
    expect(JSON.stringify(bom)).not.toContain('gone');
    expect(card.markdown).toContain('- Model dependencies: b, c. ');
  });
});

it('documents keep what was learned once the entries are erased, and describe an export without rows', async () => {
  const graph = await openGraph();
  const { services, store } = graph;
  const ids = await graph.submit({ adapterId: 'base' }, { adapterId: 'base', question: 'What is a replica?' });
  const { number } = await createTrainingBatch(services, ACTOR, CLAIM);
  await commitTrainingBatch(services, ACTOR, number, { producedAdapter: 'lora', version: '1', baseAdapter: 'base' });
  const before = await documentsOf(graph, 'lora');
  for (const id of ids) await eraseFeedback(services, ACTOR, id);
  const after = await documentsOf(graph, 'lora');
  expect(after.card.markdown).toContain('2 entries');
  expect([after.bom['components'], after.card.yaml]).toEqual([before.bom['components'], before.card.yaml]);

  const { batch } = await findExportable(store, ACTOR.org, number, Date.now());
  const request = {
    number,
    format: 'trl-sft',
    split: 'train',
    fileType: 'jsonl',
    similarity: 1,
    pairSameQuestion: true,
  } as const;
  const manifest = await exportManifest(store, ACTOR.org, batch, request);
  const croissant = croissantOf(batch, manifest, { org: '"} <b>\u2028', export: request });
  expect(croissant).toMatchObject({
    creator: { name: '"} <b>\u2028' },
    // The SHA-256 of nothing.
    distribution: [{ contentSize: '0 B', sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' }],
  });
});
