/** On whose behalf a request runs, as its token says. */
import { ApiError } from './errors.js';

/** What a token can allow beyond submitting and reading. `admin` has all of them. */
export const ROLES = ['reviewer', 'trainer', 'admin'] as const;

export type Role = (typeof ROLES)[number];

export interface Principal {
  /** The acting user: for limits and audit. An id of 1 to 256 bytes. */
  readonly sub: string;
  /** The tenant. No read or write crosses it. An id of 1 to 256 bytes. */
  readonly org: string;
  readonly roles: ReadonlySet<Role>;
  /** When the token ends, epoch ms, without the allowance for clocks that differ. */
  readonly expiresAt: number;
}

export function isRole(name: unknown): name is Role {
  return (ROLES as readonly unknown[]).includes(name);
}

/** Whether the token has the role, or `admin`, which has all. */
export function hasRole(principal: Principal, role: Role): boolean {
  return principal.roles.has(role) || principal.roles.has('admin');
}

/** @throws {ApiError} FORBIDDEN if the token has neither the role nor `admin`. */
export function requireRole(principal: Principal, role: Role): void {
  if (!hasRole(principal, role)) throw new ApiError('FORBIDDEN', `This needs a token with the role '${role}'`);
}
