// Checks exports, and the Python client, with the libraries that train on them: npm run test:trainers
// Needs a built bundle and Python 3.11 or later. The libraries are installed once, into a virtual environment in the user's
// cache; where that cannot be done, it ends with 75.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findPython, reportFailure } from './python-environment.js';
import { expectCall } from './smoke/http.js';
import { endAll, runProgram, startServer } from './smoke/processes.js';
import { ENTRIES, expectedRows } from './trainers/entries.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(ROOT, 'dist/bundle/cli.js');
const CHECKS = join(ROOT, 'test/trainers');
const REQUIREMENTS = [
  { file: join(CHECKS, 'requirements.txt') },
  { file: join(CHECKS, 'requirements-alone.txt'), flags: ['--no-deps'] },
];
const CHECK_MS = 600_000;
/** How long an export may take; without a bound a connection that is lost would be waited for. */
const DOWNLOAD_MS = 60_000;
const BATCHES = '/api/v1/llm/training/batches';
const SYSTEM = 'Answer in one sentence.';

function say(text) {
  process.stdout.write(`${text}\n`);
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
        if (system === undefined) await writeCroissant(directory, context, { name, query, fileType, bytes });
      }
      const { rows, task } = expectedRows(format, system);
      exports[name] = { format, task, system, rows, ...(await describe(context, format, name, query)) };
    }
  }
  await writeFile(join(directory, 'exports.json'), JSON.stringify(exports));
  return Object.keys(exports).length;
}

/** A file with its Croissant description, by the names that the description gives. */
async function writeCroissant(directory, context, { name, query, fileType, bytes }) {
  const place = join(directory, 'croissant', `${name}.${fileType}`);
  await mkdir(place, { recursive: true });
  const path = `${BATCHES}/1/croissant?${query}&file_type=${fileType}&license=CC-BY-4.0`;
  const text = (await download(context, path)).toString();
  await writeFile(join(place, 'croissant.json'), text);
  await writeFile(join(place, JSON.parse(text).distribution[0].contentUrl), bytes);
}

/** The model card of an adapter that was trained on the batch, and evaluated. */
async function writeCard(directory, context, env) {
  const commit = { produced_adapter: 'lora', base_adapter: 'org/base' };
  await expectCall(200, context, 'POST', `${BATCHES}/1/commit`, commit);
  const options = { env: { ...env, FEEDBACK_URL: context.server.url, FEEDBACK_TOKEN: context.token } };
  const run = (...words) => runProgram(process.execPath, [CLI, 'adapter', ...words], options);
  await run('evaluate', 'lora', 'accuracy=0.93', '--dataset', 'help-desk-eval');
  // Names that YAML 1.1 takes for something else, or for the end of a line.
  await run('evaluate', 'lora', 'no=1e-7', '--dataset', '2026-01-01');
  await run('evaluate', 'lora', '12:30=2', '--dataset', 'zero\u2028license: mit\u2028---');
  await writeFile(join(directory, 'card.md'), await run('card', 'lora'));
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

/** Starts a server that has exported everything into the directory. @returns how to call it */
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
  say(`${await writeExports(directory, context)} exports`);
  await writeCard(directory, context, env);
  return context;
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
  const python = await findPython({ name: 'trainers', requirements: REQUIREMENTS });
  const { server, token } = await exportAll(directory);
  const env = {
    ...process.env,
    HF_HOME: join(directory, 'huggingface'),
    FEEDBACK_URL: server.url,
    FEEDBACK_TOKEN: token,
  };
  // The server goes on meanwhile, in its own process.
  const check = spawn(python, [join(CHECKS, 'check.py'), directory], { env, stdio: 'inherit', timeout: CHECK_MS });
  const [code] = await once(check, 'close');
  process.exitCode = code ?? 1;
  await server.stop();
} catch (error) {
  process.exitCode = reportFailure(error);
} finally {
  // A server that goes on would keep this process, and whoever waits for it.
  endAll();
}
