import { hash } from 'node:crypto';
import { InvalidInputError } from '../errors.js';

/** 64 bits of the list's fingerprint lead the cursor, the last id follows. */
const FINGERPRINT_BYTES = 8;

/**
 * Cursors of one list. A cursor is the last id of a page, which never changes its place in an order, so it stays right
 * while others write; the fingerprint of the list in front of it tells a cursor of another list or organization.
 */
export interface Cursors {
  encode(id: string): string;
  /** @throws {InvalidInputError} if the cursor is not one of this list's. */
  decode(cursor: string): string;
}

/** @param list what makes the list this one: organization, field, parent, filter, order. */
export function createCursors(list: readonly unknown[]): Cursors {
  const fingerprint = hash('sha256', JSON.stringify(list), 'buffer').subarray(0, FINGERPRINT_BYTES);
  return {
    encode: (id) => Buffer.concat([fingerprint, Buffer.from(id)]).toString('base64url'),
    decode: (cursor) => {
      const bytes = Buffer.from(cursor, 'base64url');
      const known =
        bytes.length > FINGERPRINT_BYTES &&
        bytes.subarray(0, FINGERPRINT_BYTES).equals(fingerprint) &&
        bytes.toString('base64url') === cursor;
      if (!known) {
        throw new InvalidInputError([
          { field: 'after', problem: 'must be a cursor from the previous page of this list' },
        ]);
      }
      return bytes.subarray(FINGERPRINT_BYTES).toString();
    },
  };
}

/** A place in a list that is ordered by a number first, as cursors hold it. */
export interface NumberedPlace {
  readonly number: number;
  readonly name: string;
}

export function writeNumberedPlace({ number, name }: NumberedPlace): string {
  return `${number}:${name}`;
}

/** Reads what {@link writeNumberedPlace} has written. */
export function readNumberedPlace(text: string): NumberedPlace {
  const colon = text.indexOf(':');
  return { number: Number(text.slice(0, colon)), name: text.slice(colon + 1) };
}
