// Runs the tests that talk to a server over a store in PostgreSQL: npm run test:postgres [-- files and flags of vitest]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));

/** Those that start a server in their own process, by the one function that chooses the store. */
function testsOfServers() {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join('test', file))
    .filter((file) => /\b(?:startTestServer|shareServer)\b/.test(readFileSync(join(root, file), 'utf8')));
}

const given = process.argv.slice(2);
const named = given.some((argument) => !argument.startsWith('-'));
const files = named ? given : [...testsOfServers(), ...given];
const child = spawn(process.execPath, [vitest, 'run', '--project', 'system', ...files], {
  cwd: root,
  env: { ...process.env, TEST_STORE: 'postgres' },
  stdio: 'inherit',
});
const [code] = await once(child, 'exit');
process.exitCode = code ?? 1;
