// The first 100 unused entries, before and after most entries were used: what is used leaves tombstones in the index.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { planFilter } from '../dist/feedback/filter.js';
import { feedbackPage } from '../dist/feedback/list.js';
import { loadUserHash } from '../dist/feedback/user-hash.js';
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
  const [entries, used] = [Number(values.entries), Number(values.used)];
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-used-'));
  const data = join(directory, 'data');
  try {
    let started = performance.now();
    await loadFeedback(data, 0, entries, (done) => showProgress('load', done, entries, started));
    const store = await openStore(`rocksdb:${data}`);
    try {
      const services = { store, hashUser: await loadUserHash(store), now: Date.now };
      const plan = planFilter('default', { validationStatus: 'approved', use: 'unused' }, services.hashUser);
      const firstUnused = (limit) =>
        store.read((reader) => feedbackPage(reader, plan, { limit, descending: false })).then((page) => page.feedback);
      const before = await median(() => firstUnused(PAGE));
      started = performance.now();
      let marked = 0;
      for (let batch = 1; marked < used; batch += 1) {
        const ids = (await firstUnused(Math.min(MARKED_AT_ONCE, used - marked))).map(({ id }) => id);
        if (ids.length === 0) break;
        await markUsedForTraining(services, ACTOR, { feedbackIds: ids, trainingBatchId: batch });
        marked += ids.length;
        showProgress('mark used', marked, used, started);
      }
      const after = await median(() => firstUnused(PAGE));
      process.stdout.write(
        `first ${PAGE} unused: ${before.toFixed(2)} ms before, ${after.toFixed(2)} ms after ${marked} of ${entries} were ` +
          `used: ${(after / before).toFixed(2)} × (goal 2: ${after <= 2 * before ? 'met' : 'MISSED'})\n`,
      );
    } finally {
      await store.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function median(work) {
  const times = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return medianOf(times);
}
