import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileFormat } from '../../../src/maintenance/import/file-formats.js';
import { readJsonLines } from '../../../src/maintenance/import/json-lines.js';
import { readJsonList } from '../../../src/maintenance/import/json-values.js';
import { openRecords } from '../../../src/maintenance/import/open-records.js';
import { openSource } from '../../../src/maintenance/import/open-source.js';
import { PARQUET_DECODER } from '../../../src/maintenance/import/parquet.js';
import { MAX_RECORD_BYTES, type Records, SourceError } from '../../../src/maintenance/import/records.js';

type Read = readonly (readonly [number: number, value: unknown])[];

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer, void> {
  for (let start = 0; start < bytes.length; start += size) {
    yield await Promise.resolve(bytes.subarray(start, start + size));
  }
}

async function collect(records: Records): Promise<Read> {
  const read: [number, unknown][] = [];
  for await (const record of records) read.push([record.number, record.problem ?? record.text]);
  return read;
}

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-readers-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** As it was built. */
const decoder = {
  ...PARQUET_DECODER,
  file: new URL('../../../dist/maintenance/import/parquet-decoder.js', import.meta.url),
};

/** The records of a file, parsed, and the sentence with which reading ended, if it did. */
async function readFile(name: string, content: string | Uint8Array, format?: FileFormat, limit = decoder.limit) {
  const path = join(directory, name);
  await writeFile(path, content);
  const source = await openSource(path);
  const rows: [number, unknown][] = [];
  try {
    const { records } = await openRecords(source, format, { ...decoder, limit });
    for await (const record of records) {
      rows.push([record.number, record.problem ?? (JSON.parse(record.text) as unknown)]);
    }
    return { rows };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { rows, problem: error.message };
  } finally {
    await source.close();
  }
}

describe('JSON Lines', () => {
  it('are the same however the bytes come', async () => {
    const anyLine = fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replaceAll('\n', ''));
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine), fc.integer({ min: 1, max: 9 }), async (lines, size) => {
        const expected = lines.flatMap((text, index) => (text.trim() === '' ? [] : [[index + 1, text]]));
        expect(await collect(readJsonLines(inPieces(Buffer.from(lines.join('\n')), size)))).toEqual(expected);
      }),
    );
  });

  it('may start with a byte order mark, and need not be text', async () => {
    expect(await collect(readJsonLines(inPieces(Buffer.from('\ufeff{}\r\n\r\n[]'), 4)))).toEqual([
      [1, '{}\r'],
      [3, '[]'],
    ]);
    const bytes = Buffer.concat([Buffer.from('{}\n'), Buffer.from([0xc3, 0x28, 0x0a]), Buffer.from('[]')]);
    expect(await collect(readJsonLines(inPieces(bytes, 2)))).toEqual([
      [1, '{}'],
      [2, 'The row is not UTF-8'],
      [3, '[]'],
    ]);
  });
});

describe('a JSON list', () => {
  it('is split into its values however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ maxDepth: 3 })),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(undefined, 2),
        async (values, size, indent) => {
          const bytes = Buffer.from(` ${JSON.stringify(values, null, indent)}\n`);
          const read = await collect(readJsonList(inPieces(bytes, size)));
          expect(read.map(([number, text]) => [number, JSON.parse(String(text)) as unknown])).toEqual(
            values.map((value, index) => [index + 1, JSON.parse(JSON.stringify(value)) as unknown]),
          );
        },
      ),
    );
  });

  it('keeps the rows around one that is too long, and holds none of it', async () => {
    async function* pieces(): AsyncGenerator<Buffer, void> {
      yield Buffer.from('[{"a":1},"');
      const piece = Buffer.alloc(1024 * 1024, 'x');
      for (let bytes = 0; bytes <= MAX_RECORD_BYTES; bytes += piece.length) yield await Promise.resolve(piece);
      yield Buffer.from('",{"b":2}]');
    }
    expect(await collect(readJsonList(pieces()))).toEqual([
      [1, '{"a":1}'],
      [2, 'The row is longer than 16 MiB'],
      [3, '{"b":2}'],
    ]);
  });

  it('is refused from where it is cut short, or where more follows it', async () => {
    expect(await readFile('a.json', '[{"a": 1}, {"a": "]')).toEqual({
      rows: [[1, { a: 1 }]],
      problem: 'is cut short: it ends within row 2',
    });
    expect(await readFile('a.json', '[{"a": 1}] []')).toMatchObject({
      problem: 'goes on after the end of its JSON list',
    });
  });
});

describe('the format of a file', () => {
  const rows = [
    [1, { a: 1 }],
    [2, { a: 'zwei' }],
  ];

  it.each<[string, string]>([
    ['JSON Lines', '{"a":1}\n{"a":"zwei"}\n'],
    ['a list', '\ufeff [{"a":1},\n {"a":"zwei"}]'],
    ['objects on many lines', '{\n  "a": 1\n}\n{\n  "a": "zwei"\n}\n'],
  ])('is recognized: %s, packed or not', async (_, content) => {
    expect(await readFile('any', content)).toEqual({ rows });
    expect(await readFile('any.gz', gzipSync(content))).toEqual({ rows });
  });

  it('is not guessed', async () => {
    expect(await readFile('any', 'a,b\n1,2\n')).toEqual({
      rows: [],
      problem: 'is neither JSON nor Parquet; if it is CSV, say --from csv',
    });
    expect(await readFile('any', Buffer.from('\ufeff{"a":1}', 'utf16le'))).toEqual({
      rows: [],
      problem: 'is UTF-16; save it as UTF-8',
    });
    expect(await readFile('any', '')).toEqual({ rows: [] });
  });

  it('is refused where it is cut short', async () => {
    const packed = gzipSync('{"a":1}\n'.repeat(1_000));
    expect(await readFile('any.gz', packed.subarray(0, -20))).toMatchObject({
      problem: 'is not whole: its gzip stream is cut short or damaged',
    });
    expect(await readFile('any', '{\n  "a": 1\n}\n{\n  "a": ')).toEqual({
      rows: [[1, { a: 1 }]],
      problem: 'is cut short: it ends within row 2',
    });
  });
});

describe('CSV', () => {
  it('is read by its header, with quotes, line breaks in them, and numbers of lines', async () => {
    const content =
      '\ufefftype,question,answer\r\nup,"Why, ""really""?","Line one\nline two"\r\n\r\ndown,b\r\nup,c,d\r\n';
    expect(await readFile('rows.csv', content)).toEqual({
      rows: [
        [2, { type: 'up', question: 'Why, "really"?', answer: 'Line one\nline two' }],
        [4, 'The row has not as many values as the header line has names'],
        [6, { type: 'up', question: 'c', answer: 'd' }],
      ],
    });
    expect(await readFile('rows', 'a;b\n1,5;x\n', 'csv')).toEqual({ rows: [[2, { a: '1,5', b: 'x' }]] });
    expect(await readFile('rows.tsv', 'a\tb\n1\tx\n')).toEqual({ rows: [[2, { a: '1', b: 'x' }]] });
  });

  it.each([
    ['a,b\n1,2\n3,"4\n5,6\n', 'cannot be read from line 3 on: a quote that opens in the row there is never closed'],
    [
      'a,b\n1,2\n3,"4"5"\n',
      'cannot be read from line 3 on: a quote in the row there is broken; within quotes, double it',
    ],
  ])('with a broken quote is read up to it: %j', async (content, problem) => {
    expect(await readFile('rows.csv', content)).toEqual({ rows: [[2, { a: '1', b: '2' }]], problem });
  });

  it('is refused with two columns of one name, or in another encoding', async () => {
    expect(await readFile('rows.csv', 'a,a\n1,2\n')).toMatchObject({ problem: "has two columns named 'a'" });
    expect(await readFile('rows.csv', Buffer.from('a,b\n\u00fc,2\n', 'latin1'))).toMatchObject({
      problem: 'is not UTF-8; save it as UTF-8',
    });
  });
});

describe('Parquet', () => {
  const bytes = Buffer.from(
    parquetWriteBuffer({
      rowGroupSize: 2,
      columnData: [
        { name: 'question', data: ['a', 'b', 'c'], type: 'STRING' },
        { name: 'count', data: [1n, 2n, 2n ** 60n], type: 'INT64' },
        { name: 'at', data: [0, 1, 2].map((day) => new Date(Date.UTC(2024, 0, 1 + day))), type: 'TIMESTAMP' },
      ],
    }),
  );

  it('is read row group by row group', async () => {
    const { rows } = await readFile('rows', bytes);
    expect(rows).toEqual([
      [1, { question: 'a', count: 1, at: '2024-01-01T00:00:00.000Z' }],
      [2, { question: 'b', count: 2, at: '2024-01-02T00:00:00.000Z' }],
      [3, { question: 'c', count: String(2n ** 60n), at: '2024-01-03T00:00:00.000Z' }],
    ]);
  });

  it('is refused in one sentence where it is cut short, or comes through a pipe', async () => {
    for (let length = 4; length < bytes.length; length += 97) {
      const { rows, problem } = await readFile('rows', bytes.subarray(0, length));
      expect(rows).toEqual([]);
      expect(problem).toMatch(/^is not a whole Parquet file: /);
    }
    const source = await openSource('-', inPieces(bytes, 100));
    await expect(openRecords(source)).rejects.toThrow('is Parquet, which cannot be read from a pipe');
  });

  it('ends with a sentence, and with the rows before, whatever byte of it is damaged', async () => {
    const questions = Array.from({ length: 40 }, (_, index) => `How do I do thing ${index % 7}?`);
    const whole = Buffer.from(
      parquetWriteBuffer({
        rowGroupSize: 20,
        columnData: [
          { name: 'question', data: questions, type: 'STRING' },
          { name: 'count', data: questions.map((_, index) => BigInt(index)), type: 'INT64' },
          {
            name: 'rating',
            data: questions.map((_, index) => (index % 3 > 0 ? index : null)),
            type: 'INT32',
            nullable: true,
          },
          { name: 'tags', data: questions.map((_, index) => ({ a: ['x', `y${index}`] })), type: 'JSON' },
        ],
      }),
    );
    const damage = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    const examples: [[number, number]][] = [[[83, 0x80]], [[87, 0x80]], [[14, 0xe3]]];
    await fc.assert(
      fc.asyncProperty(damage, async ([place, byte]) => {
        const damaged = Buffer.from(whole);
        damaged[place] = byte;
        // The first two examples send the decoder into an endless loop.
        const { rows, problem } = await readFile('rows', damaged, 'parquet', () => 2_000);
        expect([0, 20, 40]).toContain(rows.length);
        if (rows.length < 40) expect(problem).toMatch(/^(is|seems|has) \w/);
      }),
      { examples, numRuns: 12, seed: 22 },
    );
  });
});
