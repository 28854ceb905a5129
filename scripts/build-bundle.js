// Bundles the built program and its libraries into dist/bundle/: a start reads a few files instead of two thousand, and
// an installation fetches the few packages that cannot be bundled.
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { thirdPartyLicenses } from './third-party-licenses.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = join(root, 'dist/bundle');
const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// Native code finds its library from where it lies, pino starts its workers by path. All else is bundled, and so belongs
// to devDependencies.
const installed = Object.keys({ ...dependencies, ...peerDependencies });

// TypeGraphQL asks for class-validator only where a schema validates through it, which ours does not.
const neverLoaded = ['class-validator'];

const external = [...installed, ...neverLoaded].map((name) => new RegExp(`^${name}(?:/|$)`));

// Whoever asks for GraphQL gets its ES modules: what a bundle imports of a CommonJS module it reads through a getter each time.
const graphqlModules = {
  name: 'graphql-modules',
  resolveId: (id) => {
    const [isGraphql, path = 'index'] = /^graphql(?:\/(.+?)(?:\.m?js)?)?$/.exec(id) ?? [];
    if (isGraphql === undefined) return undefined;
    const file = join(root, 'node_modules/graphql', path);
    return [`${file}.mjs`, join(file, 'index.mjs')].find((each) => existsSync(each));
  },
};

// prom-client asks OpenTelemetry for the exemplars of counters, which we do not make; what sends telemetry is loaded on demand.
const NO_EXEMPLARS = '\0no-exemplars';
const withoutExemplars = {
  name: 'without-exemplars',
  resolveId: (id, importer) =>
    id === '@opentelemetry/api' && /[\\/]prom-client[\\/]/.test(importer ?? '') ? NO_EXEMPLARS : undefined,
  load: (id) => (id === NO_EXEMPLARS ? 'export {};' : undefined),
};

const bundle = await rolldown({
  cwd: root,
  // The thread of a user's plugin and the process that decodes Parquet are started by the paths of their files.
  input: {
    main: 'dist/cli/main.js',
    'plugin-worker': 'dist/validation/plugin-worker.js',
    'parquet-decoder': 'dist/maintenance/import/parquet-decoder.js',
  },
  platform: 'node',
  external,
  plugins: [graphqlModules, withoutExemplars],
});
const { output } = await bundle.write({
  dir: directory,
  format: 'esm',
  cleanDir: true,
  sourcemap: true,
  // TypeGraphQL names types after their classes.
  keepNames: true,
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
refuseMissing(output);
await writeFile(join(directory, 'licenses.md'), thirdPartyLicenses(output.flatMap((chunk) => chunk.moduleIds ?? [])));
await bundleEntry();

/** @throws {Error} if something would be missing where only the production dependencies are installed */
function refuseMissing(chunks) {
  const names = new Set(chunks.map(({ fileName }) => fileName));
  const imported = chunks.flatMap(({ imports = [], dynamicImports = [] }) => [...imports, ...dynamicImports]);
  const missing = imported.filter(
    (name) => !names.has(name) && !isBuiltin(name) && !external.some((pattern) => pattern.test(name)),
  );
  if (missing.length > 0) throw new Error(`Neither bundled nor a dependency: ${missing.join(', ')}`);
}

/**
 * The entry is a bundle of its own, so that it shares no chunk with the rest. Without a sign of ESM in it, a Node.js before
 * 12 can parse it, too, and says what it needs.
 */
async function bundleEntry() {
  const entry = await rolldown({
    cwd: root,
    input: 'dist/cli.js',
    platform: 'node',
    plugins: [
      {
        name: 'main-is-bundled-already',
        resolveId: (id) => (id === './cli/main.js' ? { id: './main.js', external: true } : undefined),
      },
    ],
  });
  const { output } = await entry.generate({ format: 'esm' });
  await writeFile(join(directory, 'cli.js'), output[0].code.replace(/^export \{\};$/m, ''));
}
