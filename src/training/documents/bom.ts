/**
 * The bill of materials of an adapter (CycloneDX 1.7, ML-BOM): the adapter, what it comes from, and the training batches that
 * these learned from. Says nothing of entries but their counts, and names no person.
 */
import { hash } from 'node:crypto';
import type { Adapter } from '../../adapters/adapters.js';
import { ApiError } from '../../errors.js';
import { omitNullish } from '../../omit-nullish.js';
import type { Reader } from '../../store/contract.js';
import { packageVersion } from '../../version.js';
import type { AllocatedBatch } from '../batch.js';
import { factsTime, type LineageFacts, lineageFacts, MAX_ANCESTORS_TOLD, MAX_BATCHES_TOLD } from './lineage-facts.js';

export const BOM_MEDIA_TYPE = 'application/vnd.cyclonedx+json; version=1.7';

/** A document in JSON, whose form a published schema tells. */
export type JsonDocument = Readonly<Record<string, unknown>>;

/** The most datasets that adapters name, of all together. */
const MAX_NAMED_DATASETS = 1_000;

/** @throws {ApiError} NOT_FOUND */
export async function adapterBom(reader: Reader, org: string, adapterId: string): Promise<JsonDocument> {
  const facts = await lineageFacts(reader, org, adapterId);
  if (facts === undefined) throw new ApiError('NOT_FOUND', 'Adapter not found');
  const bom = bomOf(org, facts);
  return { ...bom.head, serialNumber: serialNumberOf(bom), version: 1, ...bom.body };
}

interface Bom {
  readonly head: JsonDocument;
  readonly body: JsonDocument;
}

/** A UUID (version 8, RFC 9562) of the content: another document has another one. */
function serialNumberOf(bom: Bom): string {
  const digest = hash('sha256', JSON.stringify([bom.head, bom.body]), 'hex');
  const variant = '89ab'.charAt(Number.parseInt(digest.charAt(16), 16) % 4);
  const uuid = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ];
  return `urn:uuid:${uuid.join('-')}`;
}

function adapterRef(id: string): string {
  return `adapter:${encodeURIComponent(id)}`;
}

function batchRef(number: number): string {
  return `batch:${number}`;
}

function property(name: string, value: string | number | undefined): JsonDocument[] {
  return value === undefined ? [] : [{ name: `feedback-graph:${name}`, value: String(value) }];
}

function bomOf(org: string, facts: LineageFacts): Bom {
  const { adapter, ancestors, batches, hasMoreAncestors, hasMoreBatches } = facts;
  const datasetsLeft = { count: MAX_NAMED_DATASETS };
  const root = adapterRef(adapter.id);
  const metrics = facts.evaluations.map(({ name, value, dataset }) => ({
    type: name,
    value: String(value),
    ...omitNullish({ slice: dataset }),
  }));
  const component = {
    ...adapterComponent(adapter, facts, datasetsLeft, metrics),
    ...(ancestors.length > 0 && {
      pedigree: { ancestors: ancestors.map((each) => adapterComponent(each, facts, datasetsLeft)) },
    }),
  };
  const isWhole = !hasMoreAncestors && !hasMoreBatches;
  const limits = [
    ...(hasMoreAncestors ? [`only the nearest ${MAX_ANCESTORS_TOLD} ancestors are listed, and there are more`] : []),
    ...(hasMoreBatches
      ? [`only ${MAX_BATCHES_TOLD} training batches are listed, those of the nearest adapters, and there are more`]
      : []),
  ];
  return {
    head: {
      $schema: 'http://cyclonedx.org/schema/bom-1.7.schema.json',
      bomFormat: 'CycloneDX',
      specVersion: '1.7',
    },
    body: {
      metadata: {
        timestamp: new Date(factsTime(facts)).toISOString(),
        tools: { components: [{ type: 'application', name: 'feedback-graph', version: packageVersion() }] },
        component,
        ...(limits.length > 0 && { properties: property('limits', limits.join('; ')) }),
      },
      ...(batches.length > 0 && { components: batches.map((batch) => batchComponent(org, batch)) }),
      dependencies: dependenciesOf(facts),
      compositions: [{ aggregate: isWhole ? 'complete' : 'incomplete', assemblies: [root], dependencies: [root] }],
    },
  };
}

function adapterComponent(
  adapter: Adapter,
  { batchesOf }: LineageFacts,
  left: { count: number },
  metrics: readonly JsonDocument[] = [],
): JsonDocument {
  const { id, version, revision, stage, baseModel, peftType, rank, loraAlpha } = adapter;
  const named = (adapter.datasets ?? []).slice(0, left.count);
  left.count -= named.length;
  const batches = batchesOf.get(id) ?? [];
  const datasets = [
    ...batches.map((number) => ({ ref: batchRef(number) })),
    ...named.map((name) => ({ type: 'dataset', name })),
  ];
  const parameters = {
    ...(batches.length > 0 && { approach: { type: 'supervised' } }),
    ...(peftType !== undefined && { modelArchitecture: peftType }),
    task: 'text-generation',
    ...(datasets.length > 0 && { datasets }),
    inputs: [{ format: 'text' }],
    outputs: [{ format: 'text' }],
  };
  return {
    type: 'machine-learning-model',
    'bom-ref': adapterRef(id),
    name: id,
    ...omitNullish({ version }),
    modelCard: {
      modelParameters: parameters,
      ...(metrics.length > 0 && { quantitativeAnalysis: { performanceMetrics: metrics } }),
    },
    properties: [
      ...property('revision', revision),
      ...property('stage', stage),
      ...property('base-model', baseModel),
      ...property('lora-rank', rank),
      ...property('lora-alpha', loraAlpha),
    ],
  };
}

const DIGEST_DESCRIPTION =
  'The hash covers the ids and versions of the entries that were used, in the order of ids, so that batches of the same ' +
  'entries have the same hash.';

function batchComponent(org: string, { number, state, digest, claimed, training }: AllocatedBatch): JsonDocument {
  const { total, positive, negative, corrected, preferences, holdout } = claimed;
  return {
    type: 'data',
    'bom-ref': batchRef(number),
    name: `feedback-batch-${number}`,
    description:
      `Human feedback on answers of language models. ${digest === undefined ? '' : DIGEST_DESCRIPTION}`.trim(),
    ...(digest !== undefined && digest !== '' && { hashes: [{ alg: 'SHA-256', content: digest }] }),
    data: [
      {
        type: 'dataset',
        name: `feedback-batch-${number}`,
        classification: 'human feedback',
        sensitiveData: ["Users' questions and answers to them; free text may contain personal data."],
        governance: { owners: [{ organization: { name: org } }] },
      },
    ],
    properties: [
      ...property('state', state),
      ...property('entries', total),
      ...property('positive', positive),
      ...property('negative', negative),
      ...property('corrected', corrected),
      ...property('preferences', preferences),
      ...property('held-out', holdout),
      ...property('committed-at', training === undefined ? undefined : new Date(training.committedAt).toISOString()),
    ],
  };
}

function dependenciesOf({ adapter, ancestors, derivations, batchesOf, batches }: LineageFacts): JsonDocument[] {
  const parents = new Map<string, string[]>();
  for (const { childId, parentId } of derivations) {
    parents.set(childId, [...(parents.get(childId) ?? []), adapterRef(parentId)]);
  }
  return [
    ...[adapter, ...ancestors].map(({ id }) => {
      const dependsOn = [...(parents.get(id) ?? []), ...(batchesOf.get(id) ?? []).map(batchRef)];
      return { ref: adapterRef(id), ...(dependsOn.length > 0 && { dependsOn }) };
    }),
    ...batches.map(({ number }) => ({ ref: batchRef(number) })),
  ];
}
