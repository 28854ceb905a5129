/**
 * The envelope of a stored record: one byte format number, four bytes CRC-32 of the rest (big-endian), then UTF-8 JSON.
 * The format number lets later versions read what earlier ones wrote; the checksum finds what the disk has changed.
 *
 * Format 1 is the value as JSON. Format 2 is, after a byte with the number of a {@link RecordShape}, a JSON array: which
 * fields of the shape there are, as the sum of 2 to the power of their places, then the values of these fields, and last
 * an object with the fields that the shape lacks, if there are any.
 */
import { crc32 } from 'node:zlib';
import { type RecordShape, SHAPE_BY_NUMBER } from './record-shapes.js';

/**
 * What a program must know to read every record that this one writes: raise it by one with each new format, shape, or place
 * in a shape. Servers of different releases share a store in PostgreSQL, and write what all of them read; a new field that is
 * stored with its name needs no new number.
 */
export const RECORD_FORMAT = 1;

const NAMED = 1;
const SHAPED = 2;
const HEADER_BYTES = 5;

/** A stored value is not what was written. Says nothing of where it was, so that it may be logged as it stands. */
export class CorruptRecordError extends Error {
  override readonly name = 'CorruptRecordError';

  constructor(problem: string, options?: ErrorOptions) {
    super(`A stored record is damaged: ${problem}`, options);
  }
}

/**
 * @param shape the fields that the value usually has; others are stored with their names
 * @throws TypeError for what JSON has no form for (`undefined`, a function, a bigint, a cycle)
 */
export function encodeRecord(value: unknown, shape?: RecordShape): Buffer {
  const values = shape === undefined ? undefined : shapedValues(value, shape);
  if (shape !== undefined && values !== undefined) {
    const record = envelope(SHAPED, JSON.stringify(values), 1);
    record[HEADER_BYTES] = shape.number;
    return seal(record);
  }
  // JSON.stringify answers undefined for what it cannot write, which its type leaves out.
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError('A record must have a form in JSON');
  return seal(envelope(NAMED, json, 0));
}

/** @throws CorruptRecordError */
export function decodeRecord(record: Buffer): unknown {
  if (record.length < HEADER_BYTES) throw new CorruptRecordError('it is too short');
  const [format] = record;
  if (format !== NAMED && format !== SHAPED) throw new CorruptRecordError(`its format ${format ?? ''} is unknown`);
  const payload = record.subarray(HEADER_BYTES);
  if (record.readUInt32BE(1) !== crc32(payload)) throw new CorruptRecordError('its checksum is wrong');
  return format === NAMED ? parse(payload) : unshaped(payload);
}

function envelope(format: number, json: string, shapeBytes: number): Buffer {
  const start = HEADER_BYTES + shapeBytes;
  const record = Buffer.allocUnsafe(start + Buffer.byteLength(json));
  record.write(json, start);
  record[0] = format;
  return record;
}

function seal(record: Buffer): Buffer {
  record.writeUInt32BE(crc32(record.subarray(HEADER_BYTES)), 1);
  return record;
}

/** The values of the fields of a shape, by their places, while they are collected. */
const collected: unknown[] = [];

/** What stands for a value of this shape; undefined if it has values that the shape cannot pack. */
function shapedValues(value: unknown, { fields, placeOf, packings }: RecordShape): unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  collected.length = fields.length;
  collected.fill(undefined);
  let isMore = false;
  // The fields that there are, which are few of those that there may be.
  for (const name in record) {
    const given = record[name];
    if (given === undefined) continue;
    const place = placeOf.get(name);
    if (place === undefined) isMore = true;
    else collected[place] = given;
  }
  const values: unknown[] = [0];
  let present = 0;
  for (let place = 0, bit = 1; place < fields.length; place++, bit *= 2) {
    const given = collected[place];
    if (given === undefined) continue;
    const packing = packings[place];
    const stored = packing === undefined ? given : packing.pack(given);
    if (stored === undefined) return undefined;
    values.push(stored);
    present += bit;
  }
  values[0] = present;
  if (isMore) values.push(unshapedFields(record, fields));
  return values;
}

function unshapedFields(record: Readonly<Record<string, unknown>>, fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !fields.includes(name)));
}

function unshaped(payload: Buffer): unknown {
  const shape = SHAPE_BY_NUMBER.get(payload[0] ?? -1);
  if (shape === undefined) throw new CorruptRecordError('its shape is unknown');
  const values = parse(payload.subarray(1));
  if (!Array.isArray(values)) throw new CorruptRecordError('its fields are no list');
  const { names, places } = layoutOf(shape, Number(values[0]));
  let at = 1;
  const record: Record<string, unknown> = { ...names };
  for (const place of places) {
    const name = shape.fields[place] ?? '';
    const stored: unknown = values[at++];
    const packing = shape.packings[place];
    record[name] = packing === undefined ? stored : packing.unpack(stored);
  }
  return at < values.length ? { ...record, ...(values[at] as object) } : record;
}

/** Which fields of a shape there are. */
interface Layout {
  /**
   * An object that has them. Its copies are objects of one form: one that got its fields one by one would become a hash table,
   * which takes three times as long to read and to copy.
   */
  readonly names: Readonly<Record<string, unknown>>;
  readonly places: readonly number[];
}

/** Layouts that are remembered of each shape: entries of one client have few. */
const MAX_LAYOUTS = 256;
const layouts = new Map<RecordShape, Map<number, Layout>>();

/** @param present the sum of 2 to the power of the places of the fields @throws CorruptRecordError */
function layoutOf(shape: RecordShape, present: number): Layout {
  const known = layouts.get(shape) ?? new Map<number, Layout>();
  const before = known.get(present);
  if (before !== undefined) return before;
  const places: number[] = [];
  const named: (readonly [string, undefined])[] = [];
  for (let place = 0, rest = present; rest >= 1; place++, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 0) continue;
    const name = shape.fields[place];
    if (name === undefined) throw new CorruptRecordError('it has a field that is unknown');
    places.push(place);
    named.push([name, undefined]);
  }
  const layout: Layout = { names: Object.fromEntries(named), places };
  if (known.size < MAX_LAYOUTS) layouts.set(shape, known.set(present, layout));
  return layout;
}

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString()) as unknown;
  } catch (cause) {
    throw new CorruptRecordError('it is not JSON', { cause });
  }
}

/** The shape in which a record is stored; undefined for one with the names of its fields. */
export function shapeOfRecord(record: Buffer): RecordShape | undefined {
  return record[0] === SHAPED ? SHAPE_BY_NUMBER.get(record[HEADER_BYTES] ?? -1) : undefined;
}
