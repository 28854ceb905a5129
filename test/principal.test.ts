import { describe, expect, it } from 'vitest';
import { hasRole, type Role, ROLES } from '../src/principal.js';

const principal = (...roles: Role[]) => ({ sub: 'anna', org: 'acme', roles: new Set(roles), expiresAt: 0 });

describe('hasRole', () => {
  it.each(ROLES)('gives %s to those who have it, and to admins', (role) => {
    expect(hasRole(principal(role), role)).toBe(true);
    expect(hasRole(principal('admin'), role)).toBe(true);
    expect(hasRole(principal(), role)).toBe(false);
  });

  it('gives reviewers and trainers nothing else', () => {
    expect(ROLES.filter((role) => hasRole(principal('reviewer'), role))).toEqual(['reviewer']);
    expect(ROLES.filter((role) => hasRole(principal('trainer'), role))).toEqual(['trainer']);
  });
});
