// Whether claiming, committing and exporting a training batch costs what the batch is, not what is stored: the same batch
// out of a store that is fresh, and out of one where most entries are used. In process, on one machine in one run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadKeyedHash } from '../dist/audit/keyed-hash.js';
import { openStore } from '../dist/store/open.js';
import { exportPieces, findExportable } from '../dist/training/export/export.js';
import { markUsedForTraining } from '../dist/training/mark-used.js';
import { commitTrainingBatch, createTrainingBatch } from '../dist/training/work.js';
import { loadFeedback } from './load-data.js';

const ACTOR = { sub: 'bench', org: 'default', requestId: 'bench' };
/** What is used before was used by a batch whose number was given from outside. */
const EXTERNAL_BATCH = 1_000_000;
const EXPORTS = [
  ['raw', 'jsonl'],
  ['trl-sft', 'jsonl'],
  ['trl-dpo', 'jsonl'],
  ['trl-kto', 'jsonl'],
  ['trl-kto', 'parquet'],
];

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      used: { type: 'string', default: '950000' },
      batch: { type: 'string', default: '100000' },
    },
  });
  const [used, batch] = [Number(values.used), Number(values.batch)];
  const small = await measureStore('small', 0, batch);
  const large = await measureStore('large', used, batch);
  print(['what', 'rows', `rows/s, 0 used`, `rows/s, ${used} used`, 'ratio', 'peak RSS, MB', 'peak RSS, MB']);
  for (const [at, one] of small.entries()) {
    const other = large[at];
    const ratio = (one.rows / one.seconds / (other.rows / other.seconds)).toFixed(2);
    print([one.what, other.rows, speed(one), speed(other), ratio, one.peak, other.peak]);
  }
}

function speed({ rows, seconds }) {
  return Math.round(rows / seconds);
}

function print(cells) {
  process.stdout.write(`${cells.join(' | ')}\n`);
}

/** What a batch costs out of a store of its own, where so many entries are used already. */
async function measureStore(name, used, batch) {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-training-'));
  const data = join(directory, 'data');
  // Some of what is loaded does not pass validation.
  const entries = Math.ceil((used + batch) * 1.1);
  let marked = 0;
  const markUsed = async (services, feedback) => {
    const usable = feedback.filter(({ validationStatus }) => validationStatus === 'approved');
    const feedbackIds = usable.slice(0, used - marked).map(({ id }) => id);
    if (feedbackIds.length === 0) return;
    marked += feedbackIds.length;
    await markUsedForTraining(services, ACTOR, { feedbackIds, trainingBatchId: EXTERNAL_BATCH });
  };
  try {
    await loadFeedback(data, 0, entries, (done) => showProgress(`load ${name}`, done, entries), markUsed);
    if (marked < used) throw new Error(`Only ${marked} entries passed validation`);
    // A process of its own: what loading has taken of memory is not measured.
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), data, String(batch)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    const lines = [];
    for await (const line of createInterface(child.stdout)) {
      const measured = JSON.parse(line);
      lines.push(measured);
      process.stderr.write(`${name}: ${measured.what} ${measured.seconds.toFixed(1)} s\n`);
    }
    const [code] = await closed;
    if (code !== 0) throw new Error('The measurement failed');
    return lines;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function showProgress(label, done, all) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${label} ${done}/${all}${done === all ? '\n' : ''}`);
  else if (done === all || done % 100_000 === 0) process.stderr.write(`${label} ${done}/${all}\n`);
}

async function measure(data, batch) {
  const store = await openStore(`rocksdb:${data}`);
  const services = { store, keyedHash: await loadKeyedHash(store), now: Date.now };
  try {
    await measureBatch(services, batch);
  } finally {
    await store.close();
  }
}

function request(limit) {
  return { filter: {}, newestFirst: false, limit, holdout: 0, leaseMinutes: 1_440 };
}

async function measureBatch(services, limit) {
  const { number, feedbackCount } = await timed('claim', async () => {
    const claimed = await createTrainingBatch(services, ACTOR, request(limit));
    return [claimed, claimed.feedbackCount];
  });
  if (feedbackCount < limit) throw new Error(`Only ${feedbackCount} entries could be claimed`);
  const { store } = services;
  for (const [format, fileType] of EXPORTS) {
    await timed(`export ${format} ${fileType}`, async () => {
      const { batch } = await findExportable(store, ACTOR.org, number, Date.now());
      const asked = { number, format, split: 'train', fileType, similarity: 0.95 };
      for await (const { bytes } of exportPieces(store, ACTOR.org, batch, asked)) void bytes;
      return [undefined, feedbackCount];
    });
  }
  await timed('commit', async () => {
    await commitTrainingBatch(services, ACTOR, number, { producedAdapter: `adapter-of-${number}` });
    return [undefined, feedbackCount];
  });
}

async function timed(what, work) {
  const megabytes = () => Math.round(process.memoryUsage.rss() / 1e6);
  let peak = megabytes();
  const sampling = setInterval(() => (peak = Math.max(peak, megabytes())), 50);
  const began = performance.now();
  const [result, rows] = await work();
  const seconds = (performance.now() - began) / 1000;
  clearInterval(sampling);
  process.stdout.write(`${JSON.stringify({ what, rows, seconds, peak })}\n`);
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [data, batch] = process.argv.slice(2);
  await measure(data, Number(batch));
}
