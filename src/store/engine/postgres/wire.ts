/** Values as PostgreSQL's protocol has them. */
import type { Key } from '../../contract.js';

/** The type `bytea`. */
const BYTEA_OID = 17;

/** An array of `bytea` in the binary form of a parameter: neither hexadecimal digits nor quotation marks. */
export function byteaArray(items: readonly Buffer[]): Buffer {
  if (items.length === 0) {
    const empty = Buffer.alloc(12);
    empty.writeInt32BE(BYTEA_OID, 8);
    return empty;
  }
  const size = items.reduce((sum, { length }) => sum + 4 + length, 20);
  const array = Buffer.allocUnsafe(size);
  // One dimension, without NULL, of bytea, so many items, counted from 1.
  for (const [at, number] of [1, 0, BYTEA_OID, items.length, 1].entries()) array.writeInt32BE(number, 4 * at);
  let at = 20;
  for (const item of items) {
    at = array.writeInt32BE(item.length, at);
    item.copy(array, at);
    at += item.length;
  }
  return array;
}

export function toBytes(key: Key): Buffer {
  return Buffer.from(key, 'utf8');
}

export function keyArray(keys: Iterable<Key>): Buffer {
  return byteaArray([...keys].map(toBytes));
}

/** One row of an answer, a value for each column. */
export type Row = readonly unknown[];

/** @throws TypeError if the column holds no `bytea`; it never does where the tables are ours */
export function bytesAt(row: Row, column: number): Buffer {
  const value = row[column];
  if (!Buffer.isBuffer(value)) throw new TypeError('A column of the database is no bytea');
  return value;
}

export function keyAt(row: Row, column: number): Key {
  return bytesAt(row, column).toString('utf8');
}

/** A `bigint`, which comes as a text. @throws TypeError if it is none that a number can hold */
export function numberAt(row: Row, column: number): number {
  const value = Number(row[column]);
  if (row[column] === null || !Number.isSafeInteger(value))
    throw new TypeError('A column of the database is no number');
  return value;
}

export function textAt(row: Row, column: number): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError('A column of the database is no text');
  return value;
}
