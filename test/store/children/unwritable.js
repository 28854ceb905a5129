/**
 * Opens a store that its user may not write, then one that its user may not read, and prints why it cannot:
 * `node unwritable.js DIRECTORY`. As file modes do not bind the administrator, it becomes nobody first. Runs on the built
 * files, as Node cannot run the sources.
 */
import { chmod, chown } from 'node:fs/promises';
import process from 'node:process';
import { openStore } from '../../../dist/store/open.js';

const NOBODY = 65534;
const [directory] = process.argv.slice(2);

// Loads everything that opening a store needs, which may lie where only the administrator can read.
await (await openStore(`rocksdb:${directory}`)).close();

if (process.getuid() === 0) {
  await chown(directory, NOBODY, NOBODY);
  process.setgid(NOBODY);
  process.setuid(NOBODY);
}
for (const mode of [0o500, 0o000]) {
  await chmod(directory, mode);
  const failure = await openStore(`rocksdb:${directory}`).catch((error) => error);
  process.stdout.write(`${failure.message}\n`);
}
