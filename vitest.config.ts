import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import swc from 'unplugin-swc';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

/** What a test imports that starts a server, a browser or a process. */
const STARTS_SOMETHING =
  /\/(?:support\/(?:browser|command|installed-package|live|process|pty|server)|src\/server)\.js'|'node:child_process'/;

const tests = ['test', 'packages/cypher/test'].flatMap((folder) =>
  readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(folder, file)),
);
const system = tests.filter((file) => STARTS_SOMETHING.test(readFileSync(join(import.meta.dirname, file), 'utf8')));

export default defineConfig({
  // TypeGraphQL reads the parameter types that the compiler emits as decorator metadata.
  plugins: [swc.vite({ module: { type: 'es6' } })],
  resolve: {
    // Without the alias `graphql` is loaded twice, as ESM and as CJS, and refuses its own other half.
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql/index.js') }],
  },
  // Packages of this repository are tested as they are written, not as they were built last.
  ssr: { resolve: { conditions: ['@feedback-graph/source', ...defaultServerConditions] } },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: tests.filter((file) => !system.includes(file)) } },
      { extends: true, test: { name: 'system', include: system } },
    ],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What runs vitest, which its workers must be, too: see test/scripts/node-line.test.ts.
    provide: { execPath: process.execPath },
  },
});
