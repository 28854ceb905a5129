import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { bytesOf } from './body.js';
import { FeedbackGraphError } from './errors.js';
import { backoff, type Clock } from './retry.js';
import type { Transport } from './transport.js';
import type { TrainingManifest } from './types.js';

export interface ExportOptions {
  readonly signal?: AbortSignal;
  /** Without a byte for so many ms, it connects again; 60,000 by default. */
  readonly idleMs?: number;
}

export interface Download extends ExportOptions {
  readonly url: string;
  readonly mediaType: string;
  /** What the file must be. */
  readonly manifest: Pick<TrainingManifest, 'sha256' | 'bytes'>;
}

const IDLE_MS = 60_000;
/** Connections in a row that bring nothing. */
const MAX_BARREN = 3;

/**
 * The bytes of an export. A connection that breaks off is resumed where it was, with a new token if the old one has
 * expired; the end is reached only if size and SHA-256 are those of the manifest.
 * @throws {FeedbackGraphError} CHECKSUM_MISMATCH, EXPORT_CHANGED, or why no connection brings the rest
 */
export async function* downloadExport(
  transport: Transport,
  clock: Clock,
  { url, mediaType, manifest, signal, idleMs = IDLE_MS }: Download,
): AsyncGenerator<Uint8Array, void> {
  const hash = sha256.create();
  let received = 0;
  let etag: string | undefined;
  for (let barren = 0; received < manifest.bytes; barren += 1) {
    if (barren > MAX_BARREN) {
      throw new FeedbackGraphError(`The export broke off after ${received} of ${manifest.bytes} bytes`, {
        code: 'CONNECTION_FAILED',
      });
    }
    if (barren > 0) await clock.wait(backoff(barren, clock.random), signal);
    const answer = await transport.open({
      method: 'GET',
      url,
      headers: { accept: mediaType, ...(received > 0 && { range: `bytes=${received}-`, 'if-range': etag ?? '' }) },
      ...(signal !== undefined && { signal }),
    });
    if (received > 0 && answer.status !== 206) {
      await answer.body?.cancel();
      throw new FeedbackGraphError('The export has changed since its download began: start again', {
        code: 'EXPORT_CHANGED',
      });
    }
    etag = answer.headers.get('etag') ?? undefined;
    for await (const bytes of bytesOf(answer, idleMs)) {
      if (bytes.length > 0) barren = 0;
      hash.update(bytes);
      received += bytes.length;
      yield bytes;
    }
    signal?.throwIfAborted();
  }
  const found = bytesToHex(hash.digest());
  if (received !== manifest.bytes || found !== manifest.sha256) {
    throw new FeedbackGraphError(
      'The SHA-256 of the export is not the one of its manifest: do not train on what has arrived',
      { code: 'CHECKSUM_MISMATCH' },
    );
  }
}

/** A stream that reads on only as it is read. */
export function toStream(source: AsyncGenerator<Uint8Array, void>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await source.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        await source.return();
      },
    },
    { highWaterMark: 0 },
  );
}

/** The rows of JSON Lines. */
export async function* rowsOf(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Readonly<Record<string, unknown>>, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of source) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield toRow(line);
  }
  if (rest !== '') yield toRow(rest);
}

function toRow(line: string): Readonly<Record<string, unknown>> {
  const row: unknown = JSON.parse(line);
  if (!isRow(row)) throw new TypeError('A line of the export is not a JSON object');
  return row;
}

function isRow(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
