// Runs tests with the official build of a line of Node.js: npm run test:node -- 24 [files and flags of vitest]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { environmentOf } from './node-line/environment.js';
import { installNode } from './node-line/install.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));

const [line, ...rest] = process.argv.slice(2);
if (line === undefined) {
  process.stderr.write('Name a line of Node.js: npm run test:node -- 24 [files]\n');
  process.exitCode = 2;
} else {
  try {
    const { version, node } = await installNode(line);
    process.stdout.write(`Tests with Node ${version} (${process.platform}-${process.arch})\n`);
    // vitest starts its workers with the program that runs it, and so do the tests that start servers.
    const child = spawn(node, [vitest, 'run', ...rest], { cwd: root, env: environmentOf(node), stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    process.exitCode = code ?? 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
