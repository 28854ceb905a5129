import { Command, InvalidArgumentError, Option } from 'commander';
import { addClientOptions, ask } from '../client-options.js';
import { type Client, type JsonObject, objectIn, objectsIn, textIn } from '../client.js';
import { addOption } from '../options.js';
import { paint } from '../screen.js';
import type { Terminal } from '../terminal.js';
import { unknownAdapter } from './get.js';
import { type Family, treeText } from './tree.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;
/** Adapters per request: a wide level takes few requests, and none of them is large. */
const TOGETHER = 20;
/** Parents or children to ask for per adapter; it has at most 32 parents and any number of children. */
const NEIGHBOURS = 200;

type Direction = 'derivedFrom' | 'derivatives';

export function lineageCommand(terminal: Terminal): Command {
  const command = new Command('lineage')
    .description('draw the ancestors and descendants of an adapter')
    .argument('<id>', 'the id of the adapter');
  addOption(
    command,
    new Option(
      '--limit <number>',
      `the maximum number of adapters to show in each direction, 1 to ${MAX_LIMIT}`,
    ).default(DEFAULT_LIMIT),
    parseLimit,
  );
  addClientOptions(command);
  command.addHelpText(
    'after',
    `
An adapter that several paths reach is drawn once with everything beyond it, and marked (above) after that.

Example:
  $ feedback-graph adapter lineage themis_help_lora_v3`,
  );
  return command.action(async (id: string) => {
    const { limit } = command.opts<{ readonly limit: number }>();
    const families: Partial<Record<Direction, Family>> = {};
    await ask(
      command,
      terminal,
      async (client) => {
        const ancestors = (families.derivedFrom = await walk(client, id, 'derivedFrom', limit));
        const descendants = (families.derivatives = await walk(client, id, 'derivatives', limit));
        return {
          id,
          ancestors: asJson(ancestors, id, 'derivedFrom'),
          descendants: asJson(descendants, id, 'derivatives'),
        };
      },
      () => {
        const { screen } = terminal;
        const part = (title: string, family: Family | undefined): string =>
          family === undefined ? '' : `${paint(title, 'bold', screen)}\n${treeText(family, id, screen)}`;
        return `${part('Derived from', families.derivedFrom)}\n${part('Derivatives', families.derivatives)}`;
      },
    );
  });
}

/** Level by level, each adapter once, as far as `limit`. */
async function walk(client: Client, id: string, direction: Direction, limit: number): Promise<Family> {
  const family = new Map<string, { version: string; next: readonly string[]; complete: boolean }>();
  const seen = new Set([id]);
  for (let level = [id]; level.length > 0;) {
    const found: string[] = [];
    for (let start = 0; start < level.length; start += TOGETHER) {
      const ids = level.slice(start, start + TOGETHER);
      const answers = await fetchAdapters(client, ids, direction);
      ids.forEach((each, index) => {
        const adapter = answers[index] ?? {};
        if (each === id && adapter['id'] !== id) throw unknownAdapter(id);
        const connection = objectIn(adapter, direction);
        const all = objectsIn(connection, 'edges').map((edge) => textIn(objectIn(edge, 'node'), 'id'));
        const next = all.filter((neighbour) => {
          if (!seen.has(neighbour) && seen.size > limit) return false;
          if (!seen.has(neighbour)) found.push(neighbour);
          seen.add(neighbour);
          return true;
        });
        const complete = next.length === all.length && objectIn(connection, 'pageInfo')['hasNextPage'] !== true;
        family.set(each, { version: textIn(adapter, 'version'), next, complete });
      });
    }
    level = found;
  }
  return family;
}

/** In the order of `ids`. */
async function fetchAdapters(client: Client, ids: readonly string[], direction: Direction): Promise<JsonObject[]> {
  const parameters = ids.map((_, index) => `$id${index}: ID!`).join(', ');
  const fields = ids.map((_, index) => `a${index}: adapter(id: $id${index}) { ...Neighbours }`).join('\n');
  const query = `query (${parameters}) {
  ${fields}
}
fragment Neighbours on Adapter {
  id
  version
  ${direction}(first: ${NEIGHBOURS}) { edges { node { id } } pageInfo { hasNextPage } }
}`;
  const data = await client.graphql(query, Object.fromEntries(ids.map((id, index) => [`id${index}`, id])));
  return ids.map((_, index) => objectIn(data, `a${index}`));
}

function asJson(family: Family, root: string, direction: Direction): JsonObject {
  return {
    adapters: [...family]
      .filter(([id]) => id !== root)
      .map(([id, { version }]) => ({ id, ...(version === '' ? {} : { version }) })),
    derivations: [...family].flatMap(([id, { next }]) =>
      next.map((other) => (direction === 'derivedFrom' ? { child: id, parent: other } : { child: other, parent: id })),
    ),
    complete: [...family.values()].every(({ complete }) => complete),
  };
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,5}$/.test(text) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`It must be an integer from 1 to ${MAX_LIMIT}.`);
}
