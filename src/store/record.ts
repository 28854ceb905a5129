/**
 * The envelope of a stored record: one byte format number, four bytes CRC-32 of the rest (big-endian), then UTF-8 JSON.
 * The format number lets later versions read what earlier ones wrote; the checksum finds what the disk has changed.
 */
import { crc32 } from 'node:zlib';

const FORMAT = 1;
const HEADER_BYTES = 5;

/** A stored value is not what was written. Says nothing of where it was, so that it may be logged as it stands. */
export class CorruptRecordError extends Error {
  override readonly name = 'CorruptRecordError';

  constructor(problem: string, options?: ErrorOptions) {
    super(`A stored record is damaged: ${problem}`, options);
  }
}

/** @throws TypeError for what JSON has no form for (`undefined`, a function, a bigint, a cycle) */
export function encodeRecord(value: unknown): Buffer {
  // JSON.stringify answers undefined for what it cannot write, which its type leaves out.
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError('A record must have a form in JSON');
  const record = Buffer.allocUnsafe(HEADER_BYTES + Buffer.byteLength(json));
  record.write(json, HEADER_BYTES);
  record[0] = FORMAT;
  record.writeUInt32BE(crc32(record.subarray(HEADER_BYTES)), 1);
  return record;
}

/** @throws CorruptRecordError */
export function decodeRecord(record: Buffer): unknown {
  if (record.length < HEADER_BYTES) throw new CorruptRecordError('it is too short');
  if (record[0] !== FORMAT) throw new CorruptRecordError(`its format ${record[0] ?? ''} is unknown`);
  const payload = record.subarray(HEADER_BYTES);
  if (record.readUInt32BE(1) !== crc32(payload)) throw new CorruptRecordError('its checksum is wrong');
  try {
    return JSON.parse(payload.toString()) as unknown;
  } catch (cause) {
    throw new CorruptRecordError('it is not JSON', { cause });
  }
}
