import { readFile } from 'node:fs/promises';
import { parse } from 'acorn';
import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { unsupportedNode } from '../../src/cli/node-version.js';
import { runNode } from '../support/installed-package.js';

const manifest = JSON.parse(await readFile('package.json', 'utf8')) as {
  readonly bin: Readonly<Record<'feedback-graph', string>>;
  readonly engines: { readonly node: string };
};
const entry = manifest.bin['feedback-graph'];

/** Runs the entry in a Node.js that takes itself for another version. */
function runAs(version: string, ...argv: string[]) {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  return runNode(['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, entry, ...argv]);
}

describe('the entry of the command', () => {
  it.each(['20.18.3', '18.20.8', '8.17.0'])('says in one line what Node.js %s lacks', async (version) => {
    expect(await runAs(version, '--version')).toEqual({
      code: 1,
      out: '',
      error: `error: feedback-graph needs Node.js 20.19 or later, and this is ${version}; install a current version from https://nodejs.org\n`,
    });
  });

  it.each(['20.19.0', '22.0.0', '26.10.0'])('goes on with Node.js %s', async (version) => {
    expect(await runAs(version, '--version')).toMatchObject({ code: 0, error: '' });
  });

  it('asks for the versions that package.json names', () => {
    const version = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(40)).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, (node) => {
        expect(unsupportedNode(node) === undefined).toBe(semver.satisfies(node, manifest.engines.node));
      }),
    );
  });

  it('can be parsed by every Node.js since version 8, and loads the rest only after the check', async () => {
    const code = await readFile(entry, 'utf8');
    const [before, after] = code.split('import("./main.js")');
    // A script has neither import nor export statements. Of what came after ES2015 it may have import() alone.
    expect(() =>
      parse(`${before}load()${after}`, { ecmaVersion: 2015, sourceType: 'script', allowHashBang: true }),
    ).not.toThrow();
    expect(before).toContain('unsupportedNode(process.versions.node)');
    expect(after).not.toContain('import');
  });
});
