import { afterEach, expect, it } from 'vitest';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { loadRevocations, type RevocationOptions, type Revocations } from '../../src/audit/revocations.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import type { Store } from '../../src/store/contract.js';
import { prefixRange } from '../../src/store/keys.js';
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
  await revocations.revoke(ACTOR, { before: AT + 1 }, AT + 1);
  expect(await keysOf(store)).toHaveLength(2);
  expect(revocations.isRevoked(ANN)).toBe(true);
  await revocations.revoke(ACTOR, { tokenId: 'token-4' }, AT + 2);
  expect((await verifyStore(store)).disagreements).toEqual([]);
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
