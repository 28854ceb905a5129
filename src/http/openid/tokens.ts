/** Which tokens an issuer of OpenID Connect has made for this server. */
import type { JWTVerifyGetKey } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { isJsonObject } from '../../is-json-object.js';
import { SignInError } from '../sign-in-failure.js';

export interface OpenIdTokens {
  /** The `iss` of its tokens, character by character. */
  readonly issuer: string;
  /** The `aud` of its ID tokens. */
  readonly clientId: string;
  readonly getKey: JWTVerifyGetKey;
}

/** Whether the token says that it is of the issuer, and meant for one of the audiences; undefined if it is of another issuer. */
export function speaksForIssuer(claims: unknown, issuer: string, audiences: readonly string[]): boolean | undefined {
  if (!isJsonObject(claims) || claims['iss'] !== issuer) return undefined;
  const { aud } = claims;
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return named.some((name) => typeof name === 'string' && audiences.includes(name));
}

/** ID tokens and access tokens (RFC 9068); a type may be written with `application/` before it. */
const USABLE_TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt']);

/**
 * An issuer signs other tokens for the same client, such as logout tokens (OpenID Connect Back-Channel Logout 1.0), which
 * say of nobody that they are here (RFC 8725 section 3.11).
 * @throws {SignInError} for one of those
 */
export function requireUsableToken(token: string): void {
  const decoded = jsonwebtoken.decode(token, { complete: true });
  const type: unknown = decoded?.header.typ;
  const isUsable =
    type === undefined ||
    (typeof type === 'string' && USABLE_TYPES.has(type.toLowerCase().replace(/^application\//, '')));
  const payload: unknown = decoded?.payload;
  if (!isUsable || (isJsonObject(payload) && 'events' in payload)) throw new SignInError('malformed');
}
