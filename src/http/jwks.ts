/** A set of keys at a URL (RFC 7517), as identity providers publish it. */
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { boundedFetch } from './bounded-fetch.js';

/** Bytes of a key set; those of large providers have some ten thousand. */
const MAX_KEY_SET_BYTES = 512 * 1024;

export interface KeySetOptions {
  /** After a fetch the set is not fetched again for an unknown `kid` for this long, ms. */
  readonly cooldown?: number;
  /** A set older than this is fetched anew before it is used, ms. */
  readonly maxAge?: number;
  /** After a fetch that failed, nothing is fetched for this long, ms. */
  readonly failureCooldown?: number;
  /** Limit of one fetch, ms. */
  readonly timeout?: number;
  /** Told once of every fetch that failed, for the operator. */
  readonly onFailure?: (error: unknown) => void;
}

export const KEY_SET_DEFAULTS = { cooldown: 30_000, maxAge: 600_000, failureCooldown: 5_000, timeout: 5_000 } as const;

/** The key set cannot be had, so a token can be judged neither good nor bad. */
export class KeySetUnavailableError extends Error {
  override readonly name = 'KeySetUnavailableError';
}

/**
 * Finds the key of a token by its `kid`, which the token must have. The token's `alg` must fit the key's type; the caller
 * says which `alg` there may be.
 *
 * The key is refused with a `JOSEError` if the set has none for the token, and with a {@link KeySetUnavailableError} if
 * the set cannot be fetched or is none.
 */
export function remoteKeySet(url: string, options: KeySetOptions = {}): JWTVerifyGetKey {
  const { cooldown, maxAge, failureCooldown, timeout, onFailure } = { ...KEY_SET_DEFAULTS, ...options };
  let lastFailure: unknown;
  let quietUntil = 0;
  const fetchBounded = boundedFetch(MAX_KEY_SET_BYTES);

  // jose has a cooldown after a success alone: while the provider is down, every request would knock there.
  const fetchUnlessQuiet: typeof fetch = async (resource, init) => {
    if (Date.now() < quietUntil) throw lastFailure;
    return fetchBounded(resource, init);
  };
  const resolve = createRemoteJWKSet(new URL(url), {
    cooldownDuration: cooldown,
    cacheMaxAge: maxAge,
    timeoutDuration: timeout,
    [customFetch]: fetchUnlessQuiet,
  });

  return async (header, token) => {
    if (typeof header.kid !== 'string') throw new errors.JWKSNoMatchingKey();
    try {
      return await resolve(header, token);
    } catch (error) {
      if (saysThatThereIsNoKey(error)) throw error;
      // All who wait for one fetch are given the same error.
      if (error !== lastFailure) {
        lastFailure = error;
        quietUntil = Date.now() + failureCooldown;
        onFailure?.(error);
      }
      throw new KeySetUnavailableError('The key set cannot be fetched', { cause: error });
    }
  };
}

function saysThatThereIsNoKey(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
