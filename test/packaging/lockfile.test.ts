import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import semver from 'semver';
import { describe, expect, it } from 'vitest';

interface LockedPackage {
  readonly version: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly deprecated?: string;
  readonly engines?: { readonly node?: string };
}

const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const locked = Object.entries(lock.packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ ...entry, name: path.slice(path.lastIndexOf('node_modules/') + 13) }));
const production = locked.filter(({ dev }) => dev !== true);

const titles = (packages: typeof locked) => packages.map(({ name, version }) => `${name}@${version}`);

describe('what an installation fetches', () => {
  it('needs no install script in production', () => {
    expect(titles(production.filter(({ hasInstallScript }) => hasInstallScript === true))).toEqual([]);
  });

  it('has no part of a model runtime in production', () => {
    expect(titles(production.filter(({ name }) => name.startsWith('onnxruntime')))).toEqual([]);
  });

  it('warns of no package that is deprecated', () => {
    expect(titles(locked.filter(({ deprecated }) => deprecated !== undefined))).toEqual([]);
  });

  it.each(['20.19.0', '22.13.0', '24.0.0', '26.0.0'])(
    'has no package that Node.js %s is too old or new for',
    (node) => {
      const unsupported = locked.filter(
        ({ engines }) => engines?.node !== undefined && !semver.satisfies(node, engines.node),
      );
      expect(titles(unsupported)).toEqual([]);
    },
  );

  it('runs no install script, and npm knows every setting of the project', async () => {
    const { stdout, stderr } = await promisify(execFile)('npm', ['config', 'get', 'ignore-scripts']);
    expect([stdout.trim(), stderr]).toEqual(['true', '']);
  });
});
