// Upgrades the servers of a store in PostgreSQL one by one, from the commit before to this one and back, under load:
//   npm run test:upgrade [-- COMMIT]
import { match } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { environmentOf } from './node-line/environment.js';
import { endAll, runProgram, startServer } from './smoke/processes.js';
import { buildCommit, findCommit } from './upgrade/build.js';
import { createLoad } from './upgrade/load.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(ROOT, 'dist/bundle/cli.js');
/** How long the servers are used in each state, ms. */
const USE_MS = 4_000;

const say = (text) => process.stdout.write(`${text}\n`);

const [given] = process.argv.slice(2);
const commit = findCommit(ROOT, given ?? 'HEAD^');
if (commit === undefined && given !== undefined) {
  process.stderr.write(`There is no commit '${given}' here\n`);
  process.exit(2);
}
if (commit === undefined) {
  say('There is no commit before this one here, as in a shallow clone: nothing to upgrade from');
  process.exit(0);
}
if (!existsSync(CLI)) {
  process.stderr.write("The bundle is not there; run 'npm run build' first\n");
  process.exit(2);
}

const directory = mkdtempSync(join(tmpdir(), 'feedback-graph-upgrade-'));
const cleanUp = [() => rmSync(directory, { recursive: true, force: true })];
process.on('exit', () => {
  endAll();
  for (const clean of cleanUp.reverse()) clean();
});
const started = performance.now();
try {
  const before = await buildCommit(ROOT, commit, join(directory, 'before'));
  cleanUp.push(before.remove);
  say(`Built ${commit.slice(0, 12)}`);
  const { module } = await runnerImport(join(ROOT, 'test/support/postgres/server.ts'));
  const postgres = await module.startPostgres();
  try {
    await upgrade(before.cli, await postgres.createDatabase());
  } finally {
    await postgres.stop();
  }
  say(`Passed in ${((performance.now() - started) / 1000).toFixed(0)} s`);
} catch (error) {
  say(`FAIL  ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
// Where a failure has left clients waiting, nobody waits for them.
process.exit();

async function upgrade(oldCli, store) {
  const env = environmentOf(process.execPath, {
    FEEDBACK_STORE: store,
    FEEDBACK_PORT: '0',
    FEEDBACK_JWT_SECRET: randomBytes(32).toString('base64url'),
    FEEDBACK_LIMIT_USER_PER_MINUTE: '0',
    FEEDBACK_LIMIT_ORG_PER_HOUR: '0',
    FEEDBACK_LIMIT_ADDRESS_PER_MINUTE: '0',
    FEEDBACK_LOG_LEVEL: 'warn',
  });
  const options = { env, cwd: directory };
  const run = (...argv) => runProgram(process.execPath, [CLI, ...argv], options);
  const start = (cli) => startServer(process.execPath, [cli, 'serve'], options);
  const roles = ['--role', 'reviewer', '--role', 'trainer', '--role', 'admin'];
  const load = createLoad((await run('token', '--sub', 'upgrade', ...roles)).trim());
  const { counts } = load;
  const use = async (servers, what) => {
    const submitted = counts.submitted;
    await load.during(servers, delay(USE_MS));
    await load.check(servers);
    say(`${what}: ${counts.submitted - submitted} entries, all there on both`);
  };

  const old = await start(oldCli);
  const first = await startBeside(load, [old], start(CLI), 'stop them first');
  if (first === undefined) {
    say('This commit changes the tables so that servers before it cannot use them: all have to stop');
    await old.stop();
  } else {
    await use([old, first], 'One server of each commit');
    await load.during([first], old.stop());
  }
  const one = first ?? (await start(CLI));
  const other = await load.during([one], start(CLI));
  await use([one, other], 'Two servers of this commit');
  await load.during([one], other.stop());

  const again = await startBeside(load, [one], start(oldCli), 'which a later release of feedback-graph');
  if (again === undefined) say('There is no way back to the commit before');
  else await use([one, again], 'One server of each commit again');
  await Promise.all([one, again].map((server) => server?.stop()));
  match(await run('verify'), /agree/);
  say(`${counts.submitted} entries submitted, ${counts.reviewed} reviewed; verify finds nothing`);
}

/** Starts a server while others are used. @returns undefined if it refuses to start for this reason, which is not a failure */
async function startBeside(load, servers, starting, reason) {
  return load.during(
    servers,
    starting.catch((error) => {
      if (!error.message.includes(reason)) throw error;
      return undefined;
    }),
  );
}
