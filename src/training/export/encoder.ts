/** Rows to bytes: JSON Lines, or Parquet with a row group for every thousand rows. */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { FileType } from './dataset-info.js';
import { type ExportFormat, type RowShape, sampleRow } from './formats.js';

export interface Encoder {
  /** The bytes that are ready after these rows; there may be none. */
  add(rows: readonly object[]): Buffer;
  /** The bytes of the end. */
  end(): Buffer;
}

export interface EncoderOptions {
  readonly format: ExportFormat;
  readonly fileType: FileType;
  readonly system?: string;
  readonly shape: RowShape;
}

export function createEncoder({ format, fileType, system, shape }: EncoderOptions): Encoder {
  if (fileType === 'parquet') return parquetEncoder(sampleRow(format, system, shape));
  return {
    add: (rows) => Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
    end: () => Buffer.alloc(0),
  };
}

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

/** The most that is held in memory at once. */
const ROWS_IN_GROUP = 1_000;

/** @param sample a row: all rows of a format have the same shape, and a file without rows has it, too */
function parquetEncoder(sample: object): Encoder {
  const writer = new ByteWriter();
  const columns = Object.entries(sample);
  const schema: Schema = [
    { name: 'root', num_children: columns.length },
    ...columns.flatMap(([name, value]) => schemaOf(name, value)),
  ];
  const parquet = new ParquetWriter({ writer, schema, createdBy: 'feedback-graph' });
  let waiting: object[] = [];

  const written = (): Buffer => {
    const bytes = Buffer.from(writer.getBuffer());
    // The writer goes on at the front of its buffer; its count of all bytes stays.
    writer.index = 0;
    return bytes;
  };
  const writeGroup = (): void => {
    if (waiting.length === 0) return;
    const rows = waiting.map((row) => new Map(Object.entries(row)));
    waiting = [];
    const columnData = columns.map(([name]) => ({ name, data: rows.map((row): unknown => row.get(name)) }));
    void parquet.write({ columnData, rowGroupSize: ROWS_IN_GROUP });
  };
  return {
    add: (rows) => {
      for (const row of rows) {
        waiting.push(row);
        if (waiting.length === ROWS_IN_GROUP) writeGroup();
      }
      return written();
    },
    end: () => {
      writeGroup();
      void parquet.finish();
      return written();
    },
  };
}

/** Strings, booleans, and required lists and structures of them. */
function schemaOf(name: string, value: unknown): Schema {
  if (typeof value === 'string') {
    return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' }];
  }
  if (typeof value === 'boolean') return [{ name, type: 'BOOLEAN', repetition_type: 'REQUIRED' }];
  if (Array.isArray(value)) {
    return [
      { name, converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...schemaOf('element', value[0]),
    ];
  }
  const fields = Object.entries(value ?? {});
  return [
    { name, repetition_type: 'REQUIRED', num_children: fields.length },
    ...fields.flatMap(([field, inside]) => schemaOf(field, inside)),
  ];
}
