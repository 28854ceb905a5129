import { randomUUID } from 'node:crypto';
import { UnavailableError } from '../../../errors.js';
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
import { notWritten, StoreOpenError, tooManyWaiting } from '../../errors.js';
import { ORGANIZATION_STREAMS, SHARED_STREAM, type Stream, type Streams } from '../../streams.js';
import { ActiveWork } from '../../transactions/active-work.js';
import type { StoreLogger } from '../../transactions/committer.js';
import { DEFAULT_LIMITS, type StoreLimits } from '../../transactions/limits.js';
import { type Abilities, OWN_ABILITIES } from './agreement.js';
import { createCoalescingReads } from './coalescing-reads.js';
import { ConsistentReads } from './consistent-reads.js';
import { createEngineCounts, toMetrics } from './engine-counts.js';
import { atomicGroup, inOrder, inTurnOfAll, runExclusive } from './exclusive-work.js';
import { GroupRunner } from './group-runner.js';
import { Heartbeat } from './heartbeat.js';
import { KnownStreams } from './known-streams.js';
import { createLimitTable } from './limit-table.js';
import { type LogExtent, readLogExtent } from './log-extent.js';
import { RangeSnapshots } from './range-snapshots.js';
import type { OpenSession, RunStatement } from './session.js';
import { createSessions, type SessionCounts, type Sessions, withCommitSession } from './sessions.js';
import { PostgresCounts } from './shared-counts.js';
import { StreamFollower } from './stream-follower.js';
import { StreamQueue } from './stream-queue.js';
import type { StreamState } from './stream-state.js';
import { PostgresTransaction, type StreamPart, type TransactionSources } from './transaction.js';
import type { RegisteredUse } from './uses.js';
import { numberAt, textAt } from './wire.js';

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
  /** What the store is opened for; `server` by default. Stands there as well. */
  readonly use?: RegisteredUse | undefined;
  /** For tests of another release. */
  readonly abilities?: Abilities | undefined;
  /** The clock of this process, epoch ms. */
  readonly now?: (() => number) | undefined;
}

const DEFAULT_SESSIONS: SessionCounts = { read: 4, commit: 4, snapshot: 2 };

/** How often commits may conflict with a transaction before it has its streams for itself; a large one at once. */
const MAX_CONFLICTS = 3;
const LARGE = 2_000;

/** How long it has them for itself at most, ms: other servers wait twice as long for a lock before they refuse a write. */
const MAX_EXCLUSIVE = 5_000;
/** How often a transaction may take longer than that, and conflict again, before it is refused. */
const MAX_LATE_RUNS = 3;

/**
 * A `Store` over PostgreSQL, for any number of servers (see docs/scale.md). The tables must be there.
 * @throws whatever connecting throws
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const store = new PostgresStore(options);
  await store.start();
  return store;
}

class PostgresStore implements Store {
  readonly #limits: StoreLimits;
  readonly #logger: StoreLogger | undefined;
  readonly #now: () => number;
  readonly #counts = createEngineCounts();
  readonly #sessions: Sessions;
  readonly #runner: GroupRunner;
  readonly #known: KnownStreams<StreamQueue>;
  readonly #sources: TransactionSources;
  readonly #reads: ConsistentReads;
  readonly #snapshots: RangeSnapshots;
  readonly #heartbeat: Heartbeat;
  readonly sharedCounts: PostgresCounts;
  readonly #work = new ActiveWork();
  readonly #waiting = { transactions: 0, bytes: 0 };
  #sequence = 0;
  #log: LogExtent = { lag: 0, length: 0 };
  #failure: { readonly since: number; readonly message: string } | undefined;

  constructor({
    openSession: connect,
    logger,
    limits,
    sessions,
    streams = ORGANIZATION_STREAMS,
    begin = 'BEGIN ISOLATION LEVEL READ COMMITTED',
    version,
    use = 'server',
    abilities = OWN_ABILITIES,
    now = Date.now,
  }: PostgresStoreOptions) {
    const server = randomUUID();
    this.#limits = { ...DEFAULT_LIMITS, leaseMilliseconds: MAX_EXCLUSIVE, ...limits };
    this.#logger = logger;
    this.#now = now;
    const openSession: OpenSession = async (purpose) => {
      const session = await connect(purpose);
      // It may be of another database server than those before, to which commits were lost.
      this.#known.putInDoubt();
      return session;
    };
    this.#sessions = createSessions(openSession, { ...DEFAULT_SESSIONS, ...sessions }, () =>
      this.#known.noteLostSession(),
    );
    this.#runner = new GroupRunner(
      this.#sessions,
      {
        writer: server,
        begin,
        onOutdated: () => {
          this.#counts.outdatedStamps += 1;
        },
        onLoss: (loss) => {
          this.#counts.lossesFound += 1;
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
      },
      this.#counts,
    );
    this.#known = new KnownStreams((state) => new StreamQueue(state, this.#runner, this.#limits, this.#waiting));
    const run: RunStatement = (name, values) => this.#sessions.read(name, values);
    this.#sources = {
      reads: createCoalescingReads(run),
      streams,
      stateOf: (stream) => this.#known.of(stream).state,
      now: () => this.now(),
    };
    this.#reads = new ConsistentReads(this.#sources, this.#sessions, new StreamFollower(run), this.#counts);
    this.#snapshots = new RangeSnapshots((purpose) => this.#sessions.openAnother(purpose));
    this.#heartbeat = new Heartbeat({
      sessions: this.#sessions,
      server,
      version,
      use,
      abilities,
      now,
      logger,
      isFailing: () => this.#failure !== undefined,
      onSuccess: (seen) => {
        this.#noteSuccess();
        if (seen !== undefined) this.sharedCounts.onBeat(seen);
      },
      onFailure: (error) => this.#noteFailure(error),
    });
    this.sharedCounts = new PostgresCounts({
      table: createLimitTable(server, () => this.#sessions.openAnother('read')),
      server,
      beat: () => this.#heartbeat.beat(),
    });
  }

  async start(): Promise<void> {
    try {
      await this.#heartbeat.join();
      const heads = await this.#sessions.read('heads', []);
      this.#sequence = heads.reduce((sum, row) => sum + numberAt(row, 1), 0);
      await withCommitSession(this.#sessions, (session) =>
        Promise.all([session.run('forgetWriters'), session.run('forgetServers')]),
      );
    } catch (error) {
      await this.#sessions.close();
      // Who starts a server is told why, where clients are told to come back.
      throw error instanceof UnavailableError && error.cause instanceof StoreOpenError ? error.cause : error;
    }
    this.#heartbeat.start();
  }

  get sequence(): number {
    return this.#sequence;
  }

  get health(): StoreHealth {
    const { refusal, purgeDueSince } = this.#heartbeat;
    const due = purgeDueSince === undefined ? {} : { purgeDueSince };
    if (refusal !== undefined) return { writable: false, reason: refusal, ...due };
    if (this.#failure === undefined) return { writable: true, ...due };
    const { since, message } = this.#failure;
    return { writable: false, reason: `not writable since ${since}: ${message}`, ...due };
  }

  metrics(): readonly StoreMetric[] {
    return toMetrics(this.#counts, {
      sessionsOpen: this.#sessions.open,
      sessionsWaitedFor: this.#sessions.waiting,
      organizationsKnown: this.#known.size,
      logLagCommits: this.#log.lag,
      logCommits: this.#log.length,
    });
  }

  async refreshMetrics(): Promise<void> {
    // An outage is to keep nobody from the metrics that tell of it.
    if (this.#failure !== undefined) return;
    const run: RunStatement = (name, values) => this.#sessions.read(name, values);
    this.#log = await readLogExtent(run, this.#known.states).catch(() => this.#log);
  }

  now(): number {
    return this.#now() + this.#heartbeat.clockOffset;
  }

  async read<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    return (await this.readTracked(work)).answer;
  }

  async readTracked<T>(work: (reader: Reader) => Promise<T>): Promise<TrackedRead<T>> {
    return this.#work.run(async () => {
      const read = await this.#reads.run(work);
      return { ...read, isCurrent: () => !this.#work.isClosed && read.isCurrent() };
    });
  }

  async versions(streams: readonly Stream[]): Promise<ReadonlyMap<Stream, number>> {
    return this.#work.run(async () => {
      const rows = await this.#sessions.read('versions', [streams]);
      return new Map(rows.map((row) => [textAt(row, 0), numberAt(row, 1)]));
    });
  }

  async transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#work.run(async () => {
      let last: PostgresTransaction | undefined;
      const late = { runs: 0 };
      for (let conflicts = 0; ; conflicts++) {
        const isExclusive =
          last !== undefined &&
          (conflicts >= MAX_CONFLICTS || last.hasReadAcross || (conflicts > 0 && last.writes > LARGE));
        const transaction = new PostgresTransaction(this.#sources);
        try {
          const outcome =
            last !== undefined && isExclusive
              ? await this.#runExclusive(transaction, await this.#holdStatesOf(last, transaction), work, late)
              : await this.#runOptimistic(transaction, work);
          if (outcome !== undefined) return outcome.answer;
        } finally {
          transaction.end();
          transaction.release();
        }
        last = transaction;
        this.#counts.conflicts += 1;
      }
    });
  }

  async *snapshot(range: KeyRange): AsyncGenerator<Entry[], void> {
    this.#work.refuseIfClosed();
    yield* this.#snapshots.read(range);
  }

  /** What was deleted can be read by nobody; it is noted that `feedback-graph purge` has to take it out of the files. */
  async purge(): Promise<void> {
    return this.#work.run(async () => {
      this.#refuseUnlessWritable();
      // They would still see it.
      this.#snapshots.endAll();
      await withCommitSession(this.#sessions, (session) => session.run('noteErasure')).catch((error: unknown) => {
        throw notWritten(1, error);
      });
    });
  }

  /** PostgreSQL's own autovacuum does so. */
  async compact(): Promise<void> {
    await this.#work.run(() => Promise.resolve());
  }

  close(): Promise<void> {
    return this.#work.close(async () => {
      this.#snapshots.endAll();
      await this.sharedCounts.close();
      await this.#heartbeat.stop();
      await this.#sessions.close();
    });
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
      if (await this.#reads.isConsistent(transaction)) throw error;
      return undefined;
    }
    // No await comes between the end of the work and its place in the queue: that is the order of commits.
    transaction.end();
    if (transaction.writes === 0) return (await this.#reads.isConsistent(transaction)) ? { answer } : undefined;
    if (transaction.hasReadAcross) return undefined;
    const parts = transaction.parts();
    const [part] = parts;
    if (part === undefined) return { answer };
    this.#refuseUnlessWritable();
    const outcome =
      parts.length === 1
        ? await this.#known.of(part.state.stream).queue.commit(part, transaction.writes, transaction.bytes)
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

  async #runExclusive<T>(
    transaction: PostgresTransaction,
    states: readonly StreamState[],
    work: (transaction: Transaction) => Promise<T>,
    late: { runs: number },
  ): Promise<{ readonly answer: T } | undefined> {
    this.#refuseUnlessWritable();
    this.#counts.exclusiveRuns += 1;
    const outcome = await runExclusive(
      {
        runner: this.#runner,
        queueOf: (stream) => this.#known.of(stream).queue,
        leaseMilliseconds: this.#limits.leaseMilliseconds,
      },
      transaction,
      states,
      work,
    );
    if (outcome === undefined || 'answer' in outcome) return outcome;
    // It has lost the lock and goes on without it, as it would have before it asked for it.
    const committed = await this.#runOptimistic(transaction, () => outcome.late);
    late.runs += 1;
    // Without the lock, it can never be committed if it has read across streams.
    if (committed === undefined && (transaction.hasReadAcross || late.runs >= MAX_LATE_RUNS)) {
      throw notWritten(1, new Error('The transaction takes longer than it may keep others from their commits'));
    }
    return committed;
  }

  /**
   * The streams that a transaction has touched, or all that there are if it has read across them, held for the next run: one
   * that was forgotten meanwhile would be known a second time.
   */
  async #holdStatesOf(last: PostgresTransaction, next: PostgresTransaction): Promise<readonly StreamState[]> {
    const streams = new Set(last.streams);
    if (last.hasReadAcross) {
      // Streams are made under the lock of the shared one.
      streams.add(SHARED_STREAM);
      for (const row of await this.#sessions.read('heads', [])) streams.add(textAt(row, 0));
    }
    return inOrder([...streams].map((stream) => next.hold(stream)));
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
    if (this.#failure !== undefined || this.#heartbeat.refusal !== undefined) throw notWritten(1);
    const { queuedTransactions, queuedBytes } = this.#limits;
    if (this.#waiting.transactions >= queuedTransactions || this.#waiting.bytes >= queuedBytes) throw tooManyWaiting();
  }
}
