// Bundles the built program and its libraries into dist/bundle/: a start reads a few files instead of two thousand.
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));

const bundle = await rolldown({
  cwd: root,
  // The thread of a user's plugin is started by the path of its file.
  input: { cli: 'dist/cli.js', 'plugin-worker': 'dist/validation/plugin-worker.js' },
  platform: 'node',
  // Native code finds its library from where it lies, pino starts its workers by path; TypeGraphQL asks for
  // class-validator only where a schema validates through it, which ours does not.
  external: ['rocksdb-native', 'fs-native-extensions', 'onnxruntime-node', 'pino', 'class-validator'],
  onLog: (level, log, next) => (log.code === 'UNRESOLVED_IMPORT' ? undefined : next(level, log)),
});
await bundle.write({
  dir: 'dist/bundle',
  format: 'esm',
  cleanDir: true,
  sourcemap: true,
  // TypeGraphQL names types after their classes.
  keepNames: true,
});
