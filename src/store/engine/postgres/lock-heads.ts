/** The locks of streams, and what is learned with them. */
import { SHARED_STREAM, type Stream } from '../../streams.js';
import { decodeLogEntry } from './log-entry.js';
import { isLockTimeout, type Session } from './session.js';
import type { Head, LoggedGroup, StreamState } from './stream-state.js';
import { bytesAt, numberAt, type Row, textAt } from './wire.js';

/** Asks for nothing: the log of a stream of which nothing is known is not read. */
const NEVER = 2 ** 53 - 1;

export interface LockSettings {
  /** How a transaction of the database begins. */
  readonly begin: string;
  /** Tells that the database has lost commits that it had acknowledged. */
  readonly onLoss: (loss: { readonly stream: Stream; readonly known: number; readonly found: number }) => void;
}

export type LockedHeads = ReadonlyMap<StreamState, Head>;

/** The lock of a stream was not to be had in time: nothing of the transaction took place. */
export class HeadHeldError extends Error {
  override readonly name = 'HeadHeldError';
}

/** Waits for all, so that none fails unseen, and fails as the first of them in their order. */
export async function together<T>(asked: readonly Promise<T>[]): Promise<T[]> {
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
  settings: LockSettings,
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
async function addHeads(session: Session, streams: readonly Stream[], settings: LockSettings): Promise<void> {
  await together<unknown>([
    session.command(settings.begin),
    lockRows(session, [SHARED_STREAM]),
    ...streams.map((stream) => session.run('addHead', [stream])),
    session.command('COMMIT'),
  ]);
}

/** Brings what is known of a stream up to its head. */
function catchUp(state: StreamState, head: Head, groups: readonly LoggedGroup[], settings: LockSettings): Head {
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
