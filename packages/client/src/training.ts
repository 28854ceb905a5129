import { type Api, dataOf, initOf } from './api.js';
import { downloadExport, type ExportOptions, rowsOf, toStream } from './export-stream.js';
import { cursorOf, type ListOptions, listing, type Listing } from './pages.js';
import { toSearch } from './query.js';
import { backoff, type Clock } from './retry.js';
import type { CallOptions, Transport } from './transport.js';
import type { components, QueryOf, TrainingBatch, TrainingManifest } from './types.js';

type Schemas = components['schemas'];
export type ExportQuery = QueryOf<'exportTrainingBatch'>;
type TrainingBatchList = Schemas['TrainingBatchList'];
type Row = Readonly<Record<string, unknown>>;

/** A training batch to work with. Each call sends one request, unless it says otherwise. */
export interface TrainingBatchHandle {
  readonly number: number;
  /** Reads it as it is now. */
  read(options?: CallOptions): Promise<TrainingBatch>;
  /** The SHA-256 and the origin of an export. */
  manifest(query: ExportQuery, options?: CallOptions): Promise<TrainingManifest>;
  /**
   * The file, checked against its manifest: what has been read may be trained on only once the stream has ended without an
   * error. It resumes by itself after a lost connection.
   */
  export(query: ExportQuery, options?: ExportOptions): ReadableStream<Uint8Array>;
  /** The rows of a file in JSON Lines, with the same check at the end. */
  rows(query: Omit<ExportQuery, 'file_type'>, options?: ExportOptions): AsyncGenerator<Row, void>;
  /** Holds the entries for so many minutes from now. */
  renew(leaseMinutes: number, options?: CallOptions): Promise<TrainingBatch>;
  /** Marks the entries as used, and registers the adapter that learned from them. Resolves once all are. */
  commit(result: Schemas['TrainingCommit'], options?: CallOptions): Promise<TrainingBatch>;
  /** Gives the entries back. Resolves once all are. */
  release(options?: CallOptions): Promise<TrainingBatch>;
}

export interface Training {
  /**
   * Claims entries for a new batch; refused with 409 if there are none. Resolves once the batch has all that it gets: the server
   * answers at once where these are many, and the batch is read until then.
   */
  claim(request: Schemas['TrainingBatchRequest'], options?: CallOptions): Promise<TrainingBatchHandle & TrainingClaim>;
  /** A batch that was claimed before, as by another process. Sends no request. */
  batch(number: number): TrainingBatchHandle;
  list(
    query?: Omit<QueryOf<'listTrainingBatches'>, 'cursor'>,
    options?: ListOptions,
  ): Listing<TrainingBatch, TrainingBatchList>;
}

export interface TrainingClaim {
  /** The batch as it was claimed. */
  readonly claimed: TrainingBatch;
}

/** Lets the server answer at once where there is much to do, and go on (RFC 7240). */
const header = { Prefer: 'respond-async' } as const;
const UNDER_WAY: ReadonlySet<string> = new Set([
  'claiming',
  'committing',
  'releasing',
] satisfies TrainingBatch['state'][]);
/** As many doublings of the pause between two reads: batches are read every second or two. */
const MAX_PAUSES = 3;

const PATH = '/api/v1/llm/training/batches';
const MEDIA_TYPES = { jsonl: 'application/jsonl', parquet: 'application/vnd.apache.parquet' } as const;

export function trainingOn(transport: Transport, api: Api, clock: Clock): Training {
  /** A batch once the server has done what it is at. */
  async function settled(answer: Promise<TrainingBatch>, { signal }: CallOptions): Promise<TrainingBatch> {
    let found = await answer;
    for (let reads = 1; UNDER_WAY.has(found.state); reads += 1) {
      await clock.wait(backoff(Math.min(reads, MAX_PAUSES), clock.random), signal);
      found = await batch(found.training_batch_id).read(signal === undefined ? {} : { signal });
    }
    return found;
  }

  function batch(number: number): TrainingBatchHandle {
    const path = { number: String(number) };
    const manifest: TrainingBatchHandle['manifest'] = (query, options = {}) =>
      dataOf(api.GET(`${PATH}/{number}/manifest`, { ...initOf(options), params: { path, query } }));

    async function* bytes(query: ExportQuery, options: ExportOptions): AsyncGenerator<Uint8Array, void> {
      yield* downloadExport(transport, clock, {
        ...options,
        url: `${PATH}/${number}/export${toSearch(query)}`,
        mediaType: MEDIA_TYPES[query.file_type ?? 'jsonl'],
        manifest: await manifest(query, options),
      });
    }

    return {
      number,
      manifest,
      read: (options = {}) => dataOf(api.GET(`${PATH}/{number}`, { ...initOf(options), params: { path } })),
      export: (query, { signal, ...options } = {}) => {
        // A read that is under way would hold up the end.
        const ended = new AbortController();
        const either = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
        return toStream(bytes(query, { ...options, signal: either }), () => ended.abort());
      },
      rows: (query, options = {}) => rowsOf(bytes(query, options)),
      renew: (leaseMinutes, options = {}) =>
        dataOf(
          api.POST(`${PATH}/{number}/renew`, {
            ...initOf(options),
            params: { path },
            body: { lease_minutes: leaseMinutes },
          }),
        ),
      commit: (body, options = {}) =>
        settled(
          dataOf(api.POST(`${PATH}/{number}/commit`, { ...initOf(options), params: { path, header }, body })),
          options,
        ),
      release: (options = {}) =>
        settled(
          dataOf(api.POST(`${PATH}/{number}/release`, { ...initOf(options), params: { path, header } })),
          options,
        ),
    };
  }

  return {
    batch,
    claim: async (body, options = {}) => {
      const claimed = await settled(dataOf(api.POST(PATH, { ...initOf(options), params: { header }, body })), options);
      return { ...batch(claimed.training_batch_id), claimed };
    },
    list: (query = {}, { cursor: start, ...options } = {}) =>
      listing(
        (cursor) => dataOf(api.GET(PATH, { ...initOf(options), params: { query: { ...query, ...cursorOf(cursor) } } })),
        (page) => page.training_batches,
        start,
      ),
  };
}
