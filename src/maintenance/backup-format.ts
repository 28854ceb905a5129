/**
 * The file of a backup: eight bytes that say what it is, a format number (32 bits), then blocks, then the SHA-256 of
 * everything before it. A block is its kind (one byte), the length of its content, the length that the content has in the
 * file, and the CRC-32 of all that and the content as it is in the file (32 bits each), then the content. The first block
 * is the header (JSON), the last the trailer (JSON); between them are blocks of entries in the order of their keys,
 * compressed with brotli. An entry is the lengths of its key and of its value (32 bits each), its key in UTF-8, its
 * value. All numbers are big-endian. docs/backup.md says the same for people.
 */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants, crc32 } from 'node:zlib';
import type { Entry } from '../store/contract.js';
import { BackupDamagedError, createByteReader } from './byte-reader.js';

/** As PNG's signature, it shows what a transfer as text would do to the file. */
const MAGIC = Buffer.from('\x89FGB\r\n\x1a\n', 'latin1');
const FORMAT = 1;
const PREFIX_BYTES = MAGIC.length + 4;

const KINDS = { header: 0x48, entries: 0x44, trailer: 0x45 } as const;
const BLOCK_HEADER_BYTES = 13;
const DIGEST_BYTES = 32;

/** A block is closed when it has this many bytes, before compression. */
const BLOCK_BYTES = 1024 * 1024;
/** The most that a block may say it has, so that a damaged length does not cost memory: room for the largest record. */
const MAX_BLOCK_BYTES = 128 * 1024 * 1024;
/** How many blocks are compressed, or unpacked, ahead of the one that is needed. */
const AHEAD = 2;

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/**
 * Measured on stored feedback: quality 1 has a better ratio than any level of gzip, at twice the speed of its fastest.
 */
const QUALITY = 1;

/** What the first block says. */
export interface BackupHeader {
  /** Epoch ms. */
  readonly createdAt: number;
  /** The only organization in it; absent where it is a whole store. */
  readonly organization?: string;
  /** About how many entries follow, for progress alone. */
  readonly estimatedEntries: number;
}

/** What the last block says. */
export interface BackupTrailer {
  readonly entries: number;
  /** Commits of a store that is filled from it get numbers above this. */
  readonly sequence: number;
}

export type BackupPart =
  | { readonly kind: 'header'; readonly header: BackupHeader }
  | { readonly kind: 'entries'; readonly entries: readonly Entry[] }
  | { readonly kind: 'trailer'; readonly trailer: BackupTrailer };

/**
 * The bytes of a backup.
 * @param trailer asked when all entries were read
 */
export async function* encodeBackup(
  header: BackupHeader,
  entries: AsyncIterable<readonly Entry[]>,
  trailer: () => BackupTrailer,
): AsyncGenerator<Buffer, void> {
  const digest = createHash('sha256');
  const hashed = (bytes: Buffer): Buffer => {
    digest.update(bytes);
    return bytes;
  };
  const prefix = Buffer.alloc(PREFIX_BYTES);
  MAGIC.copy(prefix);
  prefix.writeUInt32BE(FORMAT, MAGIC.length);
  yield hashed(prefix);
  yield hashed(jsonBlock(KINDS.header, header));
  for await (const block of lookAhead(contentsOf(entries), compressedBlock)) yield hashed(block);
  yield hashed(jsonBlock(KINDS.trailer, trailer()));
  yield digest.digest();
}

/**
 * Reads a backup and checks every byte of it; the trailer comes only when everything before it was right.
 * @throws BackupDamagedError
 */
export async function* decodeBackup(source: AsyncIterable<Uint8Array>): AsyncGenerator<BackupPart, void> {
  const reader = createByteReader(source);
  const digest = createHash('sha256');
  const prefix = await reader.take(PREFIX_BYTES).catch((error: unknown) => {
    // Too short to be anything; what else goes wrong is not the file's fault.
    if (error instanceof BackupDamagedError) return undefined;
    throw error;
  });
  if (prefix?.subarray(0, MAGIC.length).equals(MAGIC) !== true) {
    throw new BackupDamagedError('it is not a backup of feedback-graph');
  }
  const format = prefix.readUInt32BE(MAGIC.length);
  if (format !== FORMAT) {
    throw new BackupDamagedError(`its format is ${format}, but this version only reads ${FORMAT}`);
  }
  digest.update(prefix);

  async function* blocks(): AsyncGenerator<Block, void> {
    for (let nth = 0; ; nth++) {
      const head = await reader.take(BLOCK_HEADER_BYTES);
      const size = head.readUInt32BE(5);
      if (Math.max(size, head.readUInt32BE(1)) > MAX_BLOCK_BYTES) throw damagedBlock(nth);
      const content = await reader.take(size);
      if (crc32(content, crc32(head.subarray(0, 9))) !== head.readUInt32BE(9)) throw damagedBlock(nth);
      digest.update(head).update(content);
      const block = { nth, kind: head[0] ?? 0, contentBytes: head.readUInt32BE(1), content };
      yield block;
      if (block.kind === KINDS.trailer) return;
    }
  }

  let entries = 0;
  let last: Buffer | undefined;
  for await (const { nth, kind, content } of lookAhead(blocks(), unpack)) {
    if ((nth === 0) !== (kind === KINDS.header)) throw damagedBlock(nth);
    if (kind === KINDS.header) {
      yield { kind: 'header', header: parseHeader(content) };
    } else if (kind === KINDS.entries) {
      const read = readEntries(content, last, nth);
      last = read.last;
      entries += read.entries.length;
      yield { kind: 'entries', entries: read.entries };
    } else {
      const trailer = parseTrailer(content);
      const stored = await reader.take(DIGEST_BYTES);
      if (!stored.equals(digest.digest())) throw new BackupDamagedError('its checksum is wrong');
      if (!(await reader.atEnd())) throw new BackupDamagedError('there is data after its end');
      if (trailer.entries !== entries) throw new BackupDamagedError('entries are missing');
      yield { kind: 'trailer', trailer };
    }
  }
}

interface Block {
  /** Its place, from 0. */
  readonly nth: number;
  readonly kind: number;
  /** As the block says; not to be trusted. */
  readonly contentBytes: number;
  readonly content: Buffer;
}

function damagedBlock(nth: number): BackupDamagedError {
  return new BackupDamagedError(`its block ${nth + 1} is damaged`);
}

/** Applies `work` to each, several at once, and keeps the order. */
async function* lookAhead<In, Out>(source: AsyncIterable<In>, work: (each: In) => Promise<Out>): AsyncGenerator<Out> {
  const waiting: Promise<Out>[] = [];
  for await (const each of source) {
    const result = work(each);
    // Its error is met when its turn comes; until then it is nobody's.
    result.catch(() => undefined);
    waiting.push(result);
    const first = waiting.length > AHEAD ? waiting.shift() : undefined;
    if (first) yield await first;
  }
  for (const each of waiting) yield await each;
}

function block(kind: number, contentBytes: number, content: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(BLOCK_HEADER_BYTES + content.length);
  bytes[0] = kind;
  bytes.writeUInt32BE(contentBytes, 1);
  bytes.writeUInt32BE(content.length, 5);
  content.copy(bytes, BLOCK_HEADER_BYTES);
  bytes.writeUInt32BE(crc32(content, crc32(bytes.subarray(0, 9))), 9);
  return bytes;
}

function jsonBlock(kind: number, value: object): Buffer {
  const content = Buffer.from(JSON.stringify(value));
  return block(kind, content.length, content);
}

async function compressedBlock(content: Buffer): Promise<Buffer> {
  const compressed = await compress(content, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } });
  return block(KINDS.entries, content.length, compressed);
}

async function unpack({ nth, kind, contentBytes, content }: Block): Promise<Block> {
  if (kind !== KINDS.entries) return { nth, kind, contentBytes, content };
  const unpacked = await decompress(content, { maxOutputLength: Math.max(contentBytes, 1) }).catch(() => undefined);
  if (unpacked?.length !== contentBytes) throw damagedBlock(nth);
  return { nth, kind, contentBytes, content: unpacked };
}

/** Contents of blocks of entries, each of {@link BLOCK_BYTES} or as long as its last entry makes it. */
async function* contentsOf(pieces: AsyncIterable<readonly Entry[]>): AsyncGenerator<Buffer, void> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    for (const { key, value } of piece) {
      const keyBytes = Buffer.byteLength(key);
      const head = Buffer.allocUnsafe(8 + keyBytes);
      head.writeUInt32BE(keyBytes, 0);
      head.writeUInt32BE(value.length, 4);
      head.write(key, 8);
      parts.push(head, value);
      bytes += head.length + value.length;
      if (bytes < BLOCK_BYTES) continue;
      yield Buffer.concat(parts, bytes);
      parts = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield Buffer.concat(parts, bytes);
}

/** @param before the last key of the block before; keys must rise */
function readEntries(
  content: Buffer,
  before: Buffer | undefined,
  nth: number,
): { readonly entries: Entry[]; readonly last: Buffer | undefined } {
  const entries: Entry[] = [];
  let last = before;
  for (let at = 0; at < content.length;) {
    if (at + 8 > content.length) throw damagedBlock(nth);
    const keyEnd = at + 8 + content.readUInt32BE(at);
    const end = keyEnd + content.readUInt32BE(at + 4);
    if (end > content.length) throw damagedBlock(nth);
    const keyBytes = content.subarray(at + 8, keyEnd);
    const key = keyBytes.toString();
    const rises = last === undefined || Buffer.compare(last, keyBytes) < 0;
    // The least key of all is empty, and those of one zero byte are the store's own: neither can be an entry's.
    if (!rises || !(keyBytes[0] ?? 0) || !isUtf8(keyBytes)) throw damagedBlock(nth);
    entries.push({ key, value: content.subarray(keyEnd, end) });
    last = keyBytes;
    at = end;
  }
  return { entries, last };
}

function parseHeader(content: Buffer): BackupHeader {
  const { createdAt, organization, estimatedEntries } = parseObject(content);
  if (!isCount(createdAt) || !isCount(estimatedEntries)) throw new BackupDamagedError('its header is unreadable');
  if (organization === undefined) return { createdAt, estimatedEntries };
  if (typeof organization !== 'string') throw new BackupDamagedError('its header is unreadable');
  return { createdAt, organization, estimatedEntries };
}

function parseTrailer(content: Buffer): BackupTrailer {
  const { entries, sequence } = parseObject(content);
  if (!isCount(entries) || !isCount(sequence)) throw new BackupDamagedError('its trailer is unreadable');
  return { entries, sequence };
}

function parseObject(content: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(content.toString());
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Said below.
  }
  throw new BackupDamagedError('its header or trailer is unreadable');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
