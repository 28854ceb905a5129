// What somebody gets who installs the package: packed once, installed for each Node.js into an empty folder.
import { equal, match } from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectCall, FEEDBACK } from './http.js';
import { runProgram, startServer } from './processes.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const INSTALL_MS = 180_000;
const QUIET = ['--no-audit', '--no-fund', '--no-update-notifier'];

/** Packs the package as it is built. @returns the path of the file. */
export async function pack({ node, npm }, directory, env) {
  const argv = [npm, 'pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', directory];
  const [{ filename }] = JSON.parse(await runProgram(node, argv, { cwd: ROOT, env }));
  return join(directory, filename);
}

export const PACKAGE = [
  { name: 'install the package without install scripts', run: install, required: true },
  { name: 'npx feedback-graph serve', run: serve },
];

async function install(context) {
  const { node, npm, environment, packageFile } = context;
  context.installed = join(context.directory, 'installed');
  await mkdir(context.installed);
  await runProgram(
    node,
    [npm, 'install', '--omit=dev', '--ignore-scripts', '--loglevel=error', ...QUIET, packageFile],
    { cwd: context.installed, env: environment },
    INSTALL_MS,
  );
}

/** With no setting but a free port: the store and the secret are made in the folder. */
async function serve(context) {
  const { node, npx, version, installed } = context;
  const { FEEDBACK_STORE: _store, FEEDBACK_JWT_SECRET: _secret, ...env } = context.environment;
  const options = { cwd: installed, env };
  equal((await runProgram(node, [npx, '--no', '-c', 'node --version'], options)).trim(), `v${version}`);
  const server = await startServer(node, [npx, '--no', 'feedback-graph', 'serve'], options);
  const token = (await runProgram(node, [npx, '--no', 'feedback-graph', 'token', '--sub', 'me'], options)).trim();
  const user = { server, token };
  const entry = { type: 'positive', question: 'Does the package work?', answer: 'It does, as installed.' };
  const { id } = await expectCall(201, user, 'POST', FEEDBACK, entry);
  match((await expectCall(200, user, 'GET', `${FEEDBACK}/${id}`)).question, /^Does the package/);
  // npx tells a SIGTERM to its shell only, which does not pass it on.
  await server.interrupt();
}
