import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BackupPart, decodeBackup, encodeBackup } from '../../src/maintenance/backup-format.js';
import { BackupDamagedError } from '../../src/maintenance/byte-reader.js';
import type { Entry } from '../../src/store/contract.js';

const HEADER = { createdAt: 1_700_000_000_000, organization: 'org', estimatedEntries: 3 };

async function* inPieces<T>(pieces: readonly T[]): AsyncGenerator<T> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

async function encode(pieces: readonly Entry[][]): Promise<Buffer> {
  const entries = pieces.reduce((total, piece) => total + piece.length, 0);
  const written: Buffer[] = [];
  for await (const part of encodeBackup(HEADER, inPieces(pieces), () => ({ entries, sequence: 17 })))
    written.push(part);
  return Buffer.concat(written);
}

async function decode(pieces: readonly Buffer[]): Promise<BackupPart[]> {
  const parts: BackupPart[] = [];
  for await (const part of decodeBackup(inPieces(pieces))) parts.push(part);
  return parts;
}

const entriesOf = (parts: readonly BackupPart[]): Entry[] =>
  parts.flatMap((part) => (part.kind === 'entries' ? part.entries : []));

/** Several blocks, of which no two bytes are alike in what they mean. */
let file: Buffer;
beforeAll(async () => {
  const noise = (at: number): Buffer => Buffer.from(Array.from({ length: 40_000 }, (_, n) => (n * n * at) >> 7));
  const entries = Array.from({ length: 60 }, (_, at) => ({
    key: `key:${String(at).padStart(4, '0')}`,
    value: noise(at),
  }));
  file = await encode([entries.slice(0, 20), entries.slice(20)]);
});

describe('the format of a backup', () => {
  it('gives back what was put in, however it is cut up', async () => {
    const anyKey = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((key) => !key.startsWith('\0'));
    const anyEntries = fc.dictionary(anyKey, fc.uint8Array({ maxLength: 300 }), { maxKeys: 40 });
    await fc.assert(
      fc.asyncProperty(anyEntries, fc.integer({ min: 1, max: 500 }), async (values, size) => {
        const entries = Object.entries(values)
          .map(([key, value]) => ({ key, value: Buffer.from(value) }))
          .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
        const bytes = await encode([entries]);
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, nth) =>
          bytes.subarray(nth * size, (nth + 1) * size),
        );
        const parts = await decode(pieces);
        expect(parts[0]).toEqual({ kind: 'header', header: HEADER });
        expect(entriesOf(parts)).toEqual(entries);
        expect(parts.at(-1)).toEqual({ kind: 'trailer', trailer: { entries: entries.length, sequence: 17 } });
      }),
    );
  });

  it('takes values that are larger than a block', async () => {
    const large = { key: 'b', value: Buffer.alloc(5_000_000, 'x') };
    const entries = [{ key: 'a', value: Buffer.from('1') }, large, { key: 'c', value: Buffer.alloc(0) }];
    const read = entriesOf(await decode([await encode([entries])]));
    // Equality of large buffers by `toEqual` takes half a minute.
    expect(read.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(read.every(({ value }, nth) => value.equals(entries[nth]!.value))).toBe(true);
  });

  it('finds any byte that is not what was written', async () => {
    const anywhere = fc.oneof(
      fc.integer({ min: 0, max: 150 }),
      fc.integer({ min: file.length - 150, max: file.length - 1 }),
      fc.integer({ min: 0, max: file.length - 1 }),
    );
    await fc.assert(
      fc.asyncProperty(anywhere, fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Buffer.from(file);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        await expect(decode([damaged])).rejects.toThrow(BackupDamagedError);
      }),
      { numRuns: 200 },
    );
  });

  it('finds that it was cut off anywhere, or that something follows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: file.length - 1 }), async (length) => {
        await expect(decode([file.subarray(0, length)])).rejects.toThrow(BackupDamagedError);
      }),
      { examples: [[0], [1], [11], [12], [13], [file.length - 32], [file.length - 1]] },
    );
    await expect(decode([file, Buffer.from('x')])).rejects.toThrow('data after its end');
  });

  it('finds blocks that are missing or changed places, though each is whole', async () => {
    const starts: number[] = [];
    for (let at = 12; at < file.length - 32; at += 13 + file.readUInt32BE(at + 5)) starts.push(at);
    expect(starts.length).toBeGreaterThanOrEqual(5);
    const blocks = starts.map((start, nth) => file.subarray(start, starts[nth + 1] ?? file.length));
    const [header, first, second, ...rest] = blocks;
    const prefix = file.subarray(0, 12);
    await expect(decode([prefix, header!, second!, ...rest])).rejects.toThrow(BackupDamagedError);
    await expect(decode([prefix, header!, second!, first!, ...rest])).rejects.toThrow(BackupDamagedError);
    await expect(decode([prefix, first!, second!, ...rest])).rejects.toThrow(BackupDamagedError);
    await expect(decode([prefix, header!, header!, first!, second!, ...rest])).rejects.toThrow(BackupDamagedError);
  });

  it('says of another file, and of a later format, what it is', async () => {
    await expect(decode([Buffer.from('PK\u0003\u0004 and much more')])).rejects.toThrow(
      'not a backup of feedback-graph',
    );
    await expect(decode([])).rejects.toThrow('not a backup of feedback-graph');
    const later = Buffer.from(file);
    later.writeUInt32BE(2, 8);
    await expect(decode([later])).rejects.toThrow('its format is 2, but this version only reads 1');
  });
});
