// `npm start`: builds without a word, then serves in this process, so that signals reach the server.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const { isTTY = false } = process.stdout;
process.stdout.write(isTTY ? 'Building; the first time takes up to a minute …' : 'Building\n');
const build = spawnSync('npm run --silent build', { shell: true, encoding: 'utf8' });
// The line has done its work, and the server's first screen begins at the top.
if (isTTY) process.stdout.write('\r\u001b[K');
if (build.status !== 0) {
  process.stderr.write(`${build.stdout}${build.stderr}`);
  process.exit(build.status ?? 1);
}
process.argv.splice(2, 0, 'serve');
await import('../dist/bundle/cli.js');
