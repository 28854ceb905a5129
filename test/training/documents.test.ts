import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { recordEvaluations } from '../../src/adapters/evaluations.js';
import { adapterBom } from '../../src/training/documents/bom.js';
import { croissantOf } from '../../src/training/documents/croissant.js';
import { MAX_ANCESTORS_TOLD } from '../../src/training/documents/lineage-facts.js';
import { findExportable } from '../../src/training/export/export.js';
import { EXPORT_FORMATS } from '../../src/training/export/formats.js';
import { exportManifest } from '../../src/training/export/manifest.js';
import { commitTrainingBatch, createTrainingBatch } from '../../src/training/work.js';
import { expectBom } from '../support/bom-schema.js';
import { ACTOR, openGraph, registerMany, type TestGraph } from '../support/graph.js';

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly modelCard?: { readonly modelParameters: { readonly datasets?: readonly object[] } };
  readonly pedigree?: { readonly ancestors: readonly Component[] };
}

interface Bom {
  readonly serialNumber: string;
  readonly metadata: {
    readonly timestamp: string;
    readonly component: Component;
    readonly properties?: readonly object[];
  };
  readonly components?: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  readonly compositions: readonly { readonly aggregate: string }[];
}

async function bomOf({ store }: TestGraph, id: string): Promise<Bom> {
  const bom: unknown = await store.read((reader) => adapterBom(reader, ACTOR.org, id));
  expectBom(bom);
  return bom as Bom;
}

const CLAIM = { filter: {}, newestFirst: false, limit: 1_000, holdout: 0.3, leaseMinutes: 60 };
const SECRET = 'What is the secret of user-0815?';

/** Two adapters, one from the other, each trained on a batch; `actor` is named by none of the documents. */
async function trained(): Promise<TestGraph> {
  const graph = await openGraph();
  const { services } = graph;
  await graph.register({ id: 'org/base:7b' });
  for (const [id, base] of [
    ['first lora', 'org/base:7b'],
    ['lora <b>|v2', 'first lora'],
  ] as const) {
    await graph.submit(
      { question: SECRET, userId: 'user-0815', adapterId: base },
      { question: `${SECRET} Why?`, type: 'negative', correction: 'Because of the secret.', userId: 'user-0815' },
    );
    const { number } = await createTrainingBatch(services, ACTOR, CLAIM);
    const commit = { producedAdapter: id, version: 'v1', baseAdapter: base, metrics: { loss: 0.5 } };
    await commitTrainingBatch(services, ACTOR, number, commit);
  }
  await graph.register({ id: 'lora <b>|v2', datasets: ['org/data'], peftType: 'LORA', rank: 8 });
  await recordEvaluations(services, ACTOR, 'lora <b>|v2', [
    { name: 'accuracy', value: 0.93, dataset: 'help|desk', run: 'run-of-ann' },
    { name: 'accuracy', value: 0.94, dataset: 'help|desk' },
    { name: 'loss', value: 0.1 },
  ]);
  return graph;
}

function expectNobody(document: unknown): void {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  for (const said of ['0815', 'secret', 'feedback-0', `"${ACTOR.sub}"`, 'run-of']) expect(text).not.toContain(said);
}

describe('a bill of materials', () => {
  it('has the adapter with its lineage, batches, metrics and datasets, and names nobody', async () => {
    const graph = await trained();
    const bom = await bomOf(graph, 'lora <b>|v2');
    expectNobody(bom);
    const { component } = bom.metadata;
    expect(component).toMatchObject({
      type: 'machine-learning-model',
      name: 'lora <b>|v2',
      version: 'v1',
      modelCard: {
        modelParameters: {
          approach: { type: 'supervised' },
          modelArchitecture: 'LORA',
          datasets: [{ ref: 'batch:2' }, { type: 'dataset', name: 'org/data' }],
        },
        quantitativeAnalysis: {
          performanceMetrics: [
            { type: 'accuracy', value: '0.94', slice: 'help|desk' },
            { type: 'loss', value: '0.1' },
          ],
        },
      },
    });
    expect(component.pedigree?.ancestors.map(({ name }) => name)).toEqual(['first lora', 'org/base:7b']);
    expect(bom.components).toMatchObject([
      { type: 'data', name: 'feedback-batch-1', hashes: [{ alg: 'SHA-256' }], data: [{ type: 'dataset' }] },
      { type: 'data', name: 'feedback-batch-2' },
    ]);
    expect(bom.dependencies).toEqual([
      { ref: 'adapter:lora%20%3Cb%3E%7Cv2', dependsOn: ['adapter:first%20lora', 'batch:2'] },
      { ref: 'adapter:first%20lora', dependsOn: ['adapter:org%2Fbase%3A7b', 'batch:1'] },
      { ref: 'adapter:org%2Fbase%3A7b' },
      { ref: 'batch:1' },
      { ref: 'batch:2' },
    ]);
    expect(bom.compositions).toMatchObject([{ aggregate: 'complete' }]);
  });

  it('is the same as long as the facts are, and another one once they change', async () => {
    const graph = await trained();
    const bom = await bomOf(graph, 'first lora');
    expect(await bomOf(graph, 'first lora')).toEqual(bom);
    await recordEvaluations(graph.services, ACTOR, 'first lora', [{ name: 'accuracy', value: 1 }]);
    const next = await bomOf(graph, 'first lora');
    expect(next.serialNumber).not.toBe(bom.serialNumber);
    expect(next.metadata.timestamp >= bom.metadata.timestamp).toBe(true);
  });

  it('says that it is cut where the lineage is longer than it has room for', async () => {
    const graph = await openGraph();
    const count = MAX_ANCESTORS_TOLD + 5;
    const chain = Array.from(
      { length: count },
      (_, nth) => [`lora-${nth}`, nth === 0 ? [] : [`lora-${nth - 1}`]] as const,
    );
    await registerMany(graph, chain);
    const bom = await bomOf(graph, `lora-${count - 1}`);
    expect(bom.metadata.component.pedigree?.ancestors).toHaveLength(MAX_ANCESTORS_TOLD);
    expect(bom.compositions).toMatchObject([{ aggregate: 'incomplete' }]);
    expect(bom.metadata.properties).toEqual([
      { name: 'feedback-graph:limits', value: 'only the nearest 500 ancestors are listed, and there are more' },
    ]);
    const whole = await bomOf(graph, `lora-${MAX_ANCESTORS_TOLD}`);
    expect(whole.compositions).toMatchObject([{ aggregate: 'complete' }]);
  });

  it('is there for an adapter of which nothing is known, and for no other', async () => {
    const graph = await openGraph();
    await graph.register({ id: 'bare' });
    expect((await bomOf(graph, 'bare')).dependencies).toEqual([{ ref: 'adapter:bare' }]);
    await expect(bomOf(graph, 'none')).rejects.toThrow('Adapter not found');
  });
});

/** What loaders of Croissant 1.1 go by, in the form in which these documents have it. */
const CROISSANT = new Ajv({ strict: false, allErrors: true }).compile({
  type: 'object',
  required: [
    '@context',
    '@type',
    'conformsTo',
    'name',
    'description',
    'creator',
    'datePublished',
    'distribution',
    'recordSet',
  ],
  properties: {
    '@type': { const: 'sc:Dataset' },
    conformsTo: { contains: { const: 'http://mlcommons.org/croissant/1.1' } },
    name: { type: 'string', pattern: '^[A-Za-z0-9_-]+$' },
    datePublished: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' },
    distribution: {
      minItems: 1,
      items: {
        required: ['@type', '@id', 'name', 'contentUrl', 'contentSize', 'encodingFormat', 'sha256'],
        properties: { '@type': { const: 'cr:FileObject' }, sha256: { pattern: '^[0-9a-f]{64}$' } },
      },
    },
    recordSet: {
      minItems: 1,
      items: {
        required: ['@type', '@id', 'field'],
        properties: { '@type': { const: 'cr:RecordSet' }, field: { minItems: 1, items: { $ref: '#/$defs/field' } } },
      },
    },
  },
  $defs: {
    field: {
      required: ['@type', '@id', 'name'],
      properties: { '@type': { const: 'cr:Field' }, subField: { minItems: 1, items: { $ref: '#/$defs/field' } } },
      anyOf: [{ required: ['dataType', 'source'] }, { required: ['subField'] }],
    },
  },
});

describe('a Croissant description', () => {
  it('describes the file and the columns of every format, and names nobody', async () => {
    const graph = await trained();
    const { store } = graph;
    const { batch } = await findExportable(store, ACTOR.org, 1, Date.now());
    for (const format of EXPORT_FORMATS) {
      const request = {
        number: 1,
        format,
        split: 'train',
        fileType: 'jsonl',
        similarity: 1,
        pairSameQuestion: true,
      } as const;
      const manifest = await exportManifest(store, ACTOR.org, batch, { ...request, system: SECRET });
      const asked = { org: ACTOR.org, export: { ...request, system: SECRET }, license: 'CC-BY-4.0' };
      const croissant = croissantOf(batch, manifest, asked);
      CROISSANT(croissant);
      expect(CROISSANT.errors ?? [], format).toEqual([]);
      expectNobody(croissant);
      expect(croissant).toMatchObject({
        license: 'CC-BY-4.0',
        distribution: [{ contentUrl: manifest.file_name, sha256: manifest.sha256, contentSize: `${manifest.bytes} B` }],
      });
    }
  });
});

describe('a model card', () => {
  it('has evaluations, and a summary of the training content that says what is left to the provider', async () => {
    const graph = await trained();
    const { modelCard } = await graph.query<{ modelCard: { yaml: string; markdown: string } }>(
      '{ modelCard(adapterId: "lora <b>|v2") { yaml markdown } }',
    );
    expectNobody(modelCard.yaml + modelCard.markdown);
    expect(parse(modelCard.yaml)).toMatchObject({
      'model-index': [
        {
          name: 'lora <b>|v2',
          results: [
            {
              task: { type: 'text-generation' },
              dataset: { name: 'help|desk', type: 'help|desk' },
              metrics: [{ type: 'accuracy', value: 0.94 }],
            },
          ],
        },
      ],
    });
    const { markdown } = modelCard;
    expect(markdown).toContain(String.raw`| accuracy | help\|desk | 0.94 |`);
    for (const title of ['1. General information', '2. List of data sources', '3. Data processing aspects']) {
      expect(markdown).toContain(`### ${title}\n`);
    }
    expect(markdown).toContain(String.raw`- Versioned model name(s): lora \<b\>\|v2, version v1.`);
    expect(markdown).toContain('- Model dependencies: org/base:7b. **To be completed by the provider:**');
    expect(markdown).toContain('feedback entries in 2 training batches');
    expect(markdown).toContain('#### 2.1. Publicly available datasets\n\nDatasets that the adapters name: org/data.');
    expect(markdown).toContain('#### 2.4. User data\n\nYes, interactions of users');
    expect(markdown).toMatch(/Latest date of data acquisition\/collection for model training: \d{4}-\d\d\./);
  });
});
