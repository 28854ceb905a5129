// Checks exports with the libraries that train on them: npm run test:trainers
// Needs a built bundle and Python 3.11 or later. The libraries are installed once, into a virtual environment in the user's
// cache; where that cannot be done, it ends with 75.
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expectCall } from './smoke/http.js';
import { endAll, runProgram, startServer } from './smoke/processes.js';
import { ENTRIES, expectedRows } from './trainers/entries.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(ROOT, 'dist/bundle/cli.js');
const CHECKS = join(ROOT, 'test/trainers');
const ON_WINDOWS = process.platform === 'win32';
const INSTALL_MS = 600_000;
/** How the program ends where the libraries cannot be installed, as without a network (EX_TEMPFAIL of sysexits.h). */
const NOT_INSTALLED = 75;
const CHECK_MS = 600_000;
/** How long an export may take; without a bound a connection that is lost would be waited for. */
const DOWNLOAD_MS = 60_000;
const BATCHES = '/api/v1/llm/training/batches';
const SYSTEM = 'Answer in one sentence.';

function say(text) {
  process.stdout.write(`${text}\n`);
}

class NotInstalledError extends Error {}

/** The Python of an environment with the libraries; it is made where it is not there yet. */
async function findPython() {
  const named = process.env.PYTHON ?? (ON_WINDOWS ? 'python' : 'python3');
  const version = (await runProgram(named, ['--version'], {})).trim();
  const requirements = ['requirements.txt', 'requirements-alone.txt'].map((file) => join(CHECKS, file));
  const texts = await Promise.all(requirements.map((file) => readFile(file, 'utf8')));
  const key = createHash('sha256')
    .update([version, ...texts].join('\n'))
    .digest('hex')
    .slice(0, 16);
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const environment = join(cache, 'feedback-graph', `trainers-${key}`);
  const python = join(environment, ON_WINDOWS ? 'Scripts/python.exe' : 'bin/python');
  const marker = join(environment, 'complete');
  if (existsSync(marker)) return python;
  say(`${version}: installing the libraries into ${environment}`);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  const [all, alone] = requirements;
  try {
    await rm(environment, { recursive: true, force: true });
    await mkdir(environment, { recursive: true });
    await runProgram(named, ['-m', 'venv', environment], {}, INSTALL_MS);
    await runProgram(python, [...install, '-r', all], {}, INSTALL_MS);
    await runProgram(python, [...install, '--no-deps', '-r', alone], {}, INSTALL_MS);
    await writeFile(marker, '');
  } catch (error) {
    // Half of it is of no use, and may be gigabytes.
    await rm(environment, { recursive: true, force: true });
    throw new NotInstalledError('The libraries could not be installed', { cause: error });
  }
  return python;
}

/** Every format, with and without a system prompt, as JSON Lines and as Parquet, and what must be in it. */
async function writeExports(directory, context) {
  const { paths } = await expectCall(200, context, 'GET', '/openapi.json');
  const { parameters } = paths[`${BATCHES}/{number}/export`].get;
  const formats = parameters.find(({ name }) => name === 'format').schema.enum.filter((format) => format !== 'raw');
  const exports = {};
  for (const format of formats) {
    for (const system of [undefined, SYSTEM]) {
      const name = `${format}${system === undefined ? '' : '-system'}`;
      const query = new URLSearchParams({ format, ...(system !== undefined && { system }) });
      for (const fileType of ['jsonl', 'parquet']) {
        const bytes = await download(context, `${BATCHES}/1/export?${query}&file_type=${fileType}`);
        await writeFile(join(directory, `${name}.${fileType}`), bytes);
      }
      const { rows, task } = expectedRows(format, system);
      exports[name] = { format, task, system, rows, ...(await describe(context, format, name, query)) };
    }
  }
  await writeFile(join(directory, 'exports.json'), JSON.stringify(exports));
  return Object.keys(exports).length;
}

/** What LLaMA-Factory needs to know of a file. */
async function describe(context, format, name, query) {
  if (!format.startsWith('llamafactory-')) return {};
  const info = await expectCall(200, context, 'GET', `${BATCHES}/1/dataset_info.json?${query}`);
  const [dataset] = Object.keys(info);
  return { dataset, dataset_info: { [dataset]: { ...info[dataset], file_name: `${name}.jsonl` } } };
}

async function download({ server, token }, path) {
  const response = await fetch(server.url + path, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(DOWNLOAD_MS),
  });
  if (response.status !== 200) throw new Error(`GET ${path} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

async function exportAll(directory) {
  const env = {
    ...process.env,
    FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
    FEEDBACK_PORT: '0',
    // There are more exports than one user may ask for in a minute.
    FEEDBACK_LIMIT_USER_PER_MINUTE: '10000',
    FEEDBACK_JWT_SECRET: randomBytes(32).toString('base64url'),
  };
  const token = (
    await runProgram(process.execPath, [CLI, 'token', '--sub', 'trainer', '--role', 'trainer'], { env })
  ).trim();
  const server = await startServer(process.execPath, [CLI, 'serve'], { env, cwd: directory });
  const context = { server, token };
  const { results } = await expectCall(201, context, 'POST', '/api/v1/llm/feedback/batch', { feedback: ENTRIES });
  const refused = results.find(({ validation_status: status }) => status !== 'approved');
  if (refused !== undefined) throw new Error(`An entry was not approved: ${JSON.stringify(refused)}`);
  await expectCall(201, context, 'POST', BATCHES, { limit: 1_000 });
  const count = await writeExports(directory, context);
  await server.stop();
  return count;
}

if (!existsSync(CLI)) {
  process.stderr.write("The bundle is not there; run 'npm run build' first\n");
  process.exit(2);
}
const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-trainers-'));
process.on('exit', () => {
  endAll();
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
});
try {
  const python = await findPython();
  say(`${await exportAll(directory)} exports`);
  const env = { ...process.env, HF_HOME: join(directory, 'huggingface') };
  const options = { env, stdio: 'inherit', timeout: CHECK_MS };
  process.exitCode = spawnSync(python, [join(CHECKS, 'check.py'), directory], options).status ?? 1;
} catch (error) {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  say(`FAIL  ${cause instanceof Error ? `${message}: ${cause.message}` : message}\n0 passed, 1 failed`);
  process.exitCode = error instanceof NotInstalledError ? NOT_INSTALLED : 1;
}
