import type { FastifyRequest } from 'fastify';
import { ApiError, InvalidInputError } from '../errors.js';
import { StaleVersionError } from '../errors.js';

/** The strong entity tag of a version (RFC 9110, section 8.8.3). */
export function entityTag(version: number): string {
  return `"${version}"`;
}

const ENTITY_TAG = /^"([1-9][0-9]{0,8})"$/;
const ANY_ENTITY_TAG = /^(?:W\/)?"[\u0021\u0023-\u007e]*"$/;

/**
 * Makes a change under the request's `If-Match` (RFC 9110, section 13.1.1), which names the version that it expects.
 * @param change takes that version, null if any will do.
 * @throws {ApiError} PRECONDITION_FAILED if the entry is at another version; nothing was changed.
 */
export async function ifMatch<Answer>(
  request: FastifyRequest,
  change: (expectedVersion: number | null) => Promise<Answer>,
): Promise<Answer> {
  const header = request.headers['if-match']?.trim();
  if (header === undefined || header === '*') return change(null);
  if (!ANY_ENTITY_TAG.test(header)) {
    throw new InvalidInputError([{ field: 'If-Match', problem: `must be the 'ETag' of an entry, such as "3", or *` }]);
  }
  const version = ENTITY_TAG.exec(header)?.[1];
  if (version === undefined)
    throw new ApiError('PRECONDITION_FAILED', `No version of an entry has the 'ETag' ${header}`);
  try {
    return await change(Number(version));
  } catch (error) {
    if (error instanceof StaleVersionError) {
      throw new ApiError('PRECONDITION_FAILED', error.message, { cause: error });
    }
    throw error;
  }
}
