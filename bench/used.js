// The first 100 unused entries, before and after most entries were used: what is used leaves tombstones in the index.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { loadKeyedHash } from '../dist/audit/keyed-hash.js';
import { planFilter } from '../dist/feedback/index/filter.js';
import { feedbackPage } from '../dist/feedback/list.js';
import { openStore } from '../dist/store/open.js';
import { markUsedForTraining } from '../dist/training/mark-used.js';
import { medianOf } from './compare/statistics.js';
import { loadFeedback } from './load-data.js';
import { showProgress } from './progress.js';

const ACTOR = { sub: 'bench', org: 'default', requestId: 'bench' };
const PAGE = 100;
const MARKED_AT_ONCE = 1_000;
const REPEATS = 200;

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: { entries: { type: 'string', default: '1000000' }, used: { type: 'string', default: '950000' } },
  });
  const used = Number(values.used);
  // Some of what is loaded does not pass validation, and a page has to be left.
  const entries = Math.max(Number(values.entries), Math.ceil((used + 10 * PAGE) * 1.1));
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-used-'));
  const data = join(directory, 'data');
  try {
    let started = performance.now();
    await loadFeedback(data, 0, entries, (done) => showProgress('load', done, entries, started));
    const before = await withStore(data, measure);
    started = performance.now();
    await withStore(data, (asked) => use(asked, used, (done) => showProgress('mark used', done, used, started)));
    const after = await withStore(data, measure);
    process.stdout.write(
      `first ${PAGE} unused, before and after ${used} of ${entries} were used:\n` +
        `  again and again: ${compared(before.again, after.again)}\n` +
        `  right after the store was opened: ${compared(before.first, after.first)}\n`,
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function compared(before, after) {
  const verdict = after <= 2 * before ? 'met' : 'MISSED';
  return `${before.toFixed(2)} ms, ${after.toFixed(2)} ms: ${(after / before).toFixed(2)} × (goal 2: ${verdict})`;
}

async function withStore(data, work) {
  const store = await openStore(`rocksdb:${data}`);
  try {
    const services = { store, keyedHash: await loadKeyedHash(store), now: Date.now };
    const plan = planFilter('default', { validationStatus: 'approved', use: 'unused' }, services.keyedHash);
    const firstUnused = async (limit) => {
      const { feedback } = await store.read((reader) => feedbackPage(reader, plan, { limit, descending: false }));
      if (feedback.length < limit) throw new Error('There is no whole page of unused entries');
      return feedback;
    };
    return await work({ services, firstUnused });
  } finally {
    await store.close();
  }
}

async function measure({ firstUnused }) {
  const first = await timed(() => firstUnused(PAGE));
  const times = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) times.push(await timed(() => firstUnused(PAGE)));
  return { first, again: medianOf(times) };
}

async function use({ services, firstUnused }, used, onProgress) {
  let marked = 0;
  for (let batch = 1; marked < used; batch += 1) {
    const feedbackIds = (await firstUnused(Math.min(MARKED_AT_ONCE, used - marked))).map(({ id }) => id);
    await markUsedForTraining(services, ACTOR, { feedbackIds, trainingBatchId: batch });
    marked += feedbackIds.length;
    onProgress(marked);
  }
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
