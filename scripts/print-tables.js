// Prints tables of the built program: settings, permissions and events into the documentation, events for the console.
import { readFileSync, writeFileSync } from 'node:fs';
import { SETTING_ROWS } from '../dist/config/config.js';
import { FIELD_PERMISSIONS, ROUTE_PERMISSIONS } from '../dist/permissions.js';
import { DELIVERED_EVENTS, describeEvent, toEnumName } from '../dist/webhooks/event-types.js';

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

function events() {
  return table(
    ['event', ''],
    DELIVERED_EVENTS.map((event) => [code(event), describeEvent(event)]),
  );
}

/** The enum of GraphQL with the names that receivers see: the schema has the former alone. */
const consoleEvents = `/* Generated from src/webhooks/event-types.ts by \`npm run schema\`. */
import type { WebhookEvent } from './documents.generated.js';

/** What a webhook can be told of, by the names that receivers see. */
export const EVENT_NAMES: Readonly<Record<WebhookEvent, string>> = {
${DELIVERED_EVENTS.map((event) => `  ${toEnumName(event)}: '${event}',\n`).join('')}};
`;

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
print('docs/webhooks.md', 'events', events());
writeFileSync('web/console/screens/settings/webhook-events.generated.ts', consoleEvents);
