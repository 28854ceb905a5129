import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { bytesOf, openOn } from './body.js';
import { FeedbackGraphError, isObject } from './errors.js';
import { backoff, type Clock } from './retry.js';
import { LONG_TIMEOUT_MS, type Transport } from './transport.js';
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
  let etag: string | null = null;
  for (let barren = 0; received < manifest.bytes; barren += 1) {
    if (barren > MAX_BARREN) {
      throw new FeedbackGraphError(`The export broke off after ${received} of ${manifest.bytes} bytes`, {
        code: 'CONNECTION_FAILED',
      });
    }
    if (barren > 0) await clock.wait(backoff(barren, clock.random), signal);
    const answer = await openOn(transport, {
      method: 'GET',
      url,
      headers: {
        accept: mediaType,
        ...(received > 0 && { range: `bytes=${received}-`, ...(etag !== null && { 'if-range': etag }) }),
      },
      timeoutMs: LONG_TIMEOUT_MS,
      ...(signal !== undefined && { signal }),
    });
    let skipped = skippedBytes(answer, received, etag);
    if (skipped === undefined) {
      await answer.body?.cancel();
      throw new FeedbackGraphError('The export has changed since its download began: start again', {
        code: 'EXPORT_CHANGED',
      });
    }
    etag = answer.headers.get('etag');
    for await (const bytes of bytesOf(answer, idleMs)) {
      const part = bytes.subarray(skipped);
      skipped = Math.max(0, skipped - bytes.length);
      if (part.length === 0) continue;
      barren = 0;
      hash.update(part);
      received += part.length;
      if (received > manifest.bytes) throw mismatch();
      yield part;
    }
    signal?.throwIfAborted();
  }
  if (received !== manifest.bytes || bytesToHex(hash.digest()) !== manifest.sha256) throw mismatch();
}

/** How many bytes of an answer have arrived before; undefined if it is of another file. */
function skippedBytes({ status, headers }: Response, received: number, etag: string | null): number | undefined {
  if (received === 0) return 0;
  // A proxy that knows no ranges sends the whole file again.
  if (status !== 206) return etag !== null && headers.get('etag') === etag ? received : undefined;
  const range = headers.get('content-range');
  return range === null || range.startsWith(`bytes ${received}-`) ? 0 : undefined;
}

function mismatch(): FeedbackGraphError {
  return new FeedbackGraphError(
    'The export is not the one of its manifest, by its size, its SHA-256 or its form: do not train on what has arrived',
    { code: 'CHECKSUM_MISMATCH' },
  );
}

/** A stream that reads on only as it is read. @param end what else ends with it when its reader cancels it */
export function toStream(source: AsyncGenerator<Uint8Array, void>, end: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await source.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        end();
        await source.return().catch(() => undefined);
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
  rest += decoder.decode();
  if (rest !== '') yield toRow(rest);
}

function toRow(line: string): Readonly<Record<string, unknown>> {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    // The message of its error has a text of an entry.
  }
  if (!isObject(row)) throw mismatch();
  return row;
}
