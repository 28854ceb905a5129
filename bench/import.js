// Imports a JSON list of any size, all on one line, from a pipe: memory stays as it is however long the list is.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { random } from './load-data.js';
import { showProgress } from './progress.js';

const CLI = fileURLToPath(new URL('../dist/bundle/cli.js', import.meta.url));
const GIGABYTE = 1_000_000_000;
const LOOK_EVERY = 250;
const WORDS = 'the model answers a question about billing with a long text that repeats nothing of note'.split(' ');

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: { gigabytes: { type: 'string', default: '5' }, store: { type: 'boolean', default: false } },
  });
  const bytes = Number(values.gigabytes) * GIGABYTE;
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-import-'));
  try {
    // A second run imports a tenth, to compare with.
    for (const size of [bytes / 10, bytes]) await importList(join(directory, String(size)), size, values.store);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function importList(data, bytes, isStored) {
  const command = ['import', '-', '--json', '--refused', `${data}.refused.jsonl`, ...(isStored ? [] : ['--dry-run'])];
  const child = spawn(process.execPath, [CLI, ...command], {
    env: { ...process.env, FEEDBACK_STORE: `rocksdb:${data}` },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  let peak = 0;
  const watch = setInterval(() => {
    void residentBytes(child.pid).then((resident) => (peak = Math.max(peak, resident)));
  }, LOOK_EVERY);
  const started = performance.now();
  try {
    await pipeline(Readable.from(listOf(bytes, started)), child.stdin);
    const [code] = await ended;
    if (code !== 0) throw new Error(`The import has ended with ${code}`);
  } finally {
    clearInterval(watch);
    child.kill();
  }
  const seconds = (performance.now() - started) / 1_000;
  process.stdout.write(
    `${bytes / GIGABYTE} GB: ${Math.round(seconds)} s, ${(bytes / 1e6 / seconds).toFixed(1)} MB a second, ` +
      `at most ${Math.round(peak / 1024 ** 2)} MiB of memory\n`,
  );
}

/** Entries of about 1.5 kB; the list has about `bytes`. */
function* listOf(bytes, started) {
  const next = random(7);
  const text = (words) =>
    Array.from({ length: words }, () => WORDS[Math.floor(next() * WORDS.length)] + Math.floor(next() * 1_000)).join(
      ' ',
    );
  let sent = 0;
  for (let number = 0; sent < bytes; number += 1) {
    const entry = {
      type: number % 2 === 0 ? 'positive' : 'negative',
      question: text(60),
      answer: text(150),
      external_id: String(number),
      user_id: `user-${number % 1_000}`,
    };
    const row = (number === 0 ? '[' : ',') + JSON.stringify(entry);
    sent += row.length;
    yield row;
    if (number % 10_000 === 0) showProgress('import', Math.min(sent, bytes), bytes, started);
  }
  yield ']';
}

/** The memory of a process, where the system tells. */
async function residentBytes(pid) {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
