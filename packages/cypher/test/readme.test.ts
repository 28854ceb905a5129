import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as cypher from '../src/index.js';
import * as memoryGraph from '../src/memory-graph.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => code);

const modules: Readonly<Record<string, object>> = {
  '@feedback-graph/cypher': cypher,
  '@feedback-graph/cypher/memory-graph': memoryGraph,
};

// The constructor of asynchronous functions has no name of its own.
const AsyncFunction = (async () => Promise.resolve()).constructor as new (
  ...source: string[]
) => (...args: unknown[]) => Promise<void>;

/** Runs an example and returns what it logs: JSON, with integers as JavaScript writes them. */
async function run(code: string): Promise<string[]> {
  const logged: string[] = [];
  const log = (value: unknown): void => {
    const json = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item));
    logged.push(json.replace(/"(\d+n)"/g, '$1'));
  };
  const body = code.replace(/^import (\{.*\}) from ('.*');$/gm, 'const $1 = modules[$2];');
  await new AsyncFunction('modules', 'console', body)(modules, { log });
  return logged;
}

describe('the README', () => {
  it('has examples of a graph in memory, an error and a graph of one’s own', () => {
    expect(examples).toHaveLength(3);
  });

  it.each(examples)('shows what this example logs: %s', async (code) => {
    const shown = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
    expect(shown.length).toBeGreaterThan(0);
    expect(await run(code)).toEqual(shown);
  });

  it('lists the functions that there are', () => {
    const lists = /^- Aggregates:(.*?)`functionNames\(\)`/ms.exec(readme)?.[1] ?? '';
    const names = [...lists.matchAll(/`(\w+)`/g)].map(([, name = '']) => name.toLowerCase());
    expect(names.sort()).toEqual([...cypher.functionNames()].sort());
  });

  it('states the default budget', () => {
    const cells = [...readme.matchAll(/^\| `(timeMs|rows|bytes|paths)` .*\| ([\d,]+)( MiB)? *\|$/gm)];
    const stated = cells.map(([, name, number = '', mebi]) => [
      name,
      Number(number.replaceAll(',', '')) * (mebi === undefined ? 1 : 1024 * 1024),
    ]);
    expect(Object.fromEntries(stated)).toEqual(cypher.DEFAULT_BUDGET);
  });
});
