/**
 * One group of commits: the heads of its streams are locked, what others have committed since is learned, the transactions
 * are validated, and what they write is sent with the end of the transaction in one go. Whatever becomes of the connection,
 * the group is known afterwards to be committed or to be absent, as its number is stored with it.
 */
import { randomBytes } from 'node:crypto';
import { PRIVATE_PREFIX, sortKeys } from '../../byte-order.js';
import type { Key } from '../../contract.js';
import type { CorruptRecordError } from '../../record.js';
import type { Stream } from '../../streams.js';
import { readNewestAppended } from '../../transactions/appended-numbers.js';
import { buildCommitBatch, type CommitBatch, type CommitOutcome } from '../../transactions/commit-batch.js';
import { decodeCounterOrError } from '../../transactions/counters.js';
import { type LockedHeads, type LockSettings, together } from './lock-heads.js';
import { encodeLogEntry, toLogEntry } from './log-entry.js';
import type { Session } from './session.js';
import type { Head, StreamState } from './stream-state.js';
import type { StreamPart } from './transaction.js';
import { byteaArray, bytesAt, keyArray, keyAt, toBytes } from './wire.js';

/** After how many commits to a stream its log is trimmed, whoever made them, and how many stay in it. */
const TRIM_EVERY = 1_024;
const KEPT_IN_LOG = 4_096;

export interface GroupSettings extends LockSettings {
  /** Names this process in the rows that tell what became of its groups. */
  readonly writer: string;
  /** Tells that a transaction has to run again for its stamps alone. */
  readonly onOutdated: () => void;
}

/** What is to be committed in each stream, and whether all of it or nothing. */
export interface CommitGroup {
  readonly parts: ReadonlyMap<StreamState, readonly StreamPart[]>;
  readonly isAtomic: boolean;
  /** Whether its read sets do not tell all that it has read: it holds only as long as the lock under which it was made. */
  readonly isBoundToLock?: boolean;
}

export interface PreparedGroup {
  /** How many transactions it commits. */
  readonly commits: number;
  readonly batches: ReadonlyMap<StreamState, CommitBatch>;
  readonly outcomes: ReadonlyMap<StreamPart, CommitOutcome>;
}

/** Validates a group under the lock. */
export async function prepareGroup(
  session: Session,
  heads: LockedHeads,
  group: CommitGroup,
  settings: GroupSettings,
): Promise<PreparedGroup> {
  const batches = new Map<StreamState, CommitBatch>();
  const outcomes = new Map<StreamPart, CommitOutcome>();
  for (const [state, parts] of group.parts) {
    const head = headOf(heads, state);
    const current: StreamPart[] = [];
    for (const part of parts) {
      // What was read before commits were lost, and a time that another server has passed.
      const isOutdated = part.stamps !== undefined && part.stamps.first <= state.foreignClock;
      if (isOutdated) settings.onOutdated();
      if (isOutdated || part.generation !== state.generation) outcomes.set(part, 'conflict');
      else current.push(part);
    }
    const [counters, appended] = await Promise.all([
      loadCounters(session, state, current),
      loadAppended(session, state, current),
    ]);
    const batch = await buildCommitBatch(current, state.history, counters, appended, head.seq);
    current.forEach((part, at) => outcomes.set(part, batch.outcomes[at] ?? 'conflict'));
    // One that only reads in a stream leaves its version alone.
    if (batch.accepted > 0 && batch.writes.size > 1) batches.set(state, batch);
  }
  if (group.isAtomic && [...outcomes.values()].some((outcome) => outcome !== 'accepted')) batches.clear();
  const accepted = [...batches.values()].reduce((sum, batch) => sum + batch.accepted, 0);
  return { batches, outcomes, commits: group.isAtomic ? Math.min(accepted, 1) : accepted };
}

/** Sends what a group writes and the end of its transaction. @throws whatever goes wrong; then nothing is known but by the number */
export async function sendGroup(
  session: Session,
  heads: LockedHeads,
  group: PreparedGroup,
  number: number,
  settings: GroupSettings,
): Promise<void> {
  const values = new Map<Key, Buffer>();
  const removed: Key[] = [];
  const parts: { state: StreamState; batch: CommitBatch; head: Head; tag: string; clock: number; entry: Buffer }[] = [];
  for (const [state, batch] of group.batches) {
    for (const [key, value] of batch.writes) {
      if (key.startsWith(PRIVATE_PREFIX)) continue;
      if (value === undefined) removed.push(key);
      else values.set(key, value);
    }
    const head = headOf(heads, state);
    const tag = randomBytes(9).toString('base64url');
    const clock = Math.max(head.clock, latestStamp(group, state));
    parts.push({ state, batch, head, tag, clock, entry: await encodeLogEntry(toLogEntry(batch, tag)) });
  }
  const sent: Promise<unknown>[] = [];
  for (const { state, batch, head, clock } of parts) {
    sent.push(session.run('advance', [state.stream, head.seq, batch.sequence, clock, head.epoch]));
  }
  if (values.size > 0) {
    // Every server writes in this order, so that none waits for another that waits for it.
    const keys = sortKeys([...values.keys()]);
    const buffers = keys.map((key) => values.get(key) ?? Buffer.alloc(0));
    sent.push(session.run('put', [byteaArray(keys.map(toBytes)), byteaArray(buffers)]));
  }
  if (removed.length > 0) sent.push(session.run('remove', [keyArray(sortKeys(removed))]));
  for (const { state, batch, head, entry } of parts) {
    sent.push(
      session.run('note', [state.stream, head.seq + 1, batch.sequence, entry]),
      session.run('mark', [settings.writer, state.stream, number, batch.sequence]),
    );
  }
  const committing = session.command('COMMIT');
  await together([...sent, committing]);
  if ((await committing) !== 'COMMIT') throw new RolledBackError('The database has rolled a transaction back');
  for (const { state, batch, head, tag, clock } of parts) {
    state.apply(batch, tag);
    state.noteOwnClock(clock);
    state.epoch = head.epoch;
    state.hasFoundLoss = false;
    trimNowAndThen(session, state.stream, head.seq, batch.sequence);
  }
}

function headOf(heads: LockedHeads, state: StreamState): Head {
  const head = heads.get(state);
  if (head === undefined) throw new Error('A stream is committed to without its lock');
  return head;
}

/** The latest time that a transaction of the group writes in a stream; 0 if none does. */
function latestStamp({ outcomes }: PreparedGroup, state: StreamState): number {
  let latest = 0;
  for (const [part, outcome] of outcomes) {
    if (part.state === state && outcome === 'accepted') latest = Math.max(latest, part.stamps?.last ?? 0);
  }
  return latest;
}

/** The database has answered a `COMMIT` with `ROLLBACK`. */
export class RolledBackError extends Error {
  override readonly name = 'RolledBackError';
}

function trimNowAndThen(session: Session, stream: Stream, before: number, now: number): void {
  if (Math.floor(before / TRIM_EVERY) === Math.floor(now / TRIM_EVERY)) return;
  // Those that are needed no more cost space alone; the next time takes what stays.
  session.run('trim', [stream, now - KEPT_IN_LOG]).catch(() => undefined);
}

async function loadCounters(
  session: Session,
  state: StreamState,
  parts: readonly StreamPart[],
): Promise<Map<Key, number | CorruptRecordError>> {
  const values = new Map<Key, number | CorruptRecordError>();
  const missing: Key[] = [];
  for (const { deltas } of parts) {
    for (const key of deltas.keys()) {
      if (values.has(key)) continue;
      const value = state.counters.get(key);
      values.set(key, value ?? 0);
      if (value === undefined) missing.push(key);
    }
  }
  if (missing.length === 0) return values;
  for (const row of await session.run('values', [keyArray(missing)])) {
    values.set(keyAt(row, 0), decodeCounterOrError(bytesAt(row, 1)));
  }
  return values;
}

async function loadAppended(
  session: Session,
  state: StreamState,
  parts: readonly StreamPart[],
): Promise<Map<Key, number>> {
  const highest = new Map<Key, number>();
  const missing = new Set<Key>();
  for (const { appends } of parts) {
    for (const { prefix } of appends) {
      const number = state.appended.get(prefix);
      if (number === undefined) missing.add(prefix);
      else highest.set(prefix, number);
    }
  }
  await together([...missing].map(async (prefix) => highest.set(prefix, await readAppended(session, prefix))));
  return highest;
}

function readAppended(session: Session, prefix: Key): Promise<number> {
  return readNewestAppended(prefix, async ({ gte, lt }) => {
    const [row] = await session.run('newestAppended', [toBytes(gte), toBytes(lt)]);
    return row && keyAt(row, 0);
  });
}
