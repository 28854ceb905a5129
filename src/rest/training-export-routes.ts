import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type Static, Type } from 'typebox';
import { ApiError, InvalidInputError } from '../errors.js';
import { type Services, unlessGone } from '../graphql/context.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { checkField, idProblem } from '../model/input.js';
import { omitNullish } from '../omit-nullish.js';
import { croissantOf } from '../training/documents/croissant.js';
import { datasetInfo, fileName } from '../training/export/dataset-info.js';
import {
  checkExport,
  type Exportable,
  exportPieces,
  type ExportRequest,
  exportTag,
  findExportable,
  hasConversations,
} from '../training/export/export.js';
import { exportManifest } from '../training/export/manifest.js';
import { markExported } from '../training/work.js';
import { breakOffStalled, bytesBetween, parseRange, resolveRange, serverStops } from './download.js';
import { answer, TAGS } from './openapi.js';
import { batchNumber, TRAINING_BASE } from './training-routes.js';
import {
  BatchParameters,
  CroissantAnswer,
  CroissantQuery,
  DatasetInfoAnswer,
  ExportQuery,
  ManifestAnswer,
} from './training-schemas.js';

/** Exports of one organization at once: each may hold some 100 MB to tell duplicates and to count votes. */
const EXPORTS_AT_ONCE = 4;
/** How many exports are remembered by their size. */
const SIZES = 1_000;

const FIELD_NAMES = new Map([['fileType', 'file_type']]);
const JSON_LD = 'application/ld+json';
const MEDIA_TYPES = { jsonl: 'application/jsonl', parquet: 'application/vnd.apache.parquet' } as const;

const file = (description: string) => ({
  description,
  content: {
    [MEDIA_TYPES.jsonl]: { schema: Type.Unsafe<Readable>({}) },
    [MEDIA_TYPES.parquet]: { schema: Type.Unsafe<Readable>({}) },
  },
});

export interface ExportOptions {
  /** How alike rows are that collapse, 0.9 to 1. */
  readonly similarity: number;
}

/** What trainers load: the rows of a batch in the form of their trainer, and what these are made of. */
export function trainingExportRoutes(
  application: Application,
  services: Services,
  { similarity }: ExportOptions,
): void {
  const { store, now } = services;
  const sizes = new LRUCache<string, number>({ max: SIZES });
  const underWay = new Map<string, number>();
  const streams = new Set<Readable>();

  // Nobody waits for an export before the server stops; its client sees that its end is missing, and can go on later.
  application.addHook('preClose', () => {
    for (const stream of streams) stream.destroy(serverStops());
    return Promise.resolve();
  });

  /** @throws {ApiError} RATE_LIMITED if there are too many */
  function enter(org: string, reply: FastifyReply): () => void {
    const running = underWay.get(org) ?? 0;
    if (running >= EXPORTS_AT_ONCE) {
      reply.header('retry-after', 10);
      throw new ApiError('RATE_LIMITED', `${EXPORTS_AT_ONCE} exports are already running; wait until one ends`);
    }
    underWay.set(org, running + 1);
    return () => {
      const left = (underWay.get(org) ?? 1) - 1;
      if (left > 0) underWay.set(org, left);
      else underWay.delete(org);
    };
  }

  async function* exportBytes(
    org: string,
    batch: Exportable,
    asked: ExportRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<Buffer, void> {
    let size = 0;
    for await (const { bytes } of exportPieces(store, org, batch.batch, asked, signal)) {
      size += bytes.length;
      if (bytes.length > 0) yield bytes;
    }
    sizes.set(`${org}:${exportTag(batch, asked)}`, size);
  }

  async function sizeOf(org: string, batch: Exportable, asked: ExportRequest, signal: AbortSignal): Promise<number> {
    const known = sizes.get(`${org}:${exportTag(batch, asked)}`);
    if (known !== undefined) return known;
    let size = 0;
    for await (const bytes of exportBytes(org, batch, asked, signal)) size += bytes.length;
    return size;
  }

  application.get(
    `${TRAINING_BASE}/:number/export`,
    {
      config: { failure: 'Failed to export the training batch', fieldNames: FIELD_NAMES },
      exposeHeadRoute: false,
      schema: {
        operationId: 'exportTrainingBatch',
        summary: 'Export a training batch',
        description:
          'Exports the entries of a training batch, as they were when claimed, in a format trainers can load. ' +
          'Repeated exports are byte-for-byte identical unless an entry was erased, and `Range` resumes an ' +
          'interrupted download.',
        tags: [TAGS.training],
        params: BatchParameters,
        querystring: ExportQuery,
        response: { 200: file('The complete file.'), 206: file('The requested range of the file.') },
        refusals: ['NOT_FOUND', 'CONFLICT', 'RANGE_NOT_SATISFIABLE'],
      },
    },
    async (request, reply) => {
      const context = requestContext(request, services);
      const { actor } = context;
      const asked = toRequest(request.params.number, request.query, similarity);
      const found = await findExportable(store, actor.org, asked.number, now());
      const etag = `"${exportTag(found, asked)}"`;
      const range = readRange(request, etag);
      reply
        .header('etag', etag)
        .header('accept-ranges', 'bytes')
        .header('content-disposition', `attachment; filename="${fileName(asked)}"`);
      const leave = enter(actor.org, reply);
      let stream: Readable;
      try {
        await markExported(services, actor, asked.number);
        const entries = found.batch.feedbackCount;
        // A download in ranges is many requests.
        if (range === undefined) {
          await services.accessTrail?.record(actor, 'training_batch.download', { batch: asked.number, entries });
        } else services.accessTrail?.count(actor, 'training_batch.download', `batch-${asked.number}`);
        let bytes: AsyncIterable<Buffer> = exportBytes(actor.org, found, asked);
        if (range === undefined) {
          const size = sizes.get(`${actor.org}:${exportTag(found, asked)}`);
          if (size !== undefined) reply.header('content-length', size);
        } else {
          const size = await unlessGone(context, (signal) => sizeOf(actor.org, found, asked, signal));
          const place = resolveRange(range, size);
          if (place === undefined) {
            reply.header('content-range', `bytes */${size}`);
            throw new ApiError(
              'RANGE_NOT_SATISFIABLE',
              `The export has ${size} bytes, and none of them is in the range`,
            );
          }
          reply
            .code(206)
            .header('content-range', `bytes ${place.start}-${place.end - 1}/${size}`)
            .header('content-length', place.end - place.start);
          bytes = bytesBetween(bytes, place.start, place.end);
        }
        stream = breakOffStalled(bytes);
      } catch (error) {
        leave();
        throw error;
      }
      streams.add(stream);
      stream.once('close', () => {
        streams.delete(stream);
        leave();
      });
      return reply.type(MEDIA_TYPES[asked.fileType]).send(stream);
    },
  );

  application.get(
    `${TRAINING_BASE}/:number/manifest`,
    {
      config: { failure: 'Failed to make the manifest', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'getTrainingManifest',
        summary: 'Retrieve the manifest of an export',
        description:
          'Returns the SHA-256 hash of the export with the same parameters, the entries and versions it ' +
          'contains, and what became of the other entries.',
        tags: [TAGS.training],
        params: BatchParameters,
        querystring: ExportQuery,
        response: { 200: answer(ManifestAnswer, 'The manifest.') },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request, reply) => {
      const context = requestContext(request, services);
      const { org } = context.actor;
      const asked = toRequest(request.params.number, request.query, similarity);
      const found = await findExportable(store, org, asked.number, now());
      const leave = enter(org, reply);
      try {
        const manifest = await unlessGone(context, (signal) => exportManifest(store, org, found.batch, asked, signal));
        sizes.set(`${org}:${exportTag(found, asked)}`, manifest.bytes);
        return { ...manifest, feedback: [...manifest.feedback], erased: [...manifest.erased] };
      } finally {
        leave();
      }
    },
  );

  application.get(
    `${TRAINING_BASE}/:number/croissant`,
    {
      config: { failure: 'Failed to describe the export', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'getCroissant',
        summary: 'Retrieve the Croissant description of an export',
        description:
          'Returns the description of the export with the same parameters for loaders of data sets (MLCommons Croissant 1.1): ' +
          'its size and SHA-256 hash, its columns, and how the data were collected. Saved as `croissant.json` beside the ' +
          'file, it loads with `mlcroissant`. Contains no entries and no names of users.',
        tags: [TAGS.training],
        params: BatchParameters,
        querystring: CroissantQuery,
        response: {
          200: { description: 'The description.', content: { [JSON_LD]: { schema: CroissantAnswer } } },
        },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request, reply) => {
      const context = requestContext(request, services);
      const { org } = context.actor;
      const { license, ...query } = request.query;
      checkField('license', license, idProblem);
      const asked = toRequest(request.params.number, query, similarity);
      const found = await findExportable(store, org, asked.number, now());
      const leave = enter(org, reply);
      try {
        const manifest = await unlessGone(context, (signal) => exportManifest(store, org, found.batch, asked, signal));
        return await reply
          .type(JSON_LD)
          .send(croissantOf(found.batch, manifest, { org, export: asked, ...omitNullish({ license }) }));
      } finally {
        leave();
      }
    },
  );

  application.get(
    `${TRAINING_BASE}/:number/dataset_info.json`,
    {
      config: { failure: 'Failed to describe the export', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'getDatasetInfo',
        summary: 'Retrieve the dataset_info.json of an export',
        description:
          'Returns the dataset description that LLaMA-Factory requires to load an export in one of its formats.',
        tags: [TAGS.training],
        params: BatchParameters,
        querystring: ExportQuery,
        response: { 200: answer(DatasetInfoAnswer, 'Dataset description by dataset name.') },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request) => {
      const context = requestContext(request, services);
      const asked = toRequest(request.params.number, request.query, similarity);
      const { batch } = await findExportable(store, context.actor.org, asked.number, now());
      const info = datasetInfo(asked, asked.system !== undefined, hasConversations(batch));
      if (info !== undefined) return info;
      throw new InvalidInputError([{ field: 'format', problem: 'must be one of LLaMA-Factory (llamafactory-…)' }]);
    },
  );
}

function toRequest(number: string, query: Static<typeof ExportQuery>, similarity: number): ExportRequest {
  const { format, split = 'train', file_type: fileType = 'jsonl', pair_same_question: pairSameQuestion = true } = query;
  const options = { format, split, fileType, similarity, pairSameQuestion };
  const request = { number: batchNumber(number), ...options, ...omitNullish({ system: query.system }) };
  checkExport(request);
  return request;
}

/** The range that holds: one that is meant for other bytes (`If-Range`) does not. */
function readRange({ headers }: FastifyRequest, etag: string) {
  const condition = headers['if-range'];
  return condition === undefined || condition === etag ? parseRange(headers.range) : undefined;
}
