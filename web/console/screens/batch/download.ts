/**
 * Downloads of an export: fetched with the token in a header, never by a link that has it, and written to the disk as they
 * come where the browser can; their checksum is compared with that of the manifest.
 */
import { sha256 as sha256Of } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** A browser that cannot write to the disk holds all of a download in memory: bytes at most. */
export const MAX_HELD_BYTES = 256 * 1024 * 1024;

export interface ExportChoice {
  readonly format: string;
  readonly split: 'train' | 'holdout';
  readonly fileType: 'jsonl' | 'parquet';
}

export interface Manifest {
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
  readonly text: string;
}

export type DownloadFailure = 'cancelled' | 'too-large' | 'checksum' | 'interrupted' | 'refused';

export type DownloadOutcome =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly why: DownloadFailure; readonly details?: string };

export interface DownloadOptions {
  readonly number: number;
  readonly choice: ExportChoice;
  readonly token: string;
  readonly signal: AbortSignal;
  readonly onProgress: (received: number, total: number) => void;
}

interface Sink {
  readonly write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly close: () => Promise<void>;
  readonly abort: () => Promise<void>;
}

type PickFile = (options: { readonly suggestedName: string }) => Promise<FileSystemFileHandle>;

/** The browser's dialog for a place on the disk; undefined where there is none. */
function filePicker(): PickFile | undefined {
  if (!('showSaveFilePicker' in window) || typeof window.showSaveFilePicker !== 'function') return undefined;
  const pick = window.showSaveFilePicker;
  return (options) => pick.call(window, options) as Promise<FileSystemFileHandle>;
}

export const fileNameOf = (number: number, { format, split, fileType }: ExportChoice): string =>
  `batch-${number}-${format}-${split}.${fileType}`;

const addressOf = (number: number, kind: 'export' | 'manifest', { format, split, fileType }: ExportChoice): string =>
  `/api/v1/llm/training/batches/${number}/${kind}?${new URLSearchParams({ format, split, file_type: fileType }).toString()}`;

class Refusal extends Error {}

async function request(address: string, token: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(address, { headers: { authorization: `Bearer ${token}` }, signal });
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => undefined);
  const details = typeof body === 'object' && body !== null && 'details' in body ? body.details : undefined;
  throw new Refusal(typeof details === 'string' ? details : `HTTP ${response.status}`);
}

export async function fetchManifest({
  number,
  choice,
  token,
  signal,
}: Omit<DownloadOptions, 'onProgress'>): Promise<Manifest> {
  const text = await (await request(addressOf(number, 'manifest', choice), token, signal)).text();
  const { bytes, sha256, counts } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const rows = typeof counts === 'object' && counts !== null && 'rows' in counts ? counts.rows : undefined;
  if (typeof bytes !== 'number' || typeof sha256 !== 'string' || typeof rows !== 'number') {
    throw new Refusal('The manifest is incomplete');
  }
  return { bytes, sha256, rows, text };
}

/** Gives what was put together in memory to the browser's downloads. */
export function saveBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function memorySink(name: string): Sink {
  let parts: Uint8Array<ArrayBuffer>[] = [];
  return {
    write: async (bytes) => {
      parts.push(bytes);
      await Promise.resolve();
    },
    close: async () => {
      saveBlob(new Blob(parts), name);
      await Promise.resolve();
    },
    abort: async () => {
      parts = [];
      await Promise.resolve();
    },
  };
}

/** Downloads an export. It never throws; a file whose checksum is another one is not kept. */
export async function downloadExport(options: DownloadOptions): Promise<DownloadOutcome> {
  const { number, choice, token, signal, onProgress } = options;
  const name = fileNameOf(number, choice);
  let sink: Sink | undefined;
  try {
    // First, as browsers open it only right after a click.
    const file = await filePicker()?.({ suggestedName: name });
    const manifest = await fetchManifest(options);
    if (file === undefined && manifest.bytes > MAX_HELD_BYTES) return { ok: false, why: 'too-large' };
    const opened = file === undefined ? memorySink(name) : await toSink(file);
    sink = opened;
    onProgress(0, manifest.bytes);
    const { body } = await request(addressOf(number, 'export', choice), token, signal);
    // The browser's own takes all bytes at once, and is there on HTTPS alone.
    const hash = sha256Of.create();
    const reader = body?.getReader();
    for (let received = 0; reader !== undefined;) {
      const { done, value } = await reader.read();
      if (done) break;
      hash.update(value);
      await opened.write(value);
      received += value.length;
      onProgress(received, manifest.bytes);
    }
    if (bytesToHex(hash.digest()) !== manifest.sha256) {
      await opened.abort();
      return { ok: false, why: 'checksum' };
    }
    await opened.close();
    return { ok: true, manifest };
  } catch (error) {
    await sink?.abort().catch(() => undefined);
    if (error instanceof Refusal) return { ok: false, why: 'refused', details: error.message };
    const isCancelled = signal.aborted || (error instanceof DOMException && error.name === 'AbortError');
    return { ok: false, why: isCancelled ? 'cancelled' : 'interrupted' };
  }
}

async function toSink(file: FileSystemFileHandle): Promise<Sink> {
  const stream = await file.createWritable();
  return { write: (bytes) => stream.write(bytes), close: () => stream.close(), abort: () => stream.abort() };
}
