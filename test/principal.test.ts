import { expect, it } from 'vitest';
import { PERMISSIONS, permissionsOf, ROLES } from '../src/permissions.js';
import { hasPermission, readsOwnOnly, requirePermission } from '../src/principal.js';

it('gives an admin all of one organization, and nothing of the server', () => {
  const admin = { permissions: permissionsOf('admin') };
  expect(PERMISSIONS.filter((permission) => !hasPermission(admin, permission))).toEqual(['server:operate']);
});

it('gives an operator nothing of any organization', () => {
  expect([...permissionsOf('operator')]).toEqual(['server:operate']);
});

it('names the permission that is missing', () => {
  const submitter = { permissions: permissionsOf('submitter') };
  expect(() => requirePermission(submitter, 'feedback:read')).toThrow("permission 'feedback:read'");
});

it('lets submitters, and those who read nothing, have no entries of others', () => {
  expect(ROLES.filter((role) => readsOwnOnly({ permissions: permissionsOf(role) }))).toEqual(['submitter', 'operator']);
});
