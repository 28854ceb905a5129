import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { firstBits } from '../short-digest.js';
import type { Key, Reader, Store } from '../store/contract.js';
import { joinKey, prefixRange, splitKey } from '../store/keys.js';
import { findOrganizations } from '../store/organizations.js';
import { decodeRecord, encodeRecord } from '../store/record.js';

/**
 * Stands for a user in keys without naming the user.
 * @param isOfMany whether there are as many such texts as entries: one is asked for once, and would take the place of users
 */
export type KeyedHash = (org: string, userId: string, isOfMany?: boolean) => string;

/** What the secret of each organization is derived from. In no backup of an organization. */
export const MASTER_SECRET_KEY: Key = 'secret:master';

/** Of stores before 0.2.0: one secret for all organizations. Given to those that have used it, and removed. */
export const SHARED_SECRET_KEY: Key = 'secret:user_hash';

const OWN = 'user_hash';
const TOKENS = 'tokens';
const WEBHOOK = 'webhook';

/** The secret of an organization whose keys do not follow from the master secret, or that was backed up. */
export function ownSecretKey(org: string): Key {
  return joinKey('secret', org, OWN);
}

/** The organization that a key holds the secret of, if it does. */
export function ownerOfSecret(key: Key): string | undefined {
  const [kind, org, name, ...more] = splitKey(key);
  return kind === 'secret' && name === OWN && more.length === 0 ? org : undefined;
}

/** The secrets of a store, base64url. */
export interface HashSecrets {
  readonly master?: string;
  readonly shared?: string;
  /** By organization. */
  readonly own: ReadonlyMap<string, string>;
}

/** How many users' hashes are kept in memory: an entry's change asks for its user's each time. */
const REMEMBERED = 10_000;
/** The longest of what is kept, in characters: whole texts and requests are hashed as well. */
const MAX_REMEMBERED_LENGTH = 256;
/** How many organizations' secrets are. */
const REMEMBERED_SECRETS = 1_000;

const SECRETS = prefixRange('secret:');

/** @throws {CorruptRecordError} */
export async function readHashSecrets(reader: Reader): Promise<HashSecrets> {
  const found = await reader.scan({ ...SECRETS, limit: Infinity });
  const secretAt = (wanted: Key): string | undefined => {
    const entry = found.find(({ key }) => key === wanted);
    return entry && (decodeRecord(entry.value) as string);
  };
  const own = found.flatMap(({ key, value }) => {
    const org = ownerOfSecret(key);
    return org === undefined ? [] : [[org, decodeRecord(value) as string] as const];
  });
  const master = secretAt(MASTER_SECRET_KEY);
  const shared = secretAt(SHARED_SECRET_KEY);
  return { own: new Map(own), ...(master !== undefined && { master }), ...(shared !== undefined && { shared }) };
}

/**
 * The keyed hash (HMAC-SHA-256, first 128 bits) that stands for a user in keys, so that erasing a user leaves no name in
 * a key. Each organization has a secret of its own, which its backup carries and which tells nothing of the others'.
 */
export async function loadKeyedHash(store: Store): Promise<KeyedHash> {
  await prepareSecrets(store);
  return createKeyedHash(await store.read(readHashSecrets));
}

/** Makes the master secret, and gives each organization that has used a shared secret a copy as its own. */
async function prepareSecrets(store: Store): Promise<void> {
  const isShared = (await store.read((reader) => reader.get(SHARED_SECRET_KEY))) !== undefined;
  // One that has no feedback may still have answers to repeated requests for a day.
  const users = isShared ? await Promise.all([findOrganizations(store), findOrganizations(store, 'idempotency')]) : [];
  await store.transact(async (transaction) => {
    const [master, shared] = await transaction.getMany([MASTER_SECRET_KEY, SHARED_SECRET_KEY]);
    if (master === undefined) transaction.put(MASTER_SECRET_KEY, encodeRecord(randomBytes(32).toString('base64url')));
    if (shared === undefined) return;
    for (const org of new Set(users.flat())) transaction.put(ownSecretKey(org), shared);
    transaction.delete(SHARED_SECRET_KEY);
  });
}

/** @throws Error if there is no secret at all */
export function createKeyedHash(secrets: HashSecrets): KeyedHash {
  const keys = new LRUCache<string, KeyObject>({ max: REMEMBERED_SECRETS });
  const known = new LRUCache<string, string>({ max: REMEMBERED });
  const keyOf = (org: string): KeyObject => {
    const before = keys.get(org);
    if (before !== undefined) return before;
    const made = createSecretKey(Buffer.from(secretFor(secrets, org), 'base64url'));
    keys.set(org, made);
    return made;
  };
  return (org, userId, isOfMany = false) => {
    const name = JSON.stringify([org, userId]);
    const before = isOfMany ? undefined : known.get(name);
    if (before !== undefined) return before;
    const made = firstBits(createHmac('sha256', keyOf(org)).update(name).digest('base64url'));
    if (!isOfMany && name.length <= MAX_REMEMBERED_LENGTH) known.set(name, made);
    return made;
  };
}

/**
 * The secret that signs the tokens which the server issues where it has no other: the same for all servers of the store, and
 * in no backup of an organization.
 */
export async function loadTokenSecret(store: Pick<Store, 'read'>): Promise<string> {
  const { master } = await store.read(readHashSecrets);
  if (master === undefined) throw new Error('The store has no secret to sign tokens with');
  return deriveSecret(master, [TOKENS]);
}

/** Makes the secret that signs what a webhook is sent. `nonce` is another one after each rotation, and tells nothing. */
export type WebhookSecret = (org: string, webhook: string, nonce: string) => Buffer;

/**
 * The secrets of webhooks, 32 bytes each. None is stored: they follow from the master secret, which is in no backup of an
 * organization, and are the same on all servers of the store.
 */
export async function loadWebhookSecret(store: Pick<Store, 'read'>): Promise<WebhookSecret> {
  const { master } = await store.read(readHashSecrets);
  if (master === undefined) throw new Error('The store has no secret to sign webhooks with');
  return (org, webhook, nonce) => Buffer.from(deriveSecret(master, [WEBHOOK, org, webhook, nonce]), 'base64url');
}

/** Writes the secret of an organization where its backup finds it. It stays what it is. */
export async function storeOwnSecret(store: Store, org: string): Promise<void> {
  const secrets = await store.read(readHashSecrets);
  if (secrets.own.has(org)) return;
  const secret = secretFor(secrets, org);
  await store.transact((transaction) => {
    transaction.put(ownSecretKey(org), encodeRecord(secret));
    return Promise.resolve();
  });
}

function secretFor({ own, shared, master }: HashSecrets, org: string): string {
  const given = own.get(org) ?? shared;
  if (given !== undefined) return given;
  if (master === undefined) throw new Error('The store has no secret for the hashes of users');
  return deriveSecret(master, [OWN, org]);
}

function deriveSecret(master: string, purpose: readonly string[]): string {
  const derived = hkdfSync('sha256', Buffer.from(master, 'base64url'), '', JSON.stringify(purpose), 32);
  return Buffer.from(derived).toString('base64url');
}
