import { setTimeout as delay } from 'node:timers/promises';
import { cannotRead } from '../../errors.js';
import { sqlState, type OpenSession, type Session, type SessionPurpose } from './session.js';
import type { StatementName } from './statements.js';
import type { Row } from './wire.js';

export interface Sessions {
  /** Reads through a session that many share. Tries others while the database is away for a moment. @throws UnavailableError */
  read(name: StatementName, values: readonly unknown[]): Promise<readonly Row[]>;
  /**
   * A session for one alone, until it is released; one that is lost then is not used again.
   * @param isUrgent whether it comes before those who wait
   */
  lease(purpose: 'commit' | 'snapshot', isUrgent?: boolean): Promise<Session>;
  release(purpose: 'commit' | 'snapshot', session: Session): void;
  /** One beside those that are leased; whoever asks for it closes it. */
  openAnother(purpose: SessionPurpose): Promise<Session>;
  /** How many sessions are open, and how many wait for one. */
  readonly open: number;
  readonly waiting: number;
  close(): Promise<void>;
}

export interface SessionCounts {
  readonly read: number;
  readonly commit: number;
  readonly snapshot: number;
}

/** How long a read tries to reach the database before it is refused, ms. */
const READ_PATIENCE = 2_500;

/** How long to wait before a first try to reach the database again, and before each after many, ms. */
const FIRST_PAUSE = 5;
const MAX_PAUSE = 50;

/** Waits hardly at all where one connection was lost, and longer where the database stays away. @param retry 0 for the first */
export function pauseBefore(retry: number): Promise<void> {
  return delay(Math.min(MAX_PAUSE, FIRST_PAUSE * 2 ** retry));
}

/** How long those sessions that there are have to do where no other could be opened, ms. */
const OPENING_PAUSE = 1_000;

interface Pool {
  readonly idle: Session[];
  taken: number;
  readonly waiting: { readonly take: (session: Session) => void; readonly fail: (error: unknown) => void }[];
}

/**
 * Opens sessions as they are needed, at most so many for each purpose, and does with fewer where the database gives no more.
 * @param onLost told when a session is lost or cannot be opened: the next one may reach another database server
 */
export function createSessions(open: OpenSession, counts: SessionCounts, onLost: () => void): Sessions {
  const readers: (Promise<Session> | undefined)[] = Array.from({ length: counts.read });
  const opened: (Session | undefined)[] = Array.from({ length: counts.read });
  const pools: Record<'commit' | 'snapshot', Pool> = {
    commit: { idle: [], taken: 0, waiting: [] },
    snapshot: { idle: [], taken: 0, waiting: [] },
  };
  const all = new Set<Session>();
  let isClosed = false;
  let openReadersAfter = 0;

  async function openOne(purpose: SessionPurpose): Promise<Session> {
    const session = await open(purpose).catch((error: unknown) => {
      onLost();
      throw error;
    });
    session.onLost(onLost);
    all.add(session);
    if (isClosed) await session.close();
    return session;
  }

  function forgetClosed(): void {
    for (const session of all) if (session.isLost) all.delete(session);
  }

  /** The reader with the least to do; another one is opened before two wait for the same. */
  function reader(): Promise<Session> {
    let best = 0;
    let least = Infinity;
    const mayOpen = performance.now() >= openReadersAfter || !opened.some((session) => session?.isLost === false);
    for (const [at, session] of opened.entries()) {
      const isOpen = session !== undefined && !session.isLost;
      if (!isOpen && !mayOpen) continue;
      const load = isOpen ? session.pending : readers[at] === undefined ? 0.5 : 1;
      if (load < least) [best, least] = [at, load];
    }
    const session = opened[best];
    if (session?.isLost === true) {
      all.delete(session);
      opened[best] = undefined;
      readers[best] = undefined;
    }
    const opening =
      readers[best] ??
      openOne('read').then(
        (made) => (opened[best] = made),
        (error: unknown) => {
          readers[best] = undefined;
          openReadersAfter = performance.now() + OPENING_PAUSE;
          throw error;
        },
      );
    readers[best] = opening;
    return opening;
  }

  function handOn(purpose: 'commit' | 'snapshot'): void {
    const pool = pools[purpose];
    const waiter = pool.waiting.shift();
    if (waiter === undefined) {
      pool.taken -= 1;
      return;
    }
    openOne(purpose).then(waiter.take, (error: unknown) => {
      waiter.fail(error);
      handOn(purpose);
    });
  }

  return {
    read: async (name, values) => {
      const deadline = performance.now() + READ_PATIENCE;
      for (let retry = 0; ; retry++) {
        try {
          const session = await reader();
          return await session.run(name, values);
        } catch (error) {
          // What the database refuses, it will refuse again; where it was not reached, another server may be the primary by now.
          if (isClosed || isFinal(error) || performance.now() > deadline) throw cannotRead(error);
        }
        await pauseBefore(retry);
      }
    },
    lease: async (purpose, isUrgent = false) => {
      const pool = pools[purpose];
      for (let isRefused = false; ;) {
        for (let idle = pool.idle.pop(); idle !== undefined; idle = pool.idle.pop()) {
          if (!idle.isLost) return idle;
          all.delete(idle);
          pool.taken -= 1;
        }
        if (pool.taken >= counts[purpose] || (isRefused && pool.taken > 0)) break;
        pool.taken += 1;
        try {
          return await openOne(purpose);
        } catch (error) {
          // Where others are at work, theirs will do; where none is, nobody would hand one on.
          if (!hasTooMany(error) || pool.taken === 1) {
            handOn(purpose);
            throw error;
          }
          pool.taken -= 1;
          // One may have come back meanwhile, and would not be handed on any more.
          isRefused = true;
        }
      }
      return new Promise((take, fail) => {
        if (isUrgent) pool.waiting.unshift({ take, fail });
        else pool.waiting.push({ take, fail });
      });
    },
    release: (purpose, session) => {
      const pool = pools[purpose];
      if (session.isLost) {
        all.delete(session);
        handOn(purpose);
        return;
      }
      const waiter = pool.waiting.shift();
      if (waiter === undefined) pool.idle.push(session);
      else waiter.take(session);
    },
    openAnother: async (purpose) => {
      forgetClosed();
      const session = await open(purpose);
      all.add(session);
      if (isClosed) await session.close();
      return session;
    },
    get open() {
      forgetClosed();
      return all.size;
    },
    get waiting() {
      return pools.commit.waiting.length + pools.snapshot.waiting.length;
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...all].map((session) => session.close()));
    },
  };
}

/** @param isUrgent as of {@link Sessions.lease} */
export async function withCommitSession<T>(
  sessions: Sessions,
  work: (session: Session) => Promise<T>,
  isUrgent = false,
): Promise<T> {
  const session = await sessions.lease('commit', isUrgent);
  try {
    return await work(session);
  } finally {
    sessions.release('commit', session);
  }
}

/** Whether the database has as many connections as it takes. */
function hasTooMany(error: unknown): boolean {
  return sqlState(error instanceof Error && error.cause !== undefined ? error.cause : error) === '53300';
}

function isFinal(error: unknown): boolean {
  const state = sqlState(error);
  // 53300: too many connections. 57P0x: it starts, stops, or was ended. 40001: other engines' reads may be told so.
  return state !== undefined && !/^(53300|57P0[1-5]|08...|25006|25P0[34]|40001)$/.test(state);
}
