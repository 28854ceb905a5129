// The processes of the smoke test. It ends those that it started, by their ids, and no other.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const COMMAND_MS = 60_000;
const START_MS = 30_000;
const STOP_MS = 15_000;
const MAX_SAID_CHARACTERS = 2_000;
const ON_WINDOWS = process.platform === 'win32';

const running = new Set();

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** Ends every process that this script started and that still runs, with what they started themselves. */
export function endAll() {
  for (const child of running) killTree(child);
}

/** npx starts a shell that starts the server: on POSIX they are a process group of their own. */
function killTree(child) {
  if (ON_WINDOWS) {
    spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Runs a program to its end. @returns what it wrote. @throws if it fails, with what it said. */
export async function runProgram(file, argv, options, timeout = COMMAND_MS) {
  try {
    const { stdout } = await promisify(execFile)(file, argv, { ...options, timeout, maxBuffer: 16 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const why = error.killed ? `took more than ${timeout / 1000} s` : `ended with ${error.code ?? error.signal}`;
    const said = [error.stdout, error.stderr].filter(Boolean).join('\n').slice(-MAX_SAID_CHARACTERS);
    throw new Error(`${argv.join(' ')} ${why}\n${said}`, { cause: error });
  }
}

/**
 * Starts a server and waits for the line that names its address.
 * @returns {Promise<{ url: string, stop(): Promise<void>, interrupt(): Promise<void>, kill(): Promise<void> }>} `stop`
 *   asks it to end, and throws if it does not end well; `interrupt` is Ctrl-C on a terminal, which reaches a program and
 *   all that it started; `kill` ends it at once, as a crash does.
 */
export async function startServer(file, argv, options) {
  const child = spawn(file, argv, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: !ON_WINDOWS });
  running.add(child);
  const ended = once(child, 'close').finally(() => running.delete(child));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-MAX_SAID_CHARACTERS);
    });
  }
  const listening = new Promise((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      const url = /listens on (http:\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  const endedEarly = ended.then(([code, signal]) => {
    throw new Error(`the server ended with ${code ?? signal} before it listened\n${said}`);
  });
  const url = await within(START_MS, Promise.race([listening, endedEarly]), 'start').catch((error) => {
    killTree(child);
    throw error;
  });
  return {
    url,
    async stop() {
      // Windows has no signal that asks.
      if (ON_WINDOWS) return this.kill();
      child.kill('SIGTERM');
      const [code, signal] = await within(STOP_MS, ended, 'stop');
      if (code !== 0) throw new Error(`the server ended with ${code ?? signal} when it was asked to stop\n${said}`);
    },
    async interrupt() {
      if (ON_WINDOWS) return this.kill();
      process.kill(-child.pid, 'SIGINT');
      await within(STOP_MS, ended, 'stop');
    },
    async kill() {
      killTree(child);
      await within(STOP_MS, ended, 'end when it was killed');
    },
  };
}

async function within(milliseconds, promise, what) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the server did not ${what} within ${milliseconds / 1000} s`));
    }, milliseconds);
  });
  return Promise.race([promise, late]).finally(() => {
    clearTimeout(timer);
  });
}
