import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import { UnavailableError } from '../../../errors.js';
import { repeat, type Repetition } from '../../../repeat.js';
import { checkRange } from '../../byte-order.js';
import type {
  Entry,
  KeyRange,
  Reader,
  Store,
  StoreHealth,
  StoreMetric,
  TrackedRead,
  Transaction,
} from '../../contract.js';
import { cannotRead, closing, notWritten, tooManyWaiting } from '../../errors.js';
import { ORGANIZATION_STREAMS, SHARED_STREAM, type Stream, type Streams } from '../../streams.js';
import type { StoreLogger } from '../../transactions/committer.js';
import { DEFAULT_LIMITS, type StoreLimits } from '../../transactions/limits.js';
import type { CommitGroup } from './commit-group.js';
import { createEngineCounts, toMetrics } from './engine-counts.js';
import { GroupRunner } from './group-runner.js';
import { decodeLogEntry } from './log-entry.js';
import type { OpenSession, Session } from './session.js';
import { createSessions, type SessionCounts, type Sessions } from './sessions.js';
import { StreamQueue, settleAll } from './stream-queue.js';
import { type LoggedGroup, StreamState } from './stream-state.js';
import { PostgresTransaction, type StreamPart, type TransactionSources } from './transaction.js';
import { coalescingReads, createVersionedReads } from './versioned-reads.js';
import { bytesAt, keyAt, numberAt, textAt, toBytes } from './wire.js';

export interface PostgresStoreOptions {
  readonly openSession: OpenSession;
  readonly logger?: StoreLogger | undefined;
  readonly limits?: Partial<StoreLimits> | undefined;
  readonly sessions?: Partial<SessionCounts> | undefined;
  readonly streams?: Streams | undefined;
  /** How a transaction begins that commits; for tests of other isolation levels. */
  readonly begin?: string | undefined;
  /** Stands in the table of servers. */
  readonly version: string;
  /** The clock of this process, epoch ms. */
  readonly now?: (() => number) | undefined;
}

const DEFAULT_SESSIONS: SessionCounts = { read: 4, commit: 4, snapshot: 2 };

/** How often commits may conflict with a transaction before it has its streams for itself; a large one at once. */
const MAX_CONFLICTS = 3;
const LARGE = 2_000;

/** How often the database is told that this server lives, and asked for the time, ms. */
const HEARTBEAT = 1_000;

/** How often who holds a lock while it works tells that it still does, ms: the database ends who is idle for 2 s. */
const PING = 500;

/** A clock that is further off is told, ms. */
const MAX_CLOCK_OFFSET = 5_000;
/** A difference that a slow answer alone would explain is none, ms. */
const MIN_CLOCK_OFFSET = 250;

/** How many streams are kept in memory though nobody works with them. */
const KEPT_STREAMS = 5_000;

/** Bytes that a piece of a snapshot is to have, and rows that it has at most. */
const PIECE_BYTES = 1024 * 1024;
const PIECE_ROWS = 1_024;

/**
 * A `Store` over PostgreSQL, for any number of servers (see docs/scale.md). The tables must be there.
 * @throws whatever connecting throws
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const store = new PostgresStore(options);
  await store.start();
  return store;
}

interface StreamOfStore {
  readonly state: StreamState;
  readonly queue: StreamQueue;
}

class PostgresStore implements Store {
  readonly #limits: StoreLimits;
  readonly #logger: StoreLogger | undefined;
  readonly #openSession: OpenSession;
  readonly #sessions: Sessions;
  readonly #runner: GroupRunner;
  readonly #sources: TransactionSources;
  readonly #streams: Streams;
  readonly #known = new Map<Stream, StreamOfStore>();
  readonly #waiting = { transactions: 0, bytes: 0 };
  readonly #version: string;
  readonly #server = randomUUID();
  readonly #now: () => number;
  readonly #iterating = new Set<Session>();
  readonly #counts = createEngineCounts();
  #clockOffset = 0;
  #toldOffset = false;
  #sequence = 0;
  #failure: { readonly since: number; readonly message: string } | undefined;
  #following: Promise<void> | undefined;
  #toFollow = new Set<StreamState>();
  #heart: Repetition | undefined;
  #active = 0;
  #onIdle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor({
    openSession,
    logger,
    limits,
    sessions,
    streams,
    begin,
    version,
    now = Date.now,
  }: PostgresStoreOptions) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#logger = logger;
    this.#openSession = openSession;
    this.#sessions = createSessions(openSession, { ...DEFAULT_SESSIONS, ...sessions });
    this.#streams = streams ?? ORGANIZATION_STREAMS;
    this.#version = version;
    this.#now = now;
    this.#runner = new GroupRunner(
      this.#sessions,
      {
        writer: this.#server,
        begin: begin ?? 'BEGIN ISOLATION LEVEL READ COMMITTED',
        onOutdated: () => {
          this.#counts.outdatedStamps += 1;
        },
        onLoss: (loss) => {
          this.#logger?.error(
            loss,
            'The database has lost commits that it had acknowledged: a standby that lagged was promoted',
          );
        },
      },
      {
        onFailure: (error) => this.#noteFailure(error),
        onCommit: (commits) => {
          this.#sequence += commits;
          this.#noteSuccess();
        },
        onLost: () => {
          for (const { state } of this.#known.values()) state.isInDoubt = true;
        },
      },
      this.#counts,
    );
    this.#sources = {
      reads: coalescingReads(createVersionedReads((name, values) => this.#sessions.read(name, values))),
      streams: this.#streams,
      stateOf: (stream) => this.#streamOf(stream).state,
      now: () => this.now(),
    };
  }

  async start(): Promise<void> {
    try {
      await this.#beat();
      const heads = await this.#sessions.read('heads', []);
      this.#sequence = heads.reduce((sum, row) => sum + numberAt(row, 1), 0);
      await this.#withSession((session) => Promise.all([session.run('forgetWriters'), session.run('forgetServers')]));
    } catch (error) {
      await this.#sessions.close();
      throw error;
    }
    this.#heart = repeat(() => this.#beat(), {
      every: HEARTBEAT,
      onFailure: (error) => this.#noteFailure(error),
    });
  }

  get sequence(): number {
    return this.#sequence;
  }

  get health(): StoreHealth {
    if (this.#failure === undefined) return { writable: true };
    const { since, message } = this.#failure;
    return { writable: false, reason: `not writable since ${since}: ${message}` };
  }

  metrics(): readonly StoreMetric[] {
    return toMetrics(this.#counts);
  }

  now(): number {
    return this.#now() + this.#clockOffset;
  }

  async read<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    return (await this.readTracked(work)).answer;
  }

  /** Others write to the database as well: nobody can say without asking whether an answer is current. */
  async readTracked<T>(work: (reader: Reader) => Promise<T>): Promise<TrackedRead<T>> {
    this.#enter();
    try {
      const read = (await this.#tryRead(work)) ?? (await this.#readSnapshot(work));
      return { answer: read.answer, isCurrent: () => false, bytes: 0 };
    } finally {
      this.#leave();
    }
  }

  async transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    this.#enter();
    try {
      let last: PostgresTransaction | undefined;
      for (let conflicts = 0; ; conflicts++) {
        const isExclusive =
          last !== undefined &&
          (conflicts >= MAX_CONFLICTS || last.hasReadAcross || (conflicts > 0 && last.writes > LARGE));
        const transaction = new PostgresTransaction(this.#sources);
        try {
          const outcome =
            last !== undefined && isExclusive
              ? await this.#runExclusive(transaction, await this.#statesOf(last), work)
              : await this.#runOptimistic(transaction, work);
          if (outcome !== undefined) return outcome.answer;
        } finally {
          transaction.end();
          transaction.release();
        }
        last = transaction;
        this.#counts.conflicts += 1;
      }
    } finally {
      this.#leave();
    }
  }

  async *snapshot(range: KeyRange): AsyncGenerator<Entry[], void> {
    if (this.#closed) throw closing();
    const bounded = checkRange(range);
    if (bounded === undefined) return;
    const session = await this.#openSession('snapshot').catch((error: unknown) => {
      throw cannotRead(error);
    });
    this.#iterating.add(session);
    try {
      await session.command('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const end = toBytes(bounded.lt);
      let from = toBytes(bounded.gte);
      for (let limit = 64; ;) {
        const rows = await session.run('chunk', [from, end, limit]);
        const entries = rows.map((row) => ({ key: keyAt(row, 0), value: bytesAt(row, 1) }));
        const last = entries.at(-1);
        if (last === undefined) return;
        yield entries;
        const bytes = entries.reduce((sum, { value }) => sum + value.length + 100, 0);
        limit = Math.min(PIECE_ROWS, Math.max(1, Math.floor((PIECE_BYTES * entries.length) / bytes)));
        from = toBytes(`${last.key}\0`);
      }
    } catch (error) {
      throw error instanceof UnavailableError ? error : cannotRead(error);
    } finally {
      this.#iterating.delete(session);
      await session.close();
    }
  }

  /** What was deleted can be read by nobody; `feedback-graph purge` takes it out of the files of the database. */
  async purge(): Promise<void> {
    this.#enter();
    try {
      this.#refuseUnlessWritable();
      // They would still see it.
      for (const session of this.#iterating) session.destroy();
      await Promise.resolve();
    } finally {
      this.#leave();
    }
  }

  /** PostgreSQL's own autovacuum does so. */
  async compact(): Promise<void> {
    this.#enter();
    await Promise.resolve();
    this.#leave();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (this.#active > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    await this.#heart?.stop();
    for (const session of this.#iterating) session.destroy();
    await this.#withSession((session) => session.run('unregister', [this.#server])).catch(() => undefined);
    await this.#sessions.close();
  }

  async #tryRead<T>(work: (reader: Reader) => Promise<T>): Promise<{ readonly answer: T } | undefined> {
    const transaction = new PostgresTransaction(this.#sources);
    try {
      const answer = await work(transaction);
      return (await this.#isConsistent(transaction)) ? { answer } : undefined;
    } catch (error) {
      if (await this.#isConsistent(transaction)) throw error;
      return undefined;
    } finally {
      transaction.end();
      transaction.release();
    }
  }

  /** Commits came between: all of it is read in one state of the database. */
  async #readSnapshot<T>(work: (reader: Reader) => Promise<T>): Promise<{ readonly answer: T }> {
    this.#counts.snapshotReads += 1;
    const session = await this.#sessions.lease('snapshot').catch((error: unknown) => {
      throw cannotRead(error);
    });
    const reads = createVersionedReads(async (name, values) => {
      try {
        return await session.run(name, values);
      } catch (error) {
        throw cannotRead(error);
      }
    });
    const transaction = new PostgresTransaction({ ...this.#sources, reads });
    try {
      await session.command('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY').catch((error: unknown) => {
        throw cannotRead(error);
      });
      return { answer: await work(transaction) };
    } finally {
      transaction.end();
      transaction.release();
      await session.command('ROLLBACK').catch(() => session.destroy());
      this.#sessions.release('snapshot', session);
    }
  }

  /** Whether all that a transaction has read belongs to one state. */
  async #isConsistent(transaction: PostgresTransaction): Promise<boolean> {
    if (transaction.statements <= 1) return true;
    if (transaction.hasReadAcross) return false;
    const reads = [...transaction.reads];
    const [first, ...more] = reads;
    if (first === undefined) return true;
    const isSame = ([state, { generation }]: (typeof reads)[number]): boolean => state.generation === generation;
    if (more.length === 0) {
      const [state, { readSet }] = first;
      const newest = Math.max(...readSet.map(({ to }) => to));
      if (readSet.every(({ from }) => from === newest)) return isSame(first);
      if (state.seq < newest) await this.#follow([state]);
      return isSame(first) && state.seq >= newest && state.history.isConsistent(readSet);
    }
    // Of several streams, there is one state for sure in which all of it is still the same: that of this one look at all.
    await this.#follow(reads.map(([state]) => state));
    return reads.every((read) => isSame(read) && read[0].history.isCurrent(read[1].readSet));
  }

  /** Learns what was committed to streams until now. Those who ask in the same turn of the event loop share a look. */
  #follow(states: readonly StreamState[]): Promise<void> {
    for (const state of states) this.#toFollow.add(state);
    this.#following ??= nextTurnOfEventLoop().then(async () => {
      const followed = [...this.#toFollow];
      this.#toFollow = new Set();
      this.#following = undefined;
      const streams = followed.map(({ stream }) => stream);
      const rows = await this.#sessions.read('log', [streams, followed.map(({ seq }) => seq + 1)]);
      const groups = new Map<Stream, LoggedGroup[]>(streams.map((stream) => [stream, []]));
      for (const row of rows) {
        const entry = await decodeLogEntry(bytesAt(row, 3));
        groups.get(textAt(row, 0))?.push({ seq: numberAt(row, 1), first: numberAt(row, 2), entry });
      }
      for (const state of followed) state.learn(groups.get(state.stream) ?? []);
    });
    return this.#following;
  }

  async #runOptimistic<T>(
    transaction: PostgresTransaction,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<{ readonly answer: T } | undefined> {
    this.#refuseUnlessWritable();
    let answer: T;
    try {
      answer = await work(transaction);
    } catch (error) {
      if (await this.#isConsistent(transaction)) throw error;
      return undefined;
    }
    // No await comes between the end of the work and its place in the queue: that is the order of commits.
    transaction.end();
    if (transaction.writes === 0) return (await this.#isConsistent(transaction)) ? { answer } : undefined;
    if (transaction.hasReadAcross) return undefined;
    const parts = transaction.parts();
    const [part] = parts;
    if (part === undefined) return { answer };
    this.#refuseUnlessWritable();
    const outcome =
      parts.length === 1
        ? await this.#streamOf(part.state.stream).queue.commit(part, transaction.writes, transaction.bytes)
        : await this.#commitAcross(parts);
    if (outcome instanceof Error) throw outcome;
    return outcome === 'accepted' ? { answer } : undefined;
  }

  async #commitAcross(parts: readonly StreamPart[]): Promise<'accepted' | 'conflict' | Error> {
    const states = inOrder(parts.map(({ state }) => state));
    const outcomes = await inTurnOfAll(states, () =>
      this.#runner.run(states, () => Promise.resolve(atomicGroup(parts))),
    );
    const failed = parts.map((part) => outcomes.get(part)).find((outcome) => outcome !== 'accepted');
    return failed ?? 'accepted';
  }

  /** Runs a work under the lock of its streams, so that nobody commits to them meanwhile. */
  async #runExclusive<T>(
    transaction: PostgresTransaction,
    states: readonly StreamState[],
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<{ readonly answer: T } | undefined> {
    this.#refuseUnlessWritable();
    this.#counts.exclusiveRuns += 1;
    let late: Promise<T> | undefined;
    const outcome = await inTurnOfAll(states, async () => {
      let ended: { readonly answer: T } | { readonly error: unknown } | undefined;
      let parts: readonly StreamPart[] = [];
      let before: ReturnType<StreamQueue['takeBefore']> = [];
      const decide = async (session: Session): Promise<CommitGroup | undefined> => {
        const pinging = setInterval(() => {
          session.command('SELECT 1').catch(() => undefined);
        }, PING);
        try {
          const working = work(transaction);
          ended = await withinTime(working, this.#limits.leaseMilliseconds);
          if (ended === undefined) late = working;
        } finally {
          clearInterval(pinging);
        }
        if (ended === undefined) return undefined;
        transaction.end();
        if ('error' in ended) return undefined;
        parts = transaction.parts();
        // It has touched others than before: it needs those as well.
        if (parts.some(({ state }) => !states.includes(state))) ended = undefined;
        const [part] = parts;
        if (ended === undefined || part === undefined || transaction.writes === 0) return undefined;
        if (parts.length > 1) return atomicGroup(parts);
        before = this.#streamOf(part.state.stream).queue.takeBefore(part);
        return { parts: new Map([[part.state, [...before.map((queued) => queued.part), part]]]), isAtomic: false };
      };
      let outcomes;
      try {
        outcomes = await this.#runner.run(states, decide);
      } catch (error) {
        for (const { fail } of before) fail(error);
        throw error;
      }
      settleAll(before, outcomes);
      if (ended === undefined) return undefined;
      if ('error' in ended) throw ended.error;
      const failed = parts.map((part) => outcomes.get(part) ?? 'accepted').find((outcome) => outcome !== 'accepted');
      if (failed instanceof Error) throw failed;
      return failed === undefined ? { answer: ended.answer } : undefined;
    });
    // Others commit in the meantime, as before it had the lock.
    const pending = late;
    return pending === undefined ? outcome : this.#runOptimistic(transaction, () => pending);
  }

  /** The streams that a transaction has touched; all that there are if it has read across them. */
  async #statesOf(transaction: PostgresTransaction): Promise<readonly StreamState[]> {
    const states = transaction.parts().map(({ state }) => state);
    if (!transaction.hasReadAcross) return inOrder(states);
    // Streams are made under the lock of the shared one.
    const heads = await this.#sessions.read('heads', []);
    const all = [SHARED_STREAM, ...heads.map((row) => textAt(row, 0))].map((stream) => this.#streamOf(stream).state);
    return inOrder([...states, ...all]);
  }

  #streamOf(stream: Stream): StreamOfStore {
    const before = this.#known.get(stream);
    if (before !== undefined) return before;
    if (this.#known.size >= KEPT_STREAMS) this.#forgetIdleStreams();
    const state = new StreamState(stream);
    const made = { state, queue: new StreamQueue(state, this.#runner, this.#limits, this.#waiting) };
    this.#known.set(stream, made);
    return made;
  }

  #forgetIdleStreams(): void {
    let excess = this.#known.size - KEPT_STREAMS / 2;
    for (const [stream, { state, queue }] of this.#known) {
      if (excess-- <= 0) break;
      if (state.users === 0 && queue.isEmpty) this.#known.delete(stream);
    }
  }

  async #beat(): Promise<void> {
    const before = this.#now();
    const [[row]] = await this.#withSession((session) =>
      Promise.all([session.run('time'), session.run('register', [this.#server, 'server', this.#version])]),
    );
    const after = this.#now();
    const offset = row === undefined ? 0 : numberAt(row, 0) - (before + after) / 2;
    this.#clockOffset = Math.abs(offset) > MIN_CLOCK_OFFSET ? Math.round(offset) : 0;
    if (Math.abs(offset) > MAX_CLOCK_OFFSET && !this.#toldOffset) {
      this.#toldOffset = true;
      this.#logger?.warn(
        { milliseconds: Math.round(-offset) },
        'The clock of this server is off; it stamps by that of the database',
      );
    }
    this.#noteSuccess();
  }

  async #withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#sessions.lease('commit');
    try {
      return await work(session);
    } finally {
      this.#sessions.release('commit', session);
    }
  }

  #noteFailure(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.#failure === undefined) this.#logger?.error({ err: error }, 'The store cannot take writes');
    this.#failure ??= { since: this.#now(), message };
  }

  #noteSuccess(): void {
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    this.#logger?.info({ sequence: this.#sequence }, 'The store takes writes again');
  }

  #refuseUnlessWritable(): void {
    if (this.#failure !== undefined) throw notWritten(1);
    const { queuedTransactions, queuedBytes } = this.#limits;
    if (this.#waiting.transactions >= queuedTransactions || this.#waiting.bytes >= queuedBytes) throw tooManyWaiting();
  }

  #enter(): void {
    if (this.#closed) throw closing();
    this.#active += 1;
  }

  #leave(): void {
    this.#active -= 1;
    if (this.#active === 0) this.#onIdle?.();
  }
}

/** In the order in which everybody locks them, each once. */
function inOrder(states: readonly StreamState[]): StreamState[] {
  return [...new Set(states)].sort((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0));
}

function inTurnOfAll<T>(states: readonly StreamState[], work: () => Promise<T>): Promise<T> {
  const [state, ...more] = states;
  return state === undefined ? work() : state.inTurn(() => inTurnOfAll(more, work));
}

function atomicGroup(parts: readonly StreamPart[]): CommitGroup {
  return { parts: new Map(parts.map((part) => [part.state, [part]])), isAtomic: true };
}

/** What a work answers or throws; undefined if it takes too long. */
async function withinTime<T>(
  work: Promise<T>,
  milliseconds: number,
): Promise<{ readonly answer: T } | { readonly error: unknown } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  const ended = work.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  const first = await Promise.race([ended, tooLong]);
  clearTimeout(timer);
  return first;
}
