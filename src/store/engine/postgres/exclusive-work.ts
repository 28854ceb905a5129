/** A transaction that runs under the lock of its streams, as it would be in vain too often otherwise. */
import type { Transaction } from '../../contract.js';
import { SHARED_STREAM, type Stream } from '../../streams.js';
import type { CommitGroup } from './commit-group.js';
import type { GroupRunner } from './group-runner.js';
import type { Session } from './session.js';
import { settleAll, type StreamQueue } from './stream-queue.js';
import type { StreamState } from './stream-state.js';
import type { PostgresTransaction, StreamPart } from './transaction.js';
import { textAt } from './wire.js';

/**
 * After how many ms of silence the database ends who holds a lock. With what it takes to notice and to go on, others wait for
 * at most 2.5 s where a process stands still.
 */
export const MAX_SILENT_LOCK = 1_500;

/** How often who holds a lock while it works tells that it still does, ms: also one that is late twice keeps it. */
export const PING = MAX_SILENT_LOCK / 3;

export interface ExclusiveSettings {
  readonly runner: GroupRunner;
  readonly queueOf: (stream: Stream) => StreamQueue;
  /** How long a work may keep the lock. */
  readonly leaseMilliseconds: number;
}

/** In the order in which everybody locks them, each once. */
export function inOrder(states: readonly StreamState[]): StreamState[] {
  return [...new Set(states)].sort((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0));
}

/** Runs `work` when nobody else of this process commits to these streams. @param states in order */
export function inTurnOfAll<T>(states: readonly StreamState[], work: () => Promise<T>): Promise<T> {
  const [state, ...more] = states;
  return state === undefined ? work() : state.inTurn(() => inTurnOfAll(more, work));
}

export function atomicGroup(parts: readonly StreamPart[], isBoundToLock = false): CommitGroup {
  return { parts: new Map(parts.map((part) => [part.state, [part]])), isAtomic: true, isBoundToLock };
}

/**
 * All streams there are. Nobody makes another one while the shared one, which is among them, is locked: what a session reads
 * that holds that lock stays true.
 */
async function allStreams(session: Session): Promise<Stream[]> {
  const heads = await session.run('heads');
  return [SHARED_STREAM, ...heads.map((row) => textAt(row, 0))];
}

/** Whether nobody has committed anything to what a transaction has read since its streams were locked. */
async function hasKeptLocks(
  session: Session,
  { hasReadAcross }: PostgresTransaction,
  locked: ReadonlySet<Stream>,
): Promise<boolean> {
  try {
    if (hasReadAcross) return (await allStreams(session)).every((stream) => locked.has(stream));
    await session.command('SELECT 1');
    return true;
  } catch {
    // Locks end with their connection.
    return false;
  }
}

/**
 * Runs a work under the lock of its streams, so that nobody commits to them meanwhile, and commits it.
 * @param states in order
 * @returns undefined if it has to run again; what it still works at if it has kept the lock for too long, with nothing
 *   committed
 */
export async function runExclusive<T>(
  { runner, queueOf, leaseMilliseconds }: ExclusiveSettings,
  transaction: PostgresTransaction,
  states: readonly StreamState[],
  work: (transaction: Transaction) => Promise<T>,
): Promise<{ readonly answer: T } | { readonly late: Promise<T> } | undefined> {
  return inTurnOfAll(states, async () => {
    let late: Promise<T> | undefined;
    let ended: { readonly answer: T } | { readonly error: unknown } | undefined;
    let parts: readonly StreamPart[] = [];
    let group: CommitGroup | undefined;
    let before: ReturnType<StreamQueue['takeBefore']> = [];
    const locked = new Set(states.map(({ stream }) => stream));
    // Those that wait come before it if their work has ended before, and only then.
    const takePlace = (hasAnswered: boolean): void => {
      transaction.end();
      parts = transaction.parts();
      const [part] = parts;
      if (!hasAnswered || part === undefined || transaction.writes === 0 || !isWithin(parts, locked)) return;
      // Nobody knows whether those that wait would change what it has read across streams: they come behind it.
      if (parts.length > 1 || transaction.hasReadAcross) group = atomicGroup(parts, transaction.hasReadAcross);
      else {
        before = queueOf(part.state.stream).takeBefore(part);
        group = { parts: new Map([[part.state, [...before.map((queued) => queued.part), part]]]), isAtomic: false };
      }
    };
    const decide = async (session: Session): Promise<CommitGroup | undefined> => {
      const pinging = setInterval(() => {
        session.command('SELECT 1').catch(() => undefined);
      }, PING);
      try {
        const working = work(transaction);
        ended = await withinTime(working, leaseMilliseconds, takePlace);
        if (ended === undefined) late = working;
      } finally {
        clearInterval(pinging);
      }
      if (ended === undefined) return undefined;
      // It has touched others than before: it needs those as well.
      if (!isWithin(parts, locked)) ended = undefined;
      // Read sets tell whether what it writes may be committed, and nothing of all that it has read or thrown otherwise.
      else if (transaction.hasReadAcross || 'error' in ended || transaction.writes === 0) {
        if (!(await hasKeptLocks(session, transaction, locked))) ended = undefined;
      }
      return ended === undefined ? undefined : group;
    };
    let outcomes;
    try {
      outcomes = await runner.run(states, decide);
    } catch (error) {
      for (const { fail } of before) fail(error);
      throw error;
    }
    settleAll(before, outcomes);
    // Others commit in the meantime, as before it had the lock.
    if (late !== undefined) return { late };
    if (ended === undefined) return undefined;
    if ('error' in ended) throw ended.error;
    const failed = parts.map((part) => outcomes.get(part) ?? 'accepted').find((outcome) => outcome !== 'accepted');
    if (failed instanceof Error) throw failed;
    return failed === undefined ? { answer: ended.answer } : undefined;
  });
}

function isWithin(parts: readonly StreamPart[], streams: ReadonlySet<Stream>): boolean {
  return parts.every(({ state }) => streams.has(state.stream));
}

/**
 * What a work answers or throws; undefined if it takes too long.
 * @param onEnd called in the turn in which it ends, if that is in time
 */
async function withinTime<T>(
  work: Promise<T>,
  milliseconds: number,
  onEnd: (hasAnswered: boolean) => void,
): Promise<{ readonly answer: T } | { readonly error: unknown } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let isTooLate = false;
  const tooLong = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      isTooLate = true;
      resolve(undefined);
    }, milliseconds);
  });
  const ended = work.then(
    (answer) => {
      if (!isTooLate) onEnd(true);
      return { answer };
    },
    (error: unknown) => {
      if (!isTooLate) onEnd(false);
      return { error };
    },
  );
  const first = await Promise.race([ended, tooLong]);
  clearTimeout(timer);
  return first;
}
