// What the built bundle must do: start, serve, keep all over a stop and over a crash, back up and restore.
import { deepEqual, equal, match } from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { call, expectCall, FEEDBACK, query } from './http.js';
import { runProgram, startServer } from './processes.js';
import { ROUND } from './round.js';

const CLI = fileURLToPath(new URL('../../dist/bundle/cli.js', import.meta.url));
const CRASHES = 3;
const CLIENTS = 8;
const WRITES_BEFORE_A_CRASH = 60;

export const BUNDLE = [
  { name: 'start', run: start, required: true },
  ...ROUND,
  { name: 'restart: everything is as it was', run: restart, required: true },
  { name: `kill -9 right after a write, ${CRASHES} times: nothing acknowledged is lost`, run: crashes, required: true },
  { name: 'verify, backup, restore: the copy answers the same', run: backUp },
];

function cli({ node, environment }, ...argv) {
  return runProgram(node, [CLI, ...argv], { env: environment });
}

async function start(context) {
  const { directory, environment } = context;
  context.environment = { ...environment, FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}` };
  match(await cli(context, '--version'), /^\d+\.\d+\.\d+/);
  const roles = ['--role', 'reviewer', '--role', 'trainer', '--role', 'admin'];
  context.token = (await cli(context, 'token', '--sub', 'smoke', ...roles)).trim();
  await serve(context);
  equal((await expectCall(200, context, 'GET', '/health/live')).status, 'ok');
  await expectCall(200, context, 'GET', '/health/ready');
}

async function serve(context, additions = {}) {
  const env = { ...context.environment, ...additions };
  context.server = await startServer(context.node, [CLI, 'serve'], { env, cwd: context.directory });
}

/** What the answers must be the same of before and after. */
async function answers(context) {
  const paths = [
    `${FEEDBACK}/stats`,
    `${FEEDBACK}?limit=1000`,
    `${FEEDBACK}/by-adapter/themis_help_lora_v2`,
    `${FEEDBACK}/${context.ids[0]}/versions`,
    `${FEEDBACK}/changes?limit=1000`,
    '/api/v1/llm/adapters',
  ];
  const bodies = [];
  for (const path of paths) bodies.push(await expectCall(200, context, 'GET', path));
  const { adapter } = await query(
    context,
    '{ adapter(id: "themis_help_lora_v2") { ancestors { edges { node { id } } } } }',
  );
  return [...bodies, adapter];
}

async function restart(context) {
  const before = await answers(context);
  await context.server.stop();
  await serve(context);
  deepEqual(await answers(context), before);
}

async function crashes(context) {
  for (let crash = 0; crash < CRASHES; crash++) {
    const acknowledged = await writesUntilCrash(context);
    await serve(context);
    const read = ([id]) => expectCall(200, context, 'GET', `${FEEDBACK}/${id}`);
    const entries = await Promise.all([...acknowledged].map(read));
    deepEqual(
      entries.map(({ question }) => question),
      [...acknowledged.values()],
    );
    const { total_feedback: total } = await expectCall(200, context, 'GET', `${FEEDBACK}/stats`);
    const { feedback } = await expectCall(200, context, 'GET', `${FEEDBACK}?limit=1000`);
    equal(feedback.length, total, 'the counters and the list disagree');
  }
}

/** Several clients submit; one write's answer is the moment of the crash. @returns what was acknowledged. */
async function writesUntilCrash(context) {
  const acknowledged = new Map();
  let crashed;
  async function client(name) {
    for (let turn = 0; crashed === undefined; turn++) {
      const question = `What did client ${name} ask in turn ${turn}?`;
      const body = { type: 'positive', question, answer: 'It is in the answer.', adapter_id: 'of_a_crash' };
      const { status, body: entry } = await call(context, 'POST', FEEDBACK, body).catch((error) => {
        if (crashed === undefined) throw error;
        return { status: undefined, body: undefined };
      });
      if (status === undefined) return;
      equal(status, 201, JSON.stringify(entry));
      acknowledged.set(entry.id, question);
      if (acknowledged.size >= WRITES_BEFORE_A_CRASH) crashed ??= context.server.kill();
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, name) => client(name)));
  await crashed;
  return acknowledged;
}

async function backUp(context) {
  const before = await answers(context);
  await context.server.stop();
  match(await cli(context, 'verify'), /agree/);
  const file = join(context.directory, 'smoke.backup');
  match(await cli(context, 'backup', file), /^Backed up the whole store/);
  const copy = `rocksdb:${join(context.directory, 'copy')}`;
  match(await cli(context, 'restore', file, '--store', copy), /^Restored the whole store/);
  await serve(context, { FEEDBACK_STORE: copy });
  deepEqual(await answers(context), before);
  await context.server.stop();
}
