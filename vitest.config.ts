import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import swc from 'unplugin-swc';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const require = createRequire(import.meta.url);

/** Those of Node.js. `module` is of bundlers alone, and leads Node.js to ES modules that it cannot load. */
const conditions = defaultServerConditions.filter((condition) => condition !== 'module');

/** What a test imports that starts a server, a browser or a process. */
const STARTS_SOMETHING =
  /\/(?:support\/(?:browser|command|console|installed-package|live|postgres\/[a-z-]+|process|pty|server)|src\/(?:server|maintenance\/import\/parquet))\.js'|'node:(?:child_process|http|net)'/;

const tests = ['test', 'packages/cypher/test', 'packages/client/test'].flatMap((folder) =>
  readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(folder, file)),
);

/** The end of the name of a file that takes longer than a unit test may. */
const IS_LONG = /\.long\.test\.ts$/;

const system = tests.filter(
  (file) => IS_LONG.test(file) || STARTS_SOMETHING.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
);

/** The files that take longest, the longest first. */
const LONGEST = [
  'test/e2e/bulk-crash.test.ts',
  'test/e2e/postgres-faults.test.ts',
  'test/store/engine/postgres/faults/outage.test.ts',
  'test/cli/postgres.test.ts',
  'test/store/engine/postgres/conformance.test.ts',
  'test/e2e/console/review.test.ts',
  'test/e2e/search.test.ts',
  'test/e2e/console/feedback.test.ts',
  'test/store/engine/postgres/faults/two-stores.test.ts',
  'test/e2e/console/frame.test.ts',
  'test/e2e/console/adapters.test.ts',
  'test/e2e/crash.test.ts',
  'test/feedback/search/index.long.test.ts',
  'test/e2e/console/training.test.ts',
  'test/graphql/one-semantics-2.long.test.ts',
  'test/e2e/review-claims.test.ts',
];

/** Begins with the files that take longest, so that at the end no worker is left with one of them. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification): number => {
      const at = LONGEST.indexOf(relative(import.meta.dirname, moduleId));
      return (project.name === 'system' ? 0 : LONGEST.length + 1) + (at < 0 ? LONGEST.length : at);
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  // TypeGraphQL reads the parameter types that the compiler emits as decorator metadata.
  plugins: [swc.vite({ module: { type: 'es6' } })],
  resolve: {
    // Without the alias `graphql` is loaded twice, as ESM and as CJS, and refuses its own other half.
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql/index.js') }],
  },
  // Packages of this repository are tested as they are written, not as they were built last.
  ssr: { resolve: { conditions: ['@feedback-graph/source', ...conditions] } },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: tests.filter((file) => !system.includes(file)) } },
      {
        extends: true,
        test: {
          name: 'system',
          include: system,
          globalSetup: ['test/support/system-setup.ts', 'test/support/postgres/setup.ts'],
        },
      },
    ],
    pool: 'forks',
    maxWorkers: '100%',
    // A worker keeps the modules that it has loaded for its next file: loading them took as long as a third of all tests.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What runs vitest, which its workers must be, too: see test/scripts/node-line.test.ts.
    provide: { execPath: process.execPath },
  },
});
