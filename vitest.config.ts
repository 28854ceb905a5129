import { createRequire } from 'node:module';
import swc from 'unplugin-swc';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

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
    include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What runs vitest, which its workers must be, too: see test/scripts/node-line.test.ts.
    provide: { execPath: process.execPath },
  },
});
