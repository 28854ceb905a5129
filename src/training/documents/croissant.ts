/**
 * The description of an export for loaders of data sets (MLCommons Croissant 1.1, with the vocabulary for responsible AI). It
 * lies beside the file, as the manifest does, says nothing of single entries, and names no person.
 */
import { omitNullish } from '../../omit-nullish.js';
import type { AllocatedBatch } from '../batch.js';
import { hasConversations, type ExportRequest } from '../export/export.js';
import { sampleRow } from '../export/formats.js';
import type { Manifest } from '../export/manifest.js';
import type { JsonDocument } from './bom.js';

/** The standard context of a document of Croissant 1.1. */
const CONTEXT = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  arrayShape: 'cr:arrayShape',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  containedIn: 'cr:containedIn',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  dct: 'http://purl.org/dc/terms/',
  description: { '@container': '@language' },
  equivalentProperty: 'cr:equivalentProperty',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileProperty: 'cr:fileProperty',
  fileObject: 'cr:fileObject',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isArray: 'cr:isArray',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  name: { '@container': '@language' },
  parentField: 'cr:parentField',
  path: 'cr:path',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  samplingRate: 'cr:samplingRate',
  sc: 'https://schema.org/',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
} as const;

const CONFORMS_TO = ['http://mlcommons.org/croissant/1.1', 'http://mlcommons.org/croissant/RAI/1.0'];

const MEDIA_TYPES = { jsonl: 'application/jsonlines', parquet: 'application/x-parquet' } as const;

/** What every row of the format `raw` has; it may have more. */
const RAW_ROW = { id: '', type: '', question: '', answer: '', validation_status: '', version: 0, created_at: 0 };

const FILE = 'rows-file';
const ROWS = 'rows';

export interface CroissantRequest {
  readonly org: string;
  readonly export: ExportRequest;
  /** What the rows may be used under, by its URL or SPDX identifier: only who publishes them knows. */
  readonly license?: string;
}

export function croissantOf(batch: AllocatedBatch, manifest: Manifest, request: CroissantRequest): JsonDocument {
  const { org, license } = request;
  const { file_name: fileName, sha256, bytes, counts } = manifest;
  const { fileType, split, format } = request.export;
  const [name = fileName] = fileName.split('.');
  return {
    '@context': CONTEXT,
    '@type': 'sc:Dataset',
    conformsTo: CONFORMS_TO,
    name,
    description:
      `Human feedback on answers of language models for training: the part '${split}' of training batch ${batch.number} in ` +
      `the format '${format}', ${counts.rows} rows from ${counts.entries} entries.`,
    citeAs: `${name} (SHA-256 ${sha256}), ${org}`,
    ...omitNullish({ license }),
    creator: { '@type': 'Organization', name: org },
    datePublished: new Date(batch.createdAt).toISOString().slice(0, 10),
    version: '1.0.0',
    isLiveDataset: false,
    'rai:dataCollection':
      'Users judged answers of language models, compared answers, or corrected them. Submissions were validated ' +
      'automatically and, where in doubt, by reviewers; only approved entries are part of a training batch.',
    'rai:dataAnnotationProtocol':
      'Each entry is one judgement of one answer, or one choice between answers. Rows that repeat another, or nearly so, ' +
      'are left out, and rows that votes contradict.',
    'rai:annotationPlatform': 'feedback-graph',
    'rai:annotationsPerItem': 'One for each entry; entries about the same question may disagree.',
    'rai:personalSensitiveInformation':
      "Users' questions and answers to them are free text, which may contain personal data. Names and ids of users are " +
      'not part of the rows' +
      (format === 'raw' ? ', but where users gave them as fields of their entries.' : '.'),
    distribution: [
      {
        '@type': 'cr:FileObject',
        '@id': FILE,
        name: fileName,
        contentUrl: fileName,
        contentSize: `${bytes} B`,
        encodingFormat: MEDIA_TYPES[fileType],
        sha256,
      },
    ],
    recordSet: [{ '@type': 'cr:RecordSet', '@id': ROWS, name: ROWS, field: fieldsOf(batch, request.export) }],
  };
}

function fieldsOf(batch: AllocatedBatch, { format, system, fileType }: ExportRequest): JsonDocument[] {
  const shape = { hasConversations: hasConversations(batch), isTyped: fileType === 'parquet' };
  const row = format === 'raw' ? RAW_ROW : sampleRow(format, system, shape);
  return Object.entries(row).map(([column, value]: [string, unknown]) => fieldOf(column, value));
}

function fieldOf(column: string, value: unknown): JsonDocument {
  const id = `${ROWS}/${column}`;
  const field = { '@type': 'cr:Field', '@id': id, name: column };
  const source = { fileObject: { '@id': FILE }, extract: { column } };
  const item: unknown = Array.isArray(value) ? value[0] : value;
  // Earlier turns as pairs of a question and its answer.
  if (Array.isArray(item)) return { ...field, dataType: 'sc:Text', isArray: true, arrayShape: '-1,2', source };
  const repeated = Array.isArray(value) ? { isArray: true, arrayShape: '-1' } : {};
  if (typeof item !== 'object' || item === null) return { ...field, dataType: dataTypeOf(item), ...repeated, source };
  return {
    ...field,
    ...repeated,
    subField: leavesOf(item).map(({ path, value: part }) => ({
      '@type': 'cr:Field',
      '@id': `${id}/${path.replaceAll('[*]', '').replaceAll('.', '/')}`,
      name: path.replaceAll('[*]', ''),
      dataType: dataTypeOf(part),
      ...(path.includes('[*]') && { isArray: true, arrayShape: '-1' }),
      source: { ...source, transform: { jsonPath: path } },
    })),
  };
}

/** The values in an object, by their JSON paths: loaders know no fields below subfields. */
function leavesOf(item: object): { readonly path: string; readonly value: unknown }[] {
  return Object.entries(item).flatMap(([name, value]: [string, unknown]) => {
    const inner: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof inner !== 'object' || inner === null) return [{ path: name, value }];
    const place = Array.isArray(value) ? `${name}[*]` : name;
    return leavesOf(inner).map((leaf) => ({ ...leaf, path: `${place}.${leaf.path}` }));
  });
}

function dataTypeOf(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return 'sc:Boolean';
    case 'number':
      return 'sc:Integer';
    default:
      return 'sc:Text';
  }
}
