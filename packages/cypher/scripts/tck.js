// Runs feature files of the openCypher TCK: npm run tck -- --features DIR
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = await mkdtemp(join(tmpdir(), 'cypher-tck-'));
try {
  const bundle = await rolldown({ cwd: root, input: 'test/tck/main.ts', platform: 'node' });
  await bundle.write({ file: join(directory, 'main.mjs'), format: 'esm' });
  const { main } = await import(pathToFileURL(join(directory, 'main.mjs')).href);
  // npm runs scripts in the folder of the package; a relative path means the folder in which npm was called.
  const { INIT_CWD: callerDirectory = process.cwd() } = process.env;
  process.exitCode = await main(process.argv.slice(2), callerDirectory, join(root, 'test/tck/passing.txt'));
} finally {
  await rm(directory, { recursive: true, force: true });
}
