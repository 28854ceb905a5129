import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createIdempotency } from '../../src/audit/idempotency.js';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { eraseFeedback, eraseFeedbackOfUser } from '../../src/feedback/erase.js';
import { linkFeedback } from '../../src/feedback/link-feedback.js';
import { retryPurges } from '../../src/feedback/purge.js';
import { reviseFeedback } from '../../src/feedback/revise.js';
import { indexAnew, indexChanges } from '../../src/feedback/search/index-changes.js';
import { finishSearchIndex } from '../../src/feedback/search/indexer.js';
import { submitFeedback } from '../../src/feedback/submit.js';
import type { Services } from '../../src/graphql/context.js';
import type { Submission } from '../../src/model/submission.js';
import type { Store } from '../../src/store/contract.js';
import { openRocksDb } from '../../src/store/engine/rocksdb.js';
import { lastComponent } from '../../src/store/keys.js';
import { openTransactionalStore } from '../../src/store/transactions/transactional-store.js';
import { createValidation } from '../../src/validation/registry.js';

const actor = { sub: 'admin', org: 'default', requestId: 'test' };
let directory: string;
let store: Store;
let services: Services;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-erase-'));
  store = await openTransactionalStore((mode) => openRocksDb(directory, mode));
  services = { store, keyedHash: await loadKeyedHash(store), validate: createValidation(undefined), now: Date.now };
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

async function filesHolding(...texts: readonly string[]): Promise<string[]> {
  const holding: string[] = [];
  for (const name of await readdir(directory)) {
    const content = await readFile(join(directory, name)).catch((error: unknown) => {
      // RocksDB may have removed it meanwhile.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (texts.some((text) => content?.includes(text) === true)) holding.push(name);
  }
  return holding;
}

async function indexedWords(): Promise<string[]> {
  const range = { gte: 'search_words:', lt: 'search_words;', limit: Infinity };
  return (await store.read((reader) => reader.scanKeys(range))).map(lastComponent);
}

const word = (): string => randomBytes(12).toString('hex');

async function submit(secret: string, userId: string, more: Partial<Submission> = {}): Promise<string> {
  const submission: Submission = {
    type: 'negative',
    question: `Question ${secret}`,
    answer: `Answer ${secret}`,
    correction: `Correction ${secret}`,
    comment: `Comment ${secret}`,
    userId,
    externalId: `external ${secret}`,
    adapterId: 'lora',
    ...more,
  };
  const once = createIdempotency(services.keyedHash, actor, word(), 'submitFeedback', submission, Date.now());
  const { feedback } = await submitFeedback(services, actor, submission, once);
  await linkFeedback(services, actor, {
    feedbackId: feedback.id,
    adapterId: 'other',
    metadata: { note: `Note ${secret}` },
  });
  return feedback.id;
}

it('an erased entry is in no file of the store once erasing resolves, and other entries still are', async () => {
  const [secret, kept, user] = [word(), word(), `user-${word()}`];
  const id = await submit(secret, user);
  await submit(kept, 'somebody else');
  expect(await filesHolding(secret)).not.toEqual([]);
  expect(await filesHolding(user)).not.toEqual([]);

  await eraseFeedback(services, actor, id);

  expect(await filesHolding(secret)).toEqual([]);
  expect(await filesHolding(user)).toEqual([]);
  expect(await filesHolding(kept)).not.toEqual([]);
});

it('an entry that sorted files already have, or that is being read, is erased from files, too', async () => {
  const [secret, user] = [word(), `user-${word()}`];
  const id = await submit(secret, user);
  await store.purge([{ gte: 'a', lt: 'z' }]);
  const reading = store.snapshot({ gte: 'a', lt: 'z' })[Symbol.asyncIterator]();
  await reading.next();
  const pages = Array.from({ length: 20 }, () =>
    store.read((reader) => reader.scan({ gte: 'help', lt: 'helq', limit: 1_000 })),
  );

  await eraseFeedback(services, actor, id);

  expect(await filesHolding(secret)).toEqual([]);
  expect(await filesHolding(user)).toEqual([]);
  await Promise.all(pages);
  await reading.return?.();
});

it('what the search index has of an erased entry is in no file either, whatever was done to the index', async () => {
  const [secret, later, kept] = [word(), word(), word()];
  const ids = [await submit(secret, 'ann'), await submit(kept, 'bob')];
  await indexChanges(store, actor.org);
  for (let nth = 0; nth < 8; nth += 1) {
    await submit(kept, 'bob');
    await indexChanges(store, actor.org);
  }
  await reviseFeedback(services, actor, ids[0]!, { comment: `Comment ${later}` });
  await finishSearchIndex(store, actor.org);
  await store.purge([{ gte: 'a', lt: 'z' }]);
  expect(await indexedWords()).toEqual(expect.arrayContaining([secret, later, kept]));

  await eraseFeedback(services, actor, ids[0]!);

  expect(await filesHolding(secret)).toEqual([]);
  expect(await filesHolding(later)).toEqual([]);
  expect(await indexedWords()).toContain(kept);
  expect(await indexedWords()).not.toContain(secret);
});

/**
 * The files with keys and values that hold any of the texts, each file read once: others may have single words until the
 * next start (docs/storage.md).
 */
async function dataFilesHolding(...texts: readonly string[]): Promise<string[]> {
  return (await filesHolding(...texts)).filter((name) => /\.(sst|log)$/.test(name));
}

const FILLER = Buffer.alloc(2 ** 20);

/** Puts what is stored into the files of the lowest level, with the words of the first ten segments in one of their own. */
async function separateFirstSegments(): Promise<void> {
  for (const kind of ['search_filler', 'search_words:default:0000000010;filler']) {
    // Together more than the 64 MiB of a file.
    for (let from = 0; from < 70; from += 10) {
      await store.transact((transaction) => {
        for (let nth = from; nth < from + 10; nth += 1) transaction.put(`${kind}${nth}`, FILLER);
        return Promise.resolve();
      });
    }
  }
  await store.compact([{ gte: '\u0000', lt: '\u{10ffff}' }]);
}

it.each([
  ['merged away', () => finishSearchIndex(store, actor.org)],
  [
    'built anew',
    async () => {
      await indexAnew(store, actor.org);
      await finishSearchIndex(store, actor.org);
    },
  ],
])('words of an entry leave the files of segments that were %s, too', async (_how, change) => {
  const secrets = Array.from({ length: 10 }, word);
  const ids: string[] = [];
  for (const secret of secrets) {
    ids.push(await submit(secret, 'ann'));
    await indexChanges(store, actor.org);
  }
  // As while a backup runs: what is deleted meanwhile stays in files, beside its deletion.
  const reading = store.snapshot({ gte: 'a', lt: 'z' })[Symbol.asyncIterator]();
  await reading.next();
  await change();
  await separateFirstSegments();
  expect(await dataFilesHolding(secrets[4]!)).not.toEqual([]);

  const purging = vi.spyOn(store, 'purge');
  await eraseFeedback(services, actor, ids[4]!);
  expect(await dataFilesHolding(secrets[4]!)).toEqual([]);
  // RocksDB may have removed them by itself in this case, but in others not.
  const place = `search_words:default:0000000005:${secrets[4]}`;
  expect(purging.mock.calls.flat(2).filter(({ gte, lt }) => gte <= place && place < lt)).toHaveLength(1);
  await reading.return?.();
  await eraseFeedbackOfUser(services, actor, 'ann');
  expect(await dataFilesHolding(...secrets)).toEqual([]);
});

it("a user's feedback is erased whole, and nobody else's", async () => {
  const user = `user-${word()}`;
  const secrets = Array.from({ length: 130 }, word);
  await Promise.all(secrets.map((secret) => submit(secret, user)));
  const other = word();
  await submit(other, 'somebody else');

  const { erasedCount } = await eraseFeedbackOfUser(services, actor, user);

  expect(erasedCount).toBe(secrets.length);
  expect(await filesHolding(...secrets, user)).toEqual([]);
  expect(await filesHolding(other)).not.toEqual([]);
  expect(await eraseFeedbackOfUser(services, actor, user)).toMatchObject({ erasedCount: 0 });
});

it('a purge that fails says that the texts are still in files, and is carried out later', async () => {
  const secret = word();
  const id = await submit(secret, 'ann');
  vi.spyOn(store, 'purge').mockRejectedValueOnce(new Error('no space left on device'));
  await expect(eraseFeedback(services, actor, id)).rejects.toThrow(
    'The feedback is erased and can no longer be read, but files of the store still contain its texts; the server keeps trying to remove them',
  );
  expect(await filesHolding(`Question ${secret}`)).not.toEqual([]);
  // Those that were intended just now may still be under way.
  expect(await retryPurges(store, { othersBefore: Date.now() - 60_000 })).toBe(0);
  expect(await retryPurges(store, { othersBefore: Date.now() + 1 })).toBe(1);
  expect(await filesHolding(secret)).toEqual([]);
  expect(await retryPurges(store)).toBe(0);
});
