// Builds what the Dockerfile says, without Docker, and starts it as it says: npm run test:container
// Each stage is this machine's file system in place of the base image, with a layer above it; its steps run there with
// chroot. Needs root, Debian and Linux's mount namespaces; where these are not to be had it exits with 75.
import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { contextFilter } from './container/context.js';
import { readStages } from './container/dockerfile.js';
import { bindInto, copyInto, createTree, inTree, makeReadOnly } from './container/tree.js';
import { installNode } from './node-line/install.js';
import { endAll, runProgram, startServer } from './smoke/processes.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const CANNOT_RUN = 75;
const INSIDE = '--in-a-namespace';
const BUILD_MS = 600_000;
const SECRET = 'a secret of more than thirty-two bytes';

const inside = process.argv.indexOf(INSIDE);
if (inside > 0) {
  try {
    await test(process.argv[inside + 1]);
    say('\n1 passed, 0 failed');
  } catch (error) {
    say(`\nFAIL  ${error instanceof Error ? error.message : String(error)}\n\n0 passed, 1 failed`);
    process.exitCode = 1;
  } finally {
    endAll();
  }
} else if (canRun()) {
  // Not below a folder that the trees hide.
  const directory = await mkdtemp('/var/tmp/feedback-graph-container-');
  const own = [process.execPath, fileURLToPath(import.meta.url), INSIDE, directory];
  const child = spawn('unshare', ['--mount', '--propagation=private', ...own], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, 'exit');
  // All that was mounted there went with the namespace.
  await rm(directory, { recursive: true, force: true });
  process.exitCode = code ?? 1;
} else {
  say('The steps of the Dockerfile cannot be run here: that takes root on Debian, and mounts.');
  process.exitCode = CANNOT_RUN;
}

function canRun() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

async function test(directory) {
  const [build, image, ...others] = readStages(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
  deepEqual(others, []);
  const line = /^node:(\d+)-bookworm-slim$/.exec(build.base)?.[1];
  equal(image.base, build.base);
  const node = await installNode(line);
  say(`Node ${node.version} in place of ${build.base}`);
  const built = await runStage(join(directory, 'build'), build, node, new Map());
  const made = await runStage(join(directory, 'image'), image, node, new Map([[build.name, built.root]]));
  await testImage(made, image.steps);
}

/** Runs the steps of a stage that change its files. @returns its root, and what its commands run with */
async function runStage(directory, { steps }, node, stages) {
  const root = await createTree(directory, node, ROOT);
  for (const [source, target] of [
    [join(homedir(), '.npmrc'), '/root/.npmrc'],
    [join(homedir(), '.npm'), '/root/.npm'],
  ]) {
    if (existsSync(source)) await bindInto(root, source, target);
  }
  const setting = { workdir: '/', variables: {} };
  for (const step of steps) {
    const before = performance.now();
    await runStep(step, root, setting, stages);
    const seconds = ((performance.now() - before) / 1000).toFixed(1);
    if (['COPY', 'RUN'].includes(step.keyword))
      say(`  ${step.keyword} ${step.command ?? step.sources.join(' ')} (${seconds} s)`);
  }
  return { root, setting };
}

async function runStep(step, root, setting, stages) {
  const { keyword, value } = step;
  if (keyword === 'WORKDIR') setting.workdir = value;
  else if (keyword === 'USER') setting.user = value;
  else if (keyword === 'ENV') Object.assign(setting.variables, step.variables);
  else if (keyword === 'RUN') {
    const { file, argv, env } = inTree(root, setting, ['/bin/sh', '-c', step.command]);
    await runProgram(file, argv, { env }, BUILD_MS);
  } else if (keyword === 'COPY') {
    const target = join(setting.workdir, step.target);
    const end = step.target.endsWith('/') ? '/' : '';
    if (step.from === undefined)
      await copyInto(
        root,
        step.sources.map((each) => join(ROOT, each)),
        target + end,
        inContext(),
      );
    else
      await copyInto(
        root,
        step.sources.map((each) => join(stages.get(step.from), each)),
        target + end,
      );
  }
}

/** Whether a file of the repository is one that Docker is given. */
function inContext() {
  const isGiven = contextFilter();
  return (path) => path === ROOT || isGiven(relative(ROOT, path));
}

/** Starts the image as `docker run --read-only --tmpfs /tmp` does. */
async function testImage({ root, setting }, steps) {
  const one = (keyword) => steps.find((step) => step.keyword === keyword);
  const files = await readdir(join(root, 'app'));
  deepEqual(files.sort(), ['LICENSE', 'dist', 'node_modules', 'package.json', 'schema']);
  const packages = await readdir(join(root, 'app/node_modules'));
  for (const name of ['typescript', 'vitest', 'fastify'])
    equal(packages.includes(name), false, `${name} is in the image`);
  await makeReadOnly(root, [one('VOLUME').value, '/tmp']);
  const program = [...one('ENTRYPOINT').argv, ...one('CMD').argv];
  const port = String(await freePort());
  const start = async (variables) => {
    const { file, argv, env } = inTree(root, withVariables(setting, variables), program);
    return startServer(file, argv, { env });
  };
  const exec = ([name, ...given], variables) => {
    const { file, argv, env } = inTree(root, withVariables(setting, variables), [name, ...given]);
    return runProgram(file, argv, { env });
  };
  const given = { FEEDBACK_PORT: port, FEEDBACK_JWT_SECRET: SECRET };

  const refusal = await start({ FEEDBACK_PORT: port }).catch((error) => error);
  match(String(refusal), /With NODE_ENV=production one of FEEDBACK_JWT_SECRET, .* must be set/);
  const server = await start(given);
  match(server.url, new RegExp(`:${port}$`));
  equal(await exec(one('HEALTHCHECK').argv, given), 'ok\n');
  const [uid] = one('USER').value.split(':');
  for (const owner of await ownersOf(root)) equal(owner, uid, 'the server runs as another user');
  const writes = await exec(['/bin/sh', '-c', 'touch /app/file || echo refused'], given).catch(String);
  match(writes, /refused/);
  const token = (await exec(['feedback-graph', 'token', '--sub', 'me', '--role', 'admin'], given)).trim();
  const url = `http://127.0.0.1:${port}/api/v1/llm/feedback`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ type: 'positive', question: 'Does it run?', answer: 'It does, in a container.' });
  const stored = await fetch(url, { method: 'POST', headers, body });
  equal(stored.status, 201);
  const { id } = await stored.json();
  equal((await fetch(`http://127.0.0.1:${port}/console`)).status, 200);
  equal(one('STOPSIGNAL').value, 'SIGTERM');
  await server.stop();
  notEqual(await exec(one('HEALTHCHECK').argv, given).catch(() => 'failed'), 'ok\n');

  const again = await start(given);
  equal((await fetch(`${url}/${id}`, { headers })).status, 200);
  await again.stop();
  say('  starts, answers its HEALTHCHECK, keeps what it stored, and stops, as its user and on a read-only file system');
}

function withVariables(setting, variables) {
  return { ...setting, variables: { ...setting.variables, ...variables } };
}

/** The users of the processes whose root is this tree. */
async function ownersOf(root) {
  const owners = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const rootOf = await readlink(`/proc/${pid}/root`).catch(() => '');
    if (rootOf === root) owners.push(/^Uid:\t(\d+)/m.exec(status)?.[1]);
  }
  if (owners.length === 0) throw new Error(`no process serves from ${root}`);
  return owners;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
