/** Where a webhook may lead. */
import { InvalidInputError } from '../errors.js';
import { hostOf, publicAddresses, RefusedAddressError, type Resolve } from './addresses.js';

export const MAX_URL_BYTES = 2_048;

export interface TargetRules {
  /** Whether webhooks may reach addresses that are not public, and without TLS. */
  readonly allowPrivate: boolean;
  readonly resolve: Resolve;
}

const CONTROL_OR_SPACE = /[\u0000-\u0020\u007f-\u009f]/u;

/**
 * The URL as it is kept.
 * @throws {InvalidInputError} if nothing may be sent there
 */
export function parseTarget(text: string, { allowPrivate }: Pick<TargetRules, 'allowPrivate'>): URL {
  if (Buffer.byteLength(text) > MAX_URL_BYTES) throw refuse(`must be at most ${MAX_URL_BYTES} bytes long`);
  if (CONTROL_OR_SPACE.test(text) || !URL.canParse(text)) throw refuse('must be an absolute URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) {
    throw refuse(allowPrivate ? 'must be an http or https URL' : 'must be an https URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse('must not contain a user name or password: signatures tell where a delivery comes from');
  }
  if (text.includes('#')) throw refuse('must not contain a fragment');
  if (Buffer.byteLength(url.href) > MAX_URL_BYTES) throw refuse(`must be at most ${MAX_URL_BYTES} bytes long`);
  return url;
}

/**
 * Looks where the host of a URL is now. It is looked again whenever something is sent.
 * @throws {InvalidInputError} if it is nowhere, or not on the public internet
 */
export async function checkTarget(url: URL, { allowPrivate, resolve }: TargetRules): Promise<void> {
  if (allowPrivate) return;
  try {
    await publicAddresses(hostOf(url), resolve);
  } catch (error) {
    // Why a name does not resolve is no business of whoever asks.
    throw refuse(
      error instanceof RefusedAddressError
        ? 'must lead to a public address: this server sends no webhooks to private, loopback or link-local ones'
        : 'must have a host name that can be resolved',
    );
  }
}

function refuse(problem: string): InvalidInputError {
  return new InvalidInputError([{ field: 'url', problem }]);
}
