import { storeOwnSecret } from '../audit/keyed-hash.js';
import { INDEXES } from '../feedback/index/table.js';
import type { Entry, Key, Store } from '../store/contract.js';
import { keyPrefix, lastComponent, prefixRange, splitKey } from '../store/keys.js';
import { decodeCounter } from '../store/transactions/counters.js';
import { type BackupHeader, encodeBackup } from './backup-format.js';
import { ownedBy } from './organization-keys.js';
import { NO_PROGRESS, type ProgressListener } from './progress.js';

export const EVERYTHING = { gte: '', lt: '\u{10ffff}' };
const CHANGES = 'change:';
const SEQUENCE_DIGITS = 16;

export interface BackupRequest {
  /** The only organization whose data is wanted; the whole store without it. */
  readonly organization?: string;
  /** Epoch ms. */
  readonly at: number;
  readonly progress?: ProgressListener;
}

/**
 * The bytes of a backup: everything as of one moment, while the store goes on. Memory is bounded by a few blocks; nothing
 * is read that is not taken.
 * @throws {UnavailableError} in the middle, too, if the store closes, recovers, or purges what was erased
 */
export async function* createBackup(store: Store, request: BackupRequest): AsyncGenerator<Buffer, void> {
  const { organization, at, progress = NO_PROGRESS } = request;
  if (organization !== undefined) await storeOwnSecret(store, organization);
  const header: BackupHeader = {
    createdAt: at,
    ...(organization !== undefined && { organization }),
    estimatedEntries: await estimateEntries(store, organization),
  };
  progress.phase('Backing up', header.estimatedEntries);
  const isWanted = organization === undefined ? () => true : ownedBy(organization);
  let entries = 0;
  let newestChange = 0;

  async function* wanted(): AsyncGenerator<readonly Entry[], void> {
    for await (const piece of store.snapshot(EVERYTHING)) {
      const kept = piece.filter(({ key }) => isWanted(key));
      for (const { key } of kept) {
        if (key.startsWith(CHANGES)) newestChange = Math.max(newestChange, changeSequence(key));
      }
      entries += kept.length;
      progress.advance(kept.length);
      yield kept;
    }
  }

  // A commit that was under way at the moment of the snapshot may be in it, and not be counted by the store yet. How many
  // commits the store has had tells one organization of the others.
  yield* encodeBackup(header, wanted(), () => ({
    entries,
    sequence: Math.max(organization === undefined ? store.sequence : 0, newestChange),
  }));
}

function changeSequence(key: Key): number {
  return Number(lastComponent(key).slice(0, SEQUENCE_DIGITS)) || 0;
}

/**
 * About how many entries there are, for progress: every entry of an index is counted by a counter, and every change has
 * an audit event with its pointer, and its place in the change feed.
 */
export async function estimateEntries(store: Store, organization: string | undefined): Promise<number> {
  const range = prefixRange(organization === undefined ? 'count:' : keyPrefix('count', organization));
  let counters = 0;
  let indexed = 0;
  let feedback = 0;
  let links = 0;
  let adapters = 0;
  for await (const piece of store.snapshot(range)) {
    counters += piece.length;
    for (const { key, value } of piece) {
      const count = decodeCount(value);
      const [, , name = ''] = splitKey(key);
      if (name === 'adapters') adapters += count;
      else indexed += count;
      if (name === INDEXES.all.code) feedback += count;
      if (name.startsWith(`${INDEXES.adapter.code}=`)) links += count;
    }
  }
  const nodes = feedback + adapters;
  const changes = organization === undefined ? Math.max(nodes, store.sequence) : nodes;
  const versions = changes - nodes;
  return counters + indexed + links + nodes + versions + 3 * changes;
}

/** What a damaged counter says does not matter here; `verify` finds it. */
function decodeCount(value: Buffer): number {
  try {
    return Math.max(decodeCounter(value), 0);
  } catch {
    return 0;
  }
}
