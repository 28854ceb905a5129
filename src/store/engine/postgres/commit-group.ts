/**
 * One group of commits: the heads of its streams are locked, what others have committed since is learned, the transactions
 * are validated, and what they write is sent with the end of the transaction in one go. Whatever becomes of the connection,
 * the group is known afterwards to be committed or to be absent, as its number is stored with it.
 */
import { randomBytes } from 'node:crypto';
import { PRIVATE_PREFIX, sortKeys } from '../../byte-order.js';
import type { Key } from '../../contract.js';
import type { CorruptRecordError } from '../../record.js';
import { SHARED_STREAM, type Stream } from '../../streams.js';
import { readNewestAppended } from '../../transactions/appended-numbers.js';
import { buildCommitBatch, type CommitBatch, type CommitOutcome } from '../../transactions/commit-batch.js';
import { decodeCounterOrError } from '../../transactions/counters.js';
import { decodeLogEntry, encodeLogEntry, toLogEntry } from './log-entry.js';
import { isLockTimeout, type Session } from './session.js';
import type { Head, LoggedGroup, StreamState } from './stream-state.js';
import type { StreamPart } from './transaction.js';
import { byteaArray, bytesAt, keyArray, keyAt, numberAt, type Row, textAt, toBytes } from './wire.js';

/** Asks for nothing: the log of a stream of which nothing is known is not read. */
const NEVER = 2 ** 53 - 1;

/** After how many commits to a stream its log is trimmed, whoever made them, and how many stay in it. */
const TRIM_EVERY = 1_024;
const KEPT_IN_LOG = 4_096;

export interface GroupSettings {
  /** Names this process in the rows that tell what became of its groups. */
  readonly writer: string;
  /** How a transaction of the database begins. */
  readonly begin: string;
  /** Tells that a transaction has to run again for its stamps alone. */
  readonly onOutdated: () => void;
  /** Tells that the database has lost commits that it had acknowledged. */
  readonly onLoss: (loss: { readonly stream: Stream; readonly known: number; readonly found: number }) => void;
}

export type LockedHeads = ReadonlyMap<StreamState, Head>;

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

/** The lock of a stream was not to be had in time: nothing of the transaction took place. */
export class HeadHeldError extends Error {
  override readonly name = 'HeadHeldError';
}

/** Waits for all, so that none fails unseen, and fails as the first of them in their order. */
async function together<T>(asked: readonly Promise<T>[]): Promise<T[]> {
  const answers = await Promise.allSettled(asked);
  return answers.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  });
}

/**
 * Begins a transaction and locks the heads of the streams, which are made where they are missing; then takes in what was
 * committed meanwhile. Until the transaction ends, nobody else commits to these streams.
 * @throws HeadHeldError
 */
export async function lockHeads(
  session: Session,
  states: readonly StreamState[],
  settings: GroupSettings,
): Promise<LockedHeads> {
  const streams = states.map(({ stream }) => stream);
  for (;;) {
    const from = states.map((state) => (state.isKnown ? state.seq + (state.isInDoubt ? 0 : 1) : NEVER));
    // All are sent at once; as a statement of its own behind the lock, the log is read as it is then.
    const begun = session.command(settings.begin);
    const [rows = [], log = []] = await together([
      begun.then(() => []),
      lockRows(session, streams),
      session.run('log', [streams, from]),
    ]).then(([, ...answers]) => answers);
    const heads = new Map<Stream, Head>(
      rows.map((row) => [textAt(row, 0), { seq: numberAt(row, 1), clock: numberAt(row, 2), epoch: numberAt(row, 3) }]),
    );
    const missing = streams.filter((stream) => !heads.has(stream));
    if (missing.length > 0) {
      await session.command('ROLLBACK');
      await addHeads(session, missing, settings);
      continue;
    }
    const groups = new Map<Stream, LoggedGroup[]>();
    for (const row of log) {
      const stream = textAt(row, 0);
      const group = { seq: numberAt(row, 1), first: numberAt(row, 2), entry: await decodeLogEntry(bytesAt(row, 3)) };
      const before = groups.get(stream);
      if (before === undefined) groups.set(stream, [group]);
      else before.push(group);
    }
    const locked = new Map<StreamState, Head>();
    for (const state of states) {
      const head = heads.get(state.stream);
      if (head === undefined) throw new Error('A head is missing');
      locked.set(state, catchUp(state, head, groups.get(state.stream) ?? [], settings));
    }
    return locked;
  }
}

async function lockRows(session: Session, streams: readonly Stream[]): Promise<readonly Row[]> {
  try {
    return await session.run('lock', [streams]);
  } catch (cause) {
    throw isLockTimeout(cause) ? new HeadHeldError('Somebody else has the lock of a stream', { cause }) : cause;
  }
}

/** Streams are made under the lock of the shared one, so that who holds that knows of all. */
async function addHeads(session: Session, streams: readonly Stream[], settings: GroupSettings): Promise<void> {
  await together<unknown>([
    session.command(settings.begin),
    lockRows(session, [SHARED_STREAM]),
    ...streams.map((stream) => session.run('addHead', [stream])),
    session.command('COMMIT'),
  ]);
}

/** Brings what is known of a stream up to its head. */
function catchUp(state: StreamState, head: Head, groups: readonly LoggedGroup[], settings: GroupSettings): Head {
  const known = state.seq;
  if (state.contradicts(head, groups)) {
    settings.onLoss({ stream: state.stream, known, found: head.seq });
    state.hasFoundLoss = true;
    state.startAnew(head.seq);
  } else if (state.isKnown && state.epoch !== head.epoch) {
    state.startAnew(head.seq);
  } else {
    state.learn(groups);
    if (!state.isKnown || state.seq !== head.seq) state.startAt(head.seq);
  }
  state.seeClock(head.clock);
  state.epoch = head.epoch;
  state.isInDoubt = false;
  // Written with the next commit: so every other server learns that what it has read may be lost.
  return state.hasFoundLoss ? { ...head, epoch: head.epoch + 1 } : head;
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
    const head = heads.get(state);
    if (head === undefined) throw new Error('A stream is committed to without its lock');
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
  const { batches } = group;
  const values = new Map<Key, Buffer>();
  const removed: Key[] = [];
  const sent: Promise<unknown>[] = [];
  const tags = new Map<StreamState, string>();
  const entries = new Map<StreamState, Buffer>();
  const clocks = new Map<StreamState, number>();
  for (const [state, batch] of batches) {
    for (const [key, value] of batch.writes) {
      if (key.startsWith(PRIVATE_PREFIX)) continue;
      if (value === undefined) removed.push(key);
      else values.set(key, value);
    }
    const tag = randomBytes(9).toString('base64url');
    tags.set(state, tag);
    entries.set(state, await encodeLogEntry(toLogEntry(batch, tag)));
  }
  // Every server writes in this order, so that none waits for another that waits for it.
  const keys = sortKeys([...values.keys()]);
  for (const [state, batch] of batches) {
    const head = heads.get(state) ?? { seq: 0, clock: 0, epoch: 0 };
    const clock = Math.max(head.clock, latestStamp(group, state));
    clocks.set(state, clock);
    sent.push(session.run('advance', [state.stream, head.seq, batch.sequence, clock, head.epoch]));
  }
  if (keys.length > 0) {
    const buffers = keys.map((key) => values.get(key) ?? Buffer.alloc(0));
    sent.push(session.run('put', [byteaArray(keys.map(toBytes)), byteaArray(buffers)]));
  }
  if (removed.length > 0) sent.push(session.run('remove', [keyArray(sortKeys(removed))]));
  for (const [state, batch] of batches) {
    const head = heads.get(state)?.seq ?? 0;
    sent.push(
      session.run('note', [state.stream, head + 1, batch.sequence, entries.get(state)]),
      session.run('mark', [settings.writer, state.stream, number, batch.sequence]),
    );
  }
  const committing = session.command('COMMIT');
  await together([...sent, committing]);
  if ((await committing) !== 'COMMIT') throw new RolledBackError('The database has rolled a transaction back');
  for (const [state, batch] of batches) {
    const { clock = 0, epoch = 0 } = heads.get(state) ?? {};
    state.apply(batch, tags.get(state) ?? '');
    state.noteOwnClock(clocks.get(state) ?? clock);
    state.epoch = epoch;
    state.hasFoundLoss = false;
    trimNowAndThen(session, state.stream, heads.get(state)?.seq ?? 0, batch.sequence);
  }
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
