import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../../src/cli/run.js';
import { findFeedback } from '../../src/feedback/read.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import type { Store } from '../../src/store/contract.js';
import { openStore } from '../../src/store/open.js';
import { APPROVED } from '../support/feedback.js';
import { domainOf } from './support.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-'));
  const config = { validation_plugin: { name: 'basic_spam_detection', config: { spam_keywords: ['zebra'] } } };
  await writeFile(join(directory, 'config.json'), JSON.stringify(config));
});
afterEach(() => rm(directory, { recursive: true }));

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(`rocksdb:${join(directory, 'data')}`);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function revalidate(...flags: string[]) {
  let out = '';
  let error = '';
  const store = ['--store', `rocksdb:${join(directory, 'data')}`, '--config', join(directory, 'config.json')];
  const code = await run(['revalidate', ...store, ...flags], {
    environment: {},
    out: (text) => void (out += text),
    error: (text) => void (error += text),
  });
  return { code, out, error };
}

it('revalidate validates stored entries by new rules, reports beforehand what would change, and leaves used ones alone', async () => {
  const ids = await withStore(async (store) => {
    const domain = await domainOf(store);
    const zebra = { ...APPROVED, answer: 'The zebra has stripes, as is well known to everybody.' };
    const found = [await domain.submit(zebra), await domain.submit(APPROVED), await domain.submit(zebra)];
    await domain.markUsed([found[2]!], 1);
    return found;
  });
  const statuses = () =>
    withStore(async (store) => {
      const found = await store.read((reader) => findFeedback(reader, 'default', ids));
      return found.map((each) => [each!.validationStatus, each!.version]);
    });
  const before = await statuses();
  const tried = await revalidate('--dry-run');
  expect(tried).toMatchObject({ code: 0, error: '' });
  expect(tried.out).toMatch(/^Validated 2 entries: 1 unchanged, 1 would change\napproved -> \w+: 1\n$/);
  expect(await statuses()).toEqual(before);

  const done = await revalidate();
  expect(done.out).toBe(tried.out.replace('would change', 'changed'));
  const after = await statuses();
  expect(after[0]![0]).not.toBe('approved');
  expect(after[0]![1]).toBe(2);
  expect(after.slice(1)).toEqual(before.slice(1));
  expect((await revalidate()).out).toMatch(/2 unchanged, 0 changed\n$/);
  expect((await revalidate('--status', 'approved')).out).toMatch(/^Validated 1 entry: 1 unchanged/);
  expect((await withStore((store) => verifyStore(store, { repair: false }))).found).toBe(0);
});

it('revalidate leaves entries that a reviewer or their submitter has decided on alone', async () => {
  await withStore(async (store) => {
    const domain = await domainOf(store);
    const zebra = { ...APPROVED, answer: 'The zebra has stripes, as is well known to everybody.' };
    const [reviewed, withdrawn] = [await domain.submit(zebra), await domain.submit(zebra)];
    await domain.review(reviewed, 'approve');
    await domain.withdraw(withdrawn);
  });
  expect((await revalidate('--dry-run')).out).toBe(
    'Validated 0 entries: 0 unchanged, 0 would change; skipped 2 entries that were reviewed or withdrawn\n',
  );
});

it('revalidate refuses an unknown status, and a store that does not exist', async () => {
  expect(await revalidate('--status', 'eaten')).toMatchObject({ code: 2 });
  expect(await revalidate()).toMatchObject({ code: 1 });
});
