import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import type { Reader, Store } from '../../src/store/contract.js';
import { prefixRange } from '../../src/store/keys.js';
import { loadRevocations, type RevocationOptions, type Revocations } from '../../src/tokens/revocations.js';
import { openMemoryStore } from '../support/memory-engine.js';

const ACTOR = { sub: 'root', org: 'acme', requestId: 'request-1' };
const AT = Date.UTC(2026, 2, 1);
const ANN = { org: 'acme', sub: 'ann', tokenId: 'token-1', issuedAt: AT - 1_000 };

const opened: Revocations[] = [];
afterEach(() => Promise.all(opened.splice(0).map((each) => each.stop())));

async function open(store: Store, options: RevocationOptions = {}): Promise<Revocations> {
  const revocations = await loadRevocations(store, await loadKeyedHash(store), options);
  opened.push(revocations);
  return revocations;
}

const keysOf = (store: Store) =>
  store.read((reader) => reader.scanKeys({ ...prefixRange('revocation:'), limit: Infinity }));

it('revocations of one server reach the others of its store, and their live connections', async () => {
  const store = await openMemoryStore();
  const [one, other] = [await open(store), await open(store, { pollEvery: 1 })];
  const ended = new Promise<void>((resolve) => other.watch(ANN, resolve));
  let others = 0;
  other.watch({ ...ANN, sub: 'bob' }, () => (others += 1));
  const forgotten = other.watch(ANN, () => (others += 1));
  forgotten();
  await one.revoke(ACTOR, { sub: 'ann', before: AT }, AT);
  expect([one.isRevoked(ANN), one.isRevoked({ ...ANN, sub: 'bob' })]).toEqual([true, false]);
  await ended;
  expect([other.isRevoked(ANN), others]).toEqual([true, 0]);
});

it('a token that one server revokes is refused by the others within a second', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const store = await openMemoryStore();
  const [one, other] = [await open(store), await open(store)];
  await one.revoke(ACTOR, { tokenId: 'token-1' }, AT);
  expect(other.isRevoked(ANN)).toBe(false);
  const ended = new Promise<void>((resolve) => other.watch(ANN, resolve));
  vi.advanceTimersByTime(1_000);
  await ended;
  expect(other.isRevoked(ANN)).toBe(true);
});

it('a token that is revoked before its connection is watched ends it, too', async () => {
  const revocations = await open(await openMemoryStore());
  await revocations.revoke(ACTOR, { tokenId: 'token-1' }, AT);
  await new Promise<void>((resolve) => revocations.watch(ANN, resolve));
});

it('tokens end up to a moment, that one included, and never sooner than was said', async () => {
  const revocations = await open(await openMemoryStore());
  await revocations.revoke(ACTOR, { sub: 'ann', before: AT }, AT);
  await revocations.revoke(ACTOR, { sub: 'ann', before: AT - 5_000 }, AT);
  const isRevoked = (issuedAt?: number) =>
    revocations.isRevoked({ org: 'acme', sub: 'ann', ...(issuedAt !== undefined && { issuedAt }) });
  expect([isRevoked(AT - 1), isRevoked(AT), isRevoked(AT + 1), isRevoked()]).toEqual([true, true, false, true]);
  expect(revocations.isRevoked({ ...ANN, org: 'other' })).toBe(false);
});

it('there are so many at most, until all tokens are revoked', async () => {
  const store = await openMemoryStore();
  const revocations = await open(store, { maximum: 3 });
  for (const tokenId of ['token-1', 'a:b%', 'x'.repeat(256)]) await revocations.revoke(ACTOR, { tokenId }, AT);
  await expect(revocations.revoke(ACTOR, { tokenId: 'token-4' }, AT)).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(revocations.revoke(ACTOR, { sub: 'ann', before: AT }, AT)).rejects.toMatchObject({ code: 'CONFLICT' });
  await revocations.revoke({ ...ACTOR, org: 'other' }, { sub: 'ann', before: AT }, AT);
  expect(await keysOf(store)).toHaveLength(4);

  // What was revoked later than that moment is kept.
  await revocations.revoke(ACTOR, { before: AT - 1 }, AT + 1);
  expect(await keysOf(store)).toHaveLength(5);
  await revocations.revoke(ACTOR, { before: AT + 60_000 }, AT + 60_000);
  expect(await keysOf(store)).toHaveLength(2);
  expect(revocations.isRevoked(ANN)).toBe(true);
  await revocations.revoke(ACTOR, { tokenId: 'token-4' }, AT + 60_001);
  expect((await verifyStore(store)).disagreements).toEqual([]);
});

it('what is revoked already can be revoked again where there is no room for more', async () => {
  const revocations = await open(await openMemoryStore(), { maximum: 2 });
  await revocations.revoke(ACTOR, { tokenId: 'token-1' }, AT);
  await revocations.revoke(ACTOR, { sub: 'ann', before: AT }, AT);
  expect(await revocations.revoke(ACTOR, { tokenId: 'token-1' }, AT + 1)).toBe(AT + 1);
  // A token of the user that was issued since.
  expect(await revocations.revoke(ACTOR, { sub: 'ann', before: AT + 5 }, AT + 5)).toBe(AT + 5);
  expect(revocations.isRevoked({ org: 'acme', sub: 'ann', issuedAt: AT + 5 })).toBe(true);
  await expect(revocations.revoke(ACTOR, { sub: 'bob', before: AT }, AT)).rejects.toMatchObject({ code: 'CONFLICT' });
});

it('a token that was issued by a clock ahead of ours stays revoked when all tokens are', async () => {
  const store = await openMemoryStore();
  const revocations = await open(store);
  const ahead = { ...ANN, issuedAt: AT + 30_000 };
  await revocations.revoke(ACTOR, { tokenId: 'token-1' }, AT);
  await revocations.revoke(ACTOR, { before: AT + 1_000 }, AT + 1_000);
  expect(revocations.isRevoked(ahead)).toBe(true);
  expect((await open(store)).isRevoked(ahead)).toBe(true);
});

it('a token is revoked at once, also while what others have revoked is read', async () => {
  const memory = await openMemoryStore();
  let begin = (): void => undefined;
  let goOn = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const going = new Promise<void>((resolve) => (goOn = resolve));
  // What it reads of them was so before.
  const slow = Object.assign(Object.create(memory) as Store, {
    transact: memory.transact.bind(memory),
    read: async <T>(work: (reader: Reader) => Promise<T>): Promise<T> => {
      const found = await memory.read(work);
      if (Array.isArray(found) && found.length > 0) {
        begin();
        await going;
      }
      return found;
    },
  });
  const [one, other] = [await open(memory), await open(slow, { pollEvery: 1 })];
  await one.revoke(ACTOR, { tokenId: 'token-0' }, AT);
  await begun;
  await other.revoke(ACTOR, { tokenId: 'token-1' }, AT);
  const read = new Promise<void>((resolve) => other.watch({ ...ANN, tokenId: 'token-0' }, resolve));
  goOn();
  await read;
  expect(other.isRevoked(ANN)).toBe(true);
});

it('damaged ones are found', async () => {
  const store = await openMemoryStore();
  await (await open(store)).revoke(ACTOR, { tokenId: 'token-1' }, AT);
  await store.transact((transaction) => {
    transaction.put('revocation:acme:token:token-1', Buffer.from('?'));
    transaction.put('revocation:acme:person:ann', Buffer.alloc(0));
    transaction.put('revocations:first', Buffer.alloc(0));
    return Promise.resolve();
  });
  const { disagreements } = await verifyStore(store);
  expect(disagreements.map(({ kind }) => kind)).toEqual(['revocation', 'revocation', 'revocations']);
});
