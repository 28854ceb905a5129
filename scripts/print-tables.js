// Prints the tables of settings and permissions into the documentation, as the built program has them.
import { readFileSync, writeFileSync } from 'node:fs';
import { SETTING_ROWS } from '../dist/config/config.js';
import { FIELD_PERMISSIONS, ROUTE_PERMISSIONS } from '../dist/permissions.js';

const code = (text) => (text === undefined ? '' : `\`${text}\``);

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function settings() {
  const rows = SETTING_ROWS.map(({ name, key, flag, default: value, description }) => [
    ...[name, key, flag?.split(' ')[0], value].map(code),
    description,
  ]);
  return table(['environment', 'file', 'flag', 'default', ''], rows);
}

function permissions() {
  const { paths } = JSON.parse(readFileSync('schema/openapi.json', 'utf8'));
  const needed = (anyOf) => (anyOf.length === 0 ? 'that of the node' : anyOf.map(code).join(' or '));
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) => {
      const anyOf = ROUTE_PERMISSIONS[operationId];
      return anyOf === undefined ? [] : [[code(`${method.toUpperCase()} ${path}`), needed(anyOf)]];
    }),
  );
  const operations = Object.entries(FIELD_PERMISSIONS)
    .filter(([name]) => /^(Query|Mutation|Subscription)\./.test(name))
    .map(([name, anyOf]) => [code(name), needed(anyOf)]);
  return `${table(['REST', 'permission'], routes)}\n\n${table(['GraphQL', 'permission'], operations)}`;
}

/** Puts text between the two comments with a name. */
function print(page, name, text) {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest = ''] = readFileSync(page, 'utf8').split(start);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error(`${page} has no ${start} with ${end} behind it`);
  writeFileSync(page, `${before}${start}\n\n${text}\n\n${end}${after}`);
}

print('docs/settings.md', 'settings', settings());
print('docs/security.md', 'permissions', permissions());
