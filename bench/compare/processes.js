// Servers and the load generator as processes of their own, each on a core of its own where the system can pin them.
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const GENERATOR = fileURLToPath(new URL('generator.js', import.meta.url));
const canPin = cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0;

/** What is put before a command so that it stays on one core. */
function pinned(core, command, args) {
  return canPin ? ['taskset', ['-c', String(core), command, ...args]] : [command, args];
}

/**
 * Starts a server and waits for the line that names its address.
 * @param onOneCore whether it has the first core alone, which compares servers by what a core can do, or all of the machine
 */
export async function startServer(command, args, environment = {}, { onOneCore = true } = {}) {
  const [file, all] = onOneCore ? pinned(0, command, args) : [command, args];
  const child = spawn(file, all, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors = (errors + text).slice(-4_000);
  });
  const ended = once(child, 'exit');
  const url = await new Promise((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const found = /listens on (http:\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(([code]) => reject(new Error(`${args[0]} ended with ${code}: ${errors}`)));
  });
  return {
    url,
    pid: child.pid,
    cpuMilliseconds: () => cpuMilliseconds(child.pid),
    /** The end of what it has written to its log. */
    errors: () => errors,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** What Linux counts time in for processes, ms. */
const TICK = 10;

/** The time that a process has computed, all its threads together; 0 where the system does not tell. */
function cpuMilliseconds(pid) {
  let stat;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return 0;
  }
  // The second field, a name in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}

/** What a server that has nothing to do may use of its core, and how long it is waited for, ms. */
const IDLE_SHARE = 0.1;
const IDLE_STRETCH = 250;
const MAX_WAIT = 20_000;

/** Waits until the server has nothing to do, so that nothing is blamed for what came before. @returns how long, ms */
export async function untilIdle({ cpuMilliseconds }) {
  const begun = performance.now();
  for (let before = cpuMilliseconds(); performance.now() - begun < MAX_WAIT;) {
    await delay(IDLE_STRETCH);
    const now = cpuMilliseconds();
    if (now - before < IDLE_SHARE * IDLE_STRETCH) break;
    before = now;
  }
  return performance.now() - begun;
}

const CLI = fileURLToPath(new URL('../../dist/bundle/cli.js', import.meta.url));

/** The settings of our server on a store, with no limit on how much is asked of it. @param location as in `FEEDBACK_STORE` */
export function ourSettings(location, secret, environment = {}) {
  return {
    FEEDBACK_JWT_SECRET: secret,
    FEEDBACK_STORE: location,
    FEEDBACK_PORT: '0',
    FEEDBACK_LIMIT_USER_PER_MINUTE: '0',
    FEEDBACK_LIMIT_ORG_PER_HOUR: '0',
    FEEDBACK_LIMIT_ADDRESS_CONNECTIONS: '0',
    FEEDBACK_LOG_LEVEL: 'error',
    ...environment,
  };
}

/** Starts our server on the files in a directory. @param options of {@link startServer}, and `cli`, which build it is */
export function startOurs(directory, secret, environment = {}, { cli = CLI, ...options } = {}) {
  return startServer(
    process.execPath,
    [cli, 'serve'],
    ourSettings(`rocksdb:${directory}`, secret, environment),
    options,
  );
}

/** Keeps a process off the core of the server. */
function onSecondCore({ pid }) {
  if (canPin) spawnSync('taskset', ['-cp', '1', String(pid)]);
}

/**
 * Runs one load in a process of its own, where the server has the first core alone on the second one.
 * @param onCounting called when the warm-up is over
 * @throws if any answer was not what it should be.
 */
export async function load(task, { onOneCore = true, onCounting = () => undefined } = {}) {
  const child = fork(GENERATOR, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  if (onOneCore) onSecondCore(child);
  child.send(task);
  const result = await new Promise((resolve, reject) => {
    child.on('message', (message) => (message.counting ? onCounting() : resolve(message)));
    child.once('exit', (code) => reject(new Error(`The load generator ended with ${code}`)));
  });
  if (result.failure !== undefined) throw new Error(result.failure);
  if (result.wrong > 0) throw new Error(`${result.wrong} answers of ${task.url} were wrong: ${result.firstWrong}`);
  return result;
}
