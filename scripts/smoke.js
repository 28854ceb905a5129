// A smoke test of the built bundle and of the package: npm run smoke [-- LINE…]
// With lines of Node.js (20.19 22 24 26) it takes the official build of each; without, the one that runs it.
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { environmentOf } from './node-line/environment.js';
import { currentNode, installNode } from './node-line/install.js';
import { isNodeLine } from './node-line/platform-package.js';
import { BUNDLE } from './smoke/bundle.js';
import { pack, PACKAGE } from './smoke/package.js';
import { endAll, runProgram } from './smoke/processes.js';

/** Beyond the limits that the steps have of their own. */
const STEP_MS = 240_000;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Runs steps one after another; those after a required step that failed count as failed, too. */
async function runSteps(steps, context, counts) {
  let missing;
  for (const { name, run, required } of steps) {
    const before = performance.now();
    try {
      if (missing !== undefined) throw new Error(`not run, as '${missing}' failed`);
      await limited(run(context));
      counts.passed += 1;
      say(`  ok    ${name} (${((performance.now() - before) / 1000).toFixed(1)} s)`);
    } catch (error) {
      if (required) missing ??= name;
      counts.failed += 1;
      say(`  FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  endAll();
}

async function limited(promise) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`took more than ${STEP_MS / 1000} s`));
    }, STEP_MS);
  });
  await Promise.race([promise, late]).finally(() => {
    clearTimeout(timer);
  });
}

/** The steps with one Node.js: the official build of a line, or without a line the one that runs this. */
async function smokeOn(line, directory, packageFile) {
  const counts = { passed: 0, failed: 0 };
  const context = { directory, packageFile };
  say(`\nNode ${line ?? process.versions.node} on ${process.platform}-${process.arch}`);
  const find = async () => {
    Object.assign(context, line === undefined ? currentNode() : await installNode(line));
    const said = await runProgram(context.node, ['--version'], {});
    if (said.trim() !== `v${context.version}`)
      throw new Error(`it calls itself ${said.trim()}, not v${context.version}`);
    context.environment = environmentOf(context.node, {
      FEEDBACK_PORT: '0',
      FEEDBACK_LIMIT_USER_PER_MINUTE: '0',
      FEEDBACK_LIMIT_ORG_PER_HOUR: '0',
      FEEDBACK_LOG_LEVEL: 'warn',
      FEEDBACK_JWT_SECRET: randomBytes(32).toString('base64url'),
    });
  };
  await runSteps([{ name: 'find Node.js', run: find, required: true }], context, counts);
  if (counts.failed === 0) {
    await runSteps(BUNDLE, context, counts);
    await runSteps(PACKAGE, context, counts);
  }
  say(`Node ${context.version ?? line}: ${counts.passed} passed, ${counts.failed} failed`);
  return counts;
}

const lines = process.argv.slice(2);
const wrong = lines.find((line) => !isNodeLine(line));
if (wrong !== undefined) {
  process.stderr.write(`'${wrong}' is no line of Node.js; write 20.19, 22, 24 or 26, or a version such as 24.21.0\n`);
  process.exit(2);
}
if (!existsSync(join(ROOT, 'dist/bundle/cli.js'))) {
  process.stderr.write("The bundle is not there; run 'npm run build' first\n");
  process.exit(2);
}
const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-smoke-'));
// Windows lets go of the files of a process that has ended only after a while.
const removal = { recursive: true, force: true, maxRetries: 10 };
process.on('exit', () => {
  endAll();
  rmSync(directory, removal);
});
const total = { passed: 0, failed: 0 };
try {
  const packer = currentNode();
  const packageFile = await pack(packer, directory, environmentOf(packer.node));
  for (const line of lines.length === 0 ? [undefined] : lines) {
    const own = join(directory, line ?? 'current');
    await mkdir(own, { recursive: true });
    const { passed, failed } = await smokeOn(line, own, packageFile);
    total.passed += passed;
    total.failed += failed;
    rmSync(own, removal);
  }
} catch (error) {
  total.failed += 1;
  say(`FAIL  ${error instanceof Error ? error.message : String(error)}`);
}
say(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
