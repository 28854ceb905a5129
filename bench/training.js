// Whether claiming, committing and exporting a training batch costs what the batch is, not what is stored: the same batch
// out of a store that is fresh, and out of one where most entries are used. In process, on one machine in one run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadUserHash } from '../dist/feedback/user-hash.js';
import { openStore } from '../dist/store/open.js';
import { exportPieces, findExportable } from '../dist/training/export/export.js';
import { commitTrainingBatch, createTrainingBatch } from '../dist/training/work.js';
import { loadFeedback } from './load-data.js';

const ACTOR = { sub: 'bench', org: 'default', requestId: 'bench' };
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
      entries: { type: 'string', default: '1000000' },
      used: { type: 'string', default: '950000' },
      batch: { type: 'string', default: '100000' },
    },
  });
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-training-'));
  const data = join(directory, 'data');
  const [used, batch] = [Number(values.used), Number(values.batch)];
  // Some of what is loaded does not pass validation.
  const entries = Math.max(Number(values.entries), Math.ceil((used + batch) * 1.1));
  try {
    await loadFeedback(data, 0, entries, (done) => showProgress('load', done, entries));
    // A process of its own: what loading has taken of memory is not measured.
    const file = fileURLToPath(import.meta.url);
    const child = spawn(process.execPath, [file, data, String(used), String(batch)], { stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error('The measurement failed');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function showProgress(label, done, all) {
  if (process.stderr.isTTY || done === all) process.stderr.write(`\r\x1b[K${label} ${done}/${all}`);
}

async function measure(data, used, batch) {
  const store = await openStore(`rocksdb:${data}`);
  const services = { store, hashUser: await loadUserHash(store), now: Date.now };
  try {
    process.stdout.write(`used before | rows | what | s | rows/s | RSS before, MB | peak RSS, MB\n`);
    await measureBatch(services, batch, 0);
    let done = batch;
    for (; done < used; done += batch) {
      const limit = Math.min(batch, used - done);
      const { number } = await createTrainingBatch(services, ACTOR, request(limit));
      await commitTrainingBatch(services, ACTOR, number, { producedAdapter: `adapter-of-${number}` });
      showProgress('use up', done + limit, used);
    }
    await measureBatch(services, batch, Math.min(done, Math.max(used, batch)));
  } finally {
    await store.close();
  }
}

function request(limit) {
  return { filter: {}, newestFirst: false, limit, holdout: 0, leaseMinutes: 1_440 };
}

async function measureBatch(services, limit, used) {
  const { number, feedbackCount } = await timed(used, 'claim', async () => {
    const claimed = await createTrainingBatch(services, ACTOR, request(limit));
    return [claimed, claimed.feedbackCount];
  });
  const { store } = services;
  for (const [format, fileType] of EXPORTS) {
    await timed(used, `export ${format} ${fileType}`, async () => {
      const { batch } = await findExportable(store, ACTOR.org, number, Date.now());
      const asked = { number, format, split: 'train', fileType, similarity: 0.95 };
      for await (const { bytes } of exportPieces(store, ACTOR.org, batch, asked)) void bytes;
      return [undefined, feedbackCount];
    });
  }
  await timed(used, 'commit', async () => {
    await commitTrainingBatch(services, ACTOR, number, { producedAdapter: `adapter-of-${number}` });
    return [undefined, feedbackCount];
  });
}

async function timed(used, what, work) {
  const megabytes = () => process.memoryUsage.rss() / 1e6;
  const before = megabytes();
  let peak = before;
  const sampling = setInterval(() => (peak = Math.max(peak, megabytes())), 50);
  const began = performance.now();
  const [result, rows] = await work();
  const seconds = (performance.now() - began) / 1000;
  clearInterval(sampling);
  const cells = [
    used,
    rows,
    what,
    seconds.toFixed(2),
    Math.round(rows / seconds),
    Math.round(before),
    Math.round(peak),
  ];
  process.stdout.write(`${cells.join(' | ')}\n`);
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [data, used, batch] = process.argv.slice(2);
  await measure(data, Number(used), Number(batch));
}
