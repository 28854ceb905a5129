/**
 * Tokens that are honoured no longer although they have not expired. Whether one is among them is looked up in memory; the
 * store keeps them, so that they outlast a restart, come back with a backup, and reach the other servers of the store.
 */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { recordOrganizationEvent } from '../audit/trail.js';
import { ApiError } from '../errors.js';
import { CLOCK_SKEW, type Principal } from '../principal.js';
import { type Repetition, repeat } from '../repeat.js';
import type { Entry, KeyRange, Store, Transaction } from '../store/contract.js';
import { keyPrefix, prefixRange, splitKey } from '../store/keys.js';
import { REVOCATION_MARK_KEY, revocationKey } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';

/** Which tokens of an organization end: one, or all of a user or of everybody that were issued up to a moment (epoch ms). */
export type Revocation =
  { readonly tokenId: string } | { readonly sub: string; readonly before: number } | { readonly before: number };

/** A stored revocation. Epoch ms. */
interface StoredRevocation {
  /** Of all that were issued up to then. */
  readonly before: number;
  readonly at: number;
}

/** Revocations of single tokens and users that an organization has at most; revoking all tokens makes room. */
export const MAX_REVOCATIONS = 10_000;

/** How often the store is asked whether another server has revoked a token, ms. */
const POLL_EVERY = 500;
const READ_AT_ONCE = 1_000;

type Bearer = Pick<Principal, 'org' | 'sub' | 'tokenId' | 'issuedAt'>;

export interface Revocations {
  /** Whether a token is revoked. One that does not say when it was issued counts as issued before any moment. */
  isRevoked(bearer: Bearer): boolean;
  /** Calls back once a token is revoked; answers what forgets the listener. */
  watch(bearer: Bearer, revoked: () => void): () => void;
  /**
   * Ends tokens of the actor's organization, for this server at once and for others within a second.
   * @param at now, epoch ms
   * @returns the moment up to which tokens are revoked, epoch ms
   * @throws {ApiError} CONFLICT beyond {@link MAX_REVOCATIONS}
   */
  revoke(actor: Actor, revocation: Revocation, at: number, idempotency?: Idempotency): Promise<number>;
  stop(): Promise<void>;
}

interface OfOrganization {
  before?: number;
  readonly tokens: Set<string>;
  /** By the keyed hash of the user. */
  readonly users: Map<string, number>;
}

/** Adds a revocation to those that are known. */
type Change = (all: Map<string, OfOrganization>) => void;

export interface RevocationOptions {
  /** Between two looks for revocations of other servers, ms. */
  readonly pollEvery?: number;
  /** Of single tokens and users, per organization. */
  readonly maximum?: number;
}

/** Reads the revocations that are stored, and those of other servers from then on. */
export async function loadRevocations(
  store: Store,
  keyedHash: KeyedHash,
  { pollEvery = POLL_EVERY, maximum = MAX_REVOCATIONS }: RevocationOptions = {},
): Promise<Revocations> {
  let known = new Map<string, OfOrganization>();
  let mark: string | undefined;
  /** What this server revokes while it reads what is stored: that may be without it. */
  let meanwhile: Change[] | undefined;
  const watchers = new Set<{ readonly bearer: Bearer; readonly revoked: () => void }>();

  function isRevoked({ org, sub, tokenId, issuedAt = Number.NEGATIVE_INFINITY }: Bearer): boolean {
    const own = known.get(org);
    if (own === undefined) return false;
    if (own.before !== undefined && issuedAt <= own.before) return true;
    if (tokenId !== undefined && own.tokens.has(tokenId)) return true;
    if (own.users.size === 0) return false;
    const before = own.users.get(keyedHash(org, sub));
    return before !== undefined && issuedAt <= before;
  }

  function tellWatchers(): void {
    for (const watcher of [...watchers]) {
      if (!isRevoked(watcher.bearer)) continue;
      watchers.delete(watcher);
      watcher.revoked();
    }
  }

  /** Whether the organization has one revocation more by it: not if it repeats one. */
  function isOneMore({ tokens, users }: OfOrganization, org: string, revocation: Revocation): boolean {
    if ('tokenId' in revocation) return !tokens.has(revocation.tokenId);
    return 'sub' in revocation && !users.has(keyedHash(org, revocation.sub));
  }

  async function look(): Promise<void> {
    const stored = await store.read((reader) => reader.get(REVOCATION_MARK_KEY));
    const newest = stored?.toString('latin1');
    if (newest === mark) return;
    const made: Change[] = [];
    meanwhile = made;
    try {
      const found = await readAll(store, prefixRange(keyPrefix('revocation')));
      for (const change of made) change(found);
      known = found;
    } finally {
      meanwhile = undefined;
    }
    mark = newest;
    tellWatchers();
  }

  let looking = Promise.resolve();
  /** One after the other, so that what was read earlier does not replace what was read later. */
  const lookInTurn = (): Promise<void> => (looking = looking.then(look, look));

  function apply(change: Change): void {
    change(known);
    meanwhile?.push(change);
    tellWatchers();
  }

  await lookInTurn();
  // A store that cannot be read now is asked again.
  const polling: Repetition = repeat(lookInTurn, { every: pollEvery, onFailure: () => undefined });

  return {
    isRevoked,
    watch: (bearer, revoked) => {
      const watcher = { bearer, revoked };
      watchers.add(watcher);
      // Between the sign-in and now.
      if (isRevoked(bearer)) queueMicrotask(tellWatchers);
      return () => void watchers.delete(watcher);
    },
    revoke: async (actor, revocation, at, idempotency) => {
      const { org } = actor;
      const own = known.get(org);
      if (own !== undefined && own.tokens.size + own.users.size >= maximum && isOneMore(own, org, revocation)) {
        throw new ApiError(
          'CONFLICT',
          `An organization can have at most ${maximum} revocations; revoke all of its tokens to make room`,
        );
      }
      const { before } = await store.transact((transaction) =>
        runIdempotent(transaction, idempotency, () => putRevocation(transaction, keyedHash, actor, revocation, at)),
      );
      apply((all) => {
        const changed = ofOrganization(all, org);
        if ('tokenId' in revocation) changed.tokens.add(revocation.tokenId);
        else if ('sub' in revocation) {
          const user = keyedHash(org, revocation.sub);
          changed.users.set(user, Math.max(changed.users.get(user) ?? before, before));
        } else changed.before = Math.max(changed.before ?? before, before);
      });
      // It stands for many others, which are gone.
      if (!('tokenId' in revocation) && !('sub' in revocation)) await lookInTurn();
      return before;
    },
    stop: () => polling.stop(),
  };
}

async function putRevocation(
  transaction: Transaction,
  keyedHash: KeyedHash,
  actor: Actor,
  revocation: Revocation,
  at: number,
): Promise<{ readonly before: number }> {
  const { org } = actor;
  const user = 'sub' in revocation ? keyedHash(org, revocation.sub) : undefined;
  const key =
    'tokenId' in revocation
      ? revocationKey(org, 'token', revocation.tokenId)
      : user === undefined
        ? revocationKey(org, 'all', '')
        : revocationKey(org, 'user', user);
  const before = 'tokenId' in revocation ? at : revocation.before;
  const stored = await transaction.get(key);
  const earlier = stored === undefined ? undefined : (decodeRecord(stored) as StoredRevocation);
  // What was revoked stays so.
  if (earlier === undefined || earlier.before < before) {
    transaction.put(key, encodeRecord({ before, at } satisfies StoredRevocation));
  }
  if (!('tokenId' in revocation) && user === undefined) await dropContained(transaction, org, before);
  // Another one each time: other servers then read anew.
  transaction.put(REVOCATION_MARK_KEY, Buffer.from(randomUUID(), 'latin1'));
  const moment = new Date(before).toISOString();
  const reason =
    'tokenId' in revocation
      ? `the token ${revocation.tokenId}`
      : // The name itself would stay when its person is erased.
        `${user === undefined ? 'all tokens' : `the tokens of the user with the hash ${user}`} issued until ${moment}`;
  await recordOrganizationEvent(transaction, actor, { at, action: 'token.revoke', reason });
  return { before };
}

/**
 * Removes the revocations whose tokens all were issued up to a moment, where all of these are revoked. A token that was
 * revoked by its id may say that it was issued a little later than that, by the clock of its issuer.
 */
async function dropContained(transaction: Transaction, org: string, before: number): Promise<void> {
  for (const kind of ['token', 'user'] as const) {
    const range = prefixRange(keyPrefix('revocation', org, kind));
    const entries = await transaction.scan({ ...range, limit: Infinity });
    for (const { key, value } of entries) {
      const newest = (decodeRecord(value) as StoredRevocation).before + (kind === 'token' ? CLOCK_SKEW * 1000 : 0);
      if (newest <= before) transaction.delete(key);
    }
  }
}

async function readAll(store: Store, { gte, lt }: KeyRange): Promise<Map<string, OfOrganization>> {
  const found = new Map<string, OfOrganization>();
  for (let from = gte; ;) {
    const entries = await store.read((reader) => reader.scan({ gte: from, lt, limit: READ_AT_ONCE }));
    for (const entry of entries) add(found, entry);
    const last = entries.at(-1);
    if (last === undefined || entries.length < READ_AT_ONCE) return found;
    from = `${last.key}\0`;
  }
}

function add(found: Map<string, OfOrganization>, { key, value }: Entry): void {
  const [, org = '', kind, name = ''] = splitKey(key);
  const { before } = decodeRecord(value) as StoredRevocation;
  const own = ofOrganization(found, org);
  if (kind === 'all') own.before = before;
  else if (kind === 'token') own.tokens.add(name);
  else own.users.set(name, before);
}

function ofOrganization(all: Map<string, OfOrganization>, org: string): OfOrganization {
  const own: OfOrganization = all.get(org) ?? { tokens: new Set(), users: new Map() };
  all.set(org, own);
  return own;
}
