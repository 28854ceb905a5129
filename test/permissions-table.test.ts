import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type AnyOf, FIELD_PERMISSIONS, ROUTE_PERMISSIONS } from '../src/permissions.js';

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
}

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

const needed = (anyOf: AnyOf): string =>
  anyOf.length === 0 ? 'that of the node' : anyOf.map((permission) => `\`${permission}\``).join(' or ');

it('docs/security.md names the permission of every route and operation, as the table of the code has it', () => {
  const { paths } = JSON.parse(read('schema/openapi.json')) as Description;
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) => {
      const anyOf = ROUTE_PERMISSIONS[operationId];
      return anyOf === undefined ? [] : [[`${method.toUpperCase()} ${path}`, needed(anyOf)] as const];
    }),
  );
  const operations = Object.entries(FIELD_PERMISSIONS).flatMap(([name, anyOf]) =>
    /^(Query|Mutation|Subscription)\./.test(name) ? [[name, needed(anyOf)] as const] : [],
  );
  expect(routes).toHaveLength(Object.keys(ROUTE_PERMISSIONS).length);

  const [, section = ''] = read('docs/security.md').split('## Permissions of each operation');
  const rows = [...section.matchAll(/^\| `([^`]+)` +\| (.+?) +\|$/gm)].map(([, name, permission]) => [
    name,
    permission,
  ]);
  expect(rows).toEqual([...routes, ...operations]);
});
