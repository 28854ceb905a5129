import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { MODULES } from '../../bench/compare/load-ours.js';

/** `dist/` may still have what an earlier build left there, so the sources are what counts. */
it('every module of the server that a measurement imports has a source', () => {
  const folders = ['bench', 'bench/compare', 'bench/graph', 'bench/servers', 'bench/attacks'];
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.js'))
      .map((name) => join(folder, name)),
  );
  const imported = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/'(\.[./]*\/dist\/[^']+\.js)'/g)].map(([, path = '']) =>
      relative('.', resolve(file, '..', path)),
    ),
  );
  expect(imported.length).toBeGreaterThan(5);
  imported.push(...MODULES.map((name) => `dist/${name}.js`));
  const sourceOf = (built: string): string => built.replace(/^dist/, 'src').replace(/\.js$/, '.ts');
  const missing = imported.filter((built) => !built.startsWith('dist/bundle/') && !existsSync(sourceOf(built)));
  expect(missing).toEqual([]);
});
