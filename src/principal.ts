/** On whose behalf a request runs, as its token says. */
import { ApiError } from './errors.js';
import type { AnyOf, Permission } from './permissions.js';

/** By how much the clocks of whoever issues tokens and ours may differ, seconds. */
export const CLOCK_SKEW = 60;

export interface Principal {
  /** The acting user: for limits and audit. An id of 1 to 256 bytes. */
  readonly sub: string;
  /** The tenant. No read or write crosses it. An id of 1 to 256 bytes. */
  readonly org: string;
  readonly permissions: ReadonlySet<Permission>;
  /** When the token ends, epoch ms, without the allowance for clocks that differ. */
  readonly expiresAt: number;
  /** The token's own id (`jti`), if it has one. */
  readonly tokenId?: string;
  /** When the token was issued, epoch ms, if it says so. */
  readonly issuedAt?: number;
  /** What the token is narrowed to, if it is. */
  readonly scope?: TokenScope;
}

/** The one interaction, and the model and adapter, that a token is for: it submits nothing else. */
export interface TokenScope {
  /** A token that reads its own entries alone reads only those of this interaction. */
  readonly interactionId?: string;
  readonly modelVersion?: string;
  readonly adapterId?: string;
}

export function hasPermission({ permissions }: Pick<Principal, 'permissions'>, permission: Permission): boolean {
  return permissions.has(permission);
}

/** @throws {ApiError} FORBIDDEN if the token does not have the permission. */
export function requirePermission(principal: Pick<Principal, 'permissions'>, permission: Permission): void {
  if (!principal.permissions.has(permission)) throw forbidden([permission]);
}

/** @throws {ApiError} FORBIDDEN if the token has none of the permissions. An empty list needs none. */
export function requireAnyOf({ permissions }: Pick<Principal, 'permissions'>, anyOf: AnyOf): void {
  if (anyOf.length > 0 && !anyOf.some((permission) => permissions.has(permission))) throw forbidden(anyOf);
}

/**
 * Whether entries that others submitted are not there for the token: it can neither read them nor do anything to them. A
 * review needs to see what it decides on.
 */
export function readsOwnOnly({ permissions }: Pick<Principal, 'permissions'>): boolean {
  return !permissions.has('feedback:read') && !permissions.has('feedback:review');
}

function forbidden(anyOf: AnyOf): ApiError {
  const names = anyOf.map((permission) => `'${permission}'`).join(' or ');
  return new ApiError('FORBIDDEN', `This needs a token with the permission ${names}`);
}
