/** Rows to bytes: JSON Lines, or Parquet in row groups that are bounded by rows and by characters. */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { FileType } from './dataset-info.js';
import { type ExportFormat, type RowShape, sampleRow } from './formats.js';

export interface Encoder {
  /** Adds a row. One row is the most that is encoded in one go, or one row group. */
  add(row: object): void;
  /** How many bytes it holds that could be taken. */
  readonly held: number;
  /** The bytes that have become ready since they were last taken; there may be none. */
  take(): Buffer;
  /** The rest of the bytes: no row follows. */
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
  return linesEncoder();
}

function linesEncoder(): Encoder {
  let lines: Buffer[] = [];
  let held = 0;
  const take = (): Buffer => {
    const bytes = Buffer.concat(lines);
    lines = [];
    held = 0;
    return bytes;
  };
  return {
    add: (row) => {
      const line = Buffer.from(`${JSON.stringify(row)}\n`);
      lines.push(line);
      held += line.length;
    },
    get held() {
      return held;
    },
    take,
    end: take,
  };
}

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

/** The most rows of a row group. */
const ROWS_IN_GROUP = 1_000;
/** A row group ends with the row that takes it here: it is encoded in one go, and others wait for as long. */
const CHARACTERS_IN_GROUP = 256 * 1024;

/** @param sample a row: all rows of a format have the same shape, and a file without rows has it, too */
function parquetEncoder(sample: object): Encoder {
  const writer = new ByteWriter();
  const columns = Object.entries(sample);
  const schema: Schema = [
    { name: 'root', num_children: columns.length },
    ...columns.flatMap(([name, value]) => schemaOf(name, value)),
  ];
  // Statistics would keep the least and the greatest text of each row group until the end.
  const parquet = new ParquetWriter({ writer, schema, createdBy: 'feedback-graph', statistics: false });
  let waiting: object[] = [];
  let characters = 0;

  const take = (): Buffer => {
    const bytes = Buffer.from(writer.getBuffer());
    // The writer goes on at the front of its buffer; its count of all bytes stays.
    writer.index = 0;
    return bytes;
  };
  const writeGroup = (): void => {
    if (waiting.length === 0) return;
    const rows = waiting.map((row) => new Map(Object.entries(row)));
    waiting = [];
    characters = 0;
    const columnData = columns.map(([name]) => ({ name, data: rows.map((row): unknown => row.get(name)) }));
    void parquet.write({ columnData, rowGroupSize: ROWS_IN_GROUP });
  };
  return {
    add: (row) => {
      waiting.push(row);
      characters += countCharacters(row);
      if (waiting.length === ROWS_IN_GROUP || characters >= CHARACTERS_IN_GROUP) writeGroup();
    },
    get held() {
      return writer.index;
    },
    take,
    end: () => {
      writeGroup();
      void parquet.finish();
      return take();
    },
  };
}

/** Of all texts in a value. */
function countCharacters(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  for (const part of Object.values(value)) count += countCharacters(part);
  return count;
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
