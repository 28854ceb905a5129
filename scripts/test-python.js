// Checks the Python client: npm run test:python [-- PYTHON…]
// Formatting, lint, types and the tests, against a real server, on `PYTHON` or python3; the tests alone on further ones, which
// without arguments is Python 3.9, the oldest that the client runs on, where there is one. Needs a built bundle. The tools are
// installed once, into a virtual environment in the user's cache; where that cannot be done, it ends with 75.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { DEFAULT_PYTHON, findPython, reportFailure } from './python-environment.js';
import { runProgram } from './smoke/processes.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLIENT = join(ROOT, 'clients/python');
const OLDEST = '3.9';
const CHECK_MS = 300_000;

const RUFF = ['--config', 'pyproject.toml', '.', '../../examples'];
const TESTS = ['-m', 'pytest', '-p', 'no:cacheprovider'];
const CHECKS = [
  ['formatting', ['-m', 'ruff', 'format', '--check', '--quiet', ...RUFF]],
  ['lint', ['-m', 'ruff', 'check', '--quiet', ...RUFF]],
  ['the synchronous client is made of the asynchronous one', ['scripts/generate_sync.py', '--check']],
  ['types', ['-m', 'mypy', '--no-error-summary']],
  ['tests', TESTS],
];

/** A Python of the oldest version, unless it is the default one or there is none. */
async function findOldest() {
  const isOldest = async (python) => {
    const said = await runProgram(python, ['--version'], {}).catch(() => '');
    return said.startsWith(`Python ${OLDEST}.`);
  };
  if (await isOldest(DEFAULT_PYTHON)) return [];
  if (await isOldest(`python${OLDEST}`)) return [`python${OLDEST}`];
  const prefix = await runProgram('pyenv', ['prefix', OLDEST], {}).catch(() => '');
  const python = join(prefix.trim(), 'bin/python');
  return prefix !== '' && (await isOldest(python)) ? [python] : [];
}

async function check(named, checks) {
  const requirements = [{ file: join(CLIENT, 'requirements-test.txt') }];
  const python = await findPython({ name: 'python-client', python: named, requirements });
  const version = (await runProgram(python, ['--version'], {})).trim();
  let failed = 0;
  for (const [what, argv] of checks) {
    process.stdout.write(`${version}: ${what}\n`);
    const env = {
      ...process.env,
      NODE: process.execPath,
      PYTHONPATH: 'src',
      PYTHONDONTWRITEBYTECODE: '1',
      // Caches would be files in the repository.
      RUFF_NO_CACHE: 'true',
      MYPY_CACHE_DIR: join(python, '../../mypy'),
    };
    const { status } = spawnSync(python, argv, { cwd: CLIENT, env, stdio: 'inherit', timeout: CHECK_MS });
    if (status !== 0) failed += 1;
  }
  return failed;
}

if (!existsSync(join(ROOT, 'dist/bundle/cli.js'))) {
  process.stderr.write("The bundle is not there; run 'npm run build' first\n");
  process.exit(2);
}
try {
  const named = process.argv.slice(2);
  const [first, ...others] = named.length > 0 ? named : [DEFAULT_PYTHON, ...(await findOldest())];
  let failed = await check(first, CHECKS);
  for (const python of others) failed += await check(python, [['tests', TESTS]]);
  process.stdout.write(failed === 0 ? 'The Python client passed\n' : `${failed} checks failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  process.exitCode = reportFailure(error);
}
