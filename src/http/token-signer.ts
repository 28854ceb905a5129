/** Signs tokens that a server with the same settings accepts. */
import { createSecretKey } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import type { TokenScope } from '../principal.js';
import { SCOPE_CLAIM } from './authentication.js';

/** Where the claims of tokens are, and whom they name. */
export interface ClaimSettings {
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  /** Dotted paths. */
  readonly rolesClaim: string;
  readonly orgClaim: string;
}

export interface TokenClaims {
  readonly sub: string;
  readonly org?: string | undefined;
  /** Roles and single permissions; the server's default role applies if there are none. */
  readonly roles: readonly string[];
  readonly tokenId?: string;
  readonly scope?: TokenScope | undefined;
  /** When it is issued and when it ends, epoch seconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Leaves out what the server does not read, for a token that is shown on a screen. */
  readonly minimal?: boolean;
}

/**
 * A token signed with a secret (HS256). The same claims make the same token.
 * @param keyId names the secret in the token's header
 */
export function signClaims(secret: string, settings: ClaimSettings, claims: TokenClaims, keyId?: string): string {
  const { sub, org, roles, tokenId, scope, issuedAt, expiresAt, minimal = false } = claims;
  const { issuer, audience, rolesClaim, orgClaim } = settings;
  const payload: Record<string, unknown> = { exp: expiresAt, ...(minimal ? {} : { iat: issuedAt }) };
  if (org !== undefined) setClaim(payload, orgClaim, org);
  if (roles.length > 0) setClaim(payload, rolesClaim, roles);
  if (scope !== undefined && Object.keys(scope).length > 0) {
    const { interactionId, modelVersion, adapterId } = scope;
    payload[SCOPE_CLAIM] = { interaction_id: interactionId, model_version: modelVersion, adapter_id: adapterId };
  }
  return jsonwebtoken.sign(payload, createSecretKey(Buffer.from(secret)), {
    algorithm: 'HS256',
    ...(minimal && { noTimestamp: true, header: { alg: 'HS256', typ: undefined } }),
    subject: sub,
    ...(keyId !== undefined && { keyid: keyId }),
    ...(tokenId !== undefined && { jwtid: tokenId }),
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  });
}

/** Puts a value where the server looks for it: at a path like `realm_access.roles`. */
function setClaim(claims: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? path;
  let target = claims;
  for (const name of names) target = (target[name] ??= {}) as Record<string, unknown>;
  target[last] = value;
}
