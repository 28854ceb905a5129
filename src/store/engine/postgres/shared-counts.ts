/**
 * Counts that hold over all servers of a database. Where there are several, each counts in a table, what comes in one turn
 * of the event loop with one statement. The only one counts in its memory: it has its name in the row of the owner, and
 * every statement of another server counts nothing while it stands there. A server that joins asks the owner to share, which
 * then moves its counts into the table and its name out of the row in one transaction.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Charge, ChargeOutcome, SharedCounts } from '../../contract.js';
import { createWindowCounts, type OwedPoints, type WindowState } from '../../window-counts.js';
import { createLimitBatch, type CountBatch, type WaitingCharges } from './limit-batch.js';
import { type LimitTable, toTableName } from './limit-table.js';

/** What a heartbeat has seen. */
export interface SeenServers {
  /** When it began, by the clock that nobody can set, ms. */
  readonly startedAt: number;
  /** The server that counts alone. */
  readonly owner: string | undefined;
  /** Whether another server waits for what the owner has counted. */
  readonly isWanted: boolean;
  /** How many others there are, or were some seconds ago. */
  readonly others: number;
}

export interface SharedCountsOptions {
  readonly table: LimitTable;
  /** Names this server. */
  readonly server: string;
  /** Tells the database that this server lives, and calls `onBeat`. @throws if it does not reach it */
  readonly beat: () => Promise<void>;
  /** A clock that nobody can set, ms. */
  readonly now?: () => number;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

/**
 * How long after a heartbeat the owner counts in memory, ms: less than the 3 s after which others take its place, so that one
 * that stood still does not count in memory beside them.
 */
const LEASE = 2_000;
/** Between becoming the owner and counting in memory, ms: statements that others sent before are at their end by then. */
const SETTLING = 500;
/** How long one waits for the owner to share, ms, and how often it looks. */
const MAX_JOIN = 4_000;
const JOIN_PAUSE = 50;
/** How long one waits for the heartbeat that renews the lease, ms. */
const MAX_BEAT = 2_000;
const MAX_NAMES = 200_000;
/** Heartbeats between two removals of rows that are of no use. */
const FORGET_EVERY = 60;

export class PostgresCounts implements SharedCounts {
  readonly #options: SharedCountsOptions;
  readonly #now: () => number;
  readonly #wait: (milliseconds: number) => Promise<unknown>;
  readonly #count: CountBatch;
  readonly #memory = createWindowCounts({
    maxNames: MAX_NAMES,
    now: () => this.#now(),
    find: (name) => this.#findLoaded(name),
  });
  /** What the table had when this server began to count in memory. */
  #loaded: ReadonlyMap<string, WindowState> = new Map();
  #loadedUntil = 0;
  /** What was counted in memory and is on its way to the table. */
  #owed: OwedPoints[] = [];
  #waiting: WaitingCharges[] = [];
  #isStarted = false;
  #isAlone = false;
  /** The database was not reached: until it is, every server counts for itself. */
  #isCutOff = false;
  /** Whether something in memory, or the name of this server, has to go where all see it. */
  #mustShare = false;
  /** Whether to count in memory from the next moment on in which nothing is on its way. */
  #mustSettle = false;
  #leaseUntil = 0;
  #ownedSince: number | undefined;
  /** Heartbeats from before are out of date. */
  #changedAt = 0;
  #beats = 0;
  #hasRows = true;
  #work: Promise<void> | undefined;

  constructor(options: SharedCountsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#wait = options.wait ?? ((milliseconds) => delay(milliseconds, undefined, { ref: false }));
    this.#count = createLimitBatch({ table: options.table, onOwned: () => this.#join(), now: this.#now });
  }

  async start(): Promise<void> {
    this.#isStarted = true;
    await this.#join().catch(() => {
      this.#isCutOff = true;
    });
  }

  readonly charge = (charges: readonly Charge[]): ChargeOutcome | Promise<ChargeOutcome> => {
    if (this.#isAlone && !this.#mustShare && this.#now() < this.#leaseUntil) return this.#memory.charge(charges);
    return new Promise((answer) => {
      this.#waiting.push({ charges, answer });
      this.#wake();
    });
  };

  onBeat({ startedAt, owner, isWanted, others }: SeenServers): void {
    this.#isCutOff = false;
    if (!this.#isStarted) return;
    if (startedAt >= this.#changedAt) {
      const isOwner = owner === this.#options.server;
      if (isOwner) this.#leaseUntil = Math.max(this.#leaseUntil, startedAt + LEASE);
      if (this.#isAlone ? !isOwner || isWanted : isOwner && isWanted) this.#mustShare = true;
      else if (!this.#isAlone && isOwner) {
        this.#ownedSince ??= this.#now();
        if (startedAt - this.#ownedSince >= SETTLING) this.#mustSettle = true;
      } else if (owner === undefined && others === 0) this.#own();
    }
    if (this.#hasWork()) this.#wake();
    this.#beats += 1;
    if (this.#beats % FORGET_EVERY === 0) this.#forget();
  }

  /** Leaves what was counted to the other servers, if the database can be reached. */
  async close(): Promise<void> {
    while (this.#work !== undefined) await this.#work;
    const hasOwned = this.#isAlone || this.#ownedSince !== undefined;
    this.#isStarted = false;
    if (hasOwned) await this.#share().catch(() => undefined);
    await this.#options.table.close();
  }

  #wake(): void {
    this.#work ??= new Promise((resolve) => {
      // What comes in the same turn of the event loop goes with it.
      setImmediate(() => {
        void this.#run().finally(() => {
          this.#work = undefined;
          resolve();
          if (this.#hasWork()) this.#wake();
        });
      });
    });
  }

  #hasWork(): boolean {
    return this.#waiting.length > 0 || (!this.#isCutOff && (this.#mustShare || this.#mustSettle));
  }

  async #run(): Promise<void> {
    while (this.#hasWork()) {
      if (this.#isAlone && !this.#mustShare && !this.#isCutOff && this.#now() >= this.#leaseUntil) {
        await this.#renewLease();
        continue;
      }
      if (this.#isCutOff || (this.#isAlone && !this.#mustShare)) this.#countInMemory(this.#waiting.splice(0));
      else await this.#countInTable();
    }
  }

  async #renewLease(): Promise<void> {
    const tooLate = this.#wait(MAX_BEAT).then(() => {
      throw new Error('The database does not answer');
    });
    await Promise.race([this.#options.beat(), tooLate]).catch(() => {
      this.#isCutOff = true;
    });
    // A heartbeat that was overtaken renews nothing.
    if (this.#now() >= this.#leaseUntil && this.#isAlone && !this.#mustShare) this.#isCutOff = true;
  }

  #countInMemory(waiting: readonly WaitingCharges[]): void {
    for (const { charges, answer } of waiting) answer(this.#memory.charge(charges));
    if (!this.#isAlone && waiting.length > 0) this.#mustShare = true;
  }

  async #countInTable(): Promise<void> {
    const answered = new Set<WaitingCharges>();
    let taken: WaitingCharges[] = [];
    try {
      if (this.#mustShare) await this.#share();
      if (this.#mustSettle) await this.#settle();
      if (this.#isAlone) return;
      taken = this.#waiting.splice(0);
      if (taken.length > 0) this.#hasRows = true;
      await this.#count(
        taken.map((one) => ({
          charges: one.charges.map((charge) => ({ ...charge, name: toTableName(charge.name) })),
          answer: (outcome) => {
            answered.add(one);
            one.answer(outcome);
          },
        })),
      );
    } catch {
      // A limit is to be no outage of its own: what needs the database will say that it is away.
      this.#isCutOff = true;
      this.#countInMemory(taken.filter((one) => !answered.has(one)));
    }
  }

  async #share(): Promise<void> {
    this.#owed.push(...this.#memory.takeOwed());
    this.#isAlone = false;
    this.#mustSettle = false;
    this.#ownedSince = undefined;
    this.#loaded = new Map();
    const time = this.#now();
    const points = new Map<string, { name: string; points: number; milliseconds: number }>();
    for (const { name, points: counted, endsAt } of this.#owed) {
      const tableName = toTableName(name);
      const sum = (points.get(tableName)?.points ?? 0) + counted;
      if (endsAt > time) points.set(tableName, { name: tableName, points: sum, milliseconds: endsAt - time });
    }
    // Where the answer is lost, it may be added twice: rather than that more is let through.
    await this.#options.table.share([...points.values()]);
    this.#owed = [];
    this.#mustShare = false;
    this.#changedAt = this.#now();
  }

  async #settle(): Promise<void> {
    this.#mustSettle = false;
    const time = this.#now();
    const rows = await this.#options.table.load(MAX_NAMES);
    if (this.#mustShare) return;
    this.#loaded = new Map(
      [...rows].map(([name, { used, milliseconds }]) => [name, { used, endsAt: time + milliseconds }]),
    );
    // The one that ends last comes first.
    const [last] = this.#loaded.values();
    this.#loadedUntil = last?.endsAt ?? 0;
    this.#isAlone = true;
  }

  #findLoaded(name: string): WindowState | undefined {
    if (this.#loaded.size === 0) return undefined;
    if (this.#now() < this.#loadedUntil) return this.#loaded.get(toTableName(name));
    this.#loaded = new Map();
    return undefined;
  }

  #own(): void {
    this.#options.table.own().then(
      (isOwner) => {
        this.#changedAt = this.#now();
        if (isOwner) this.#ownedSince = this.#changedAt;
      },
      () => undefined,
    );
  }

  #forget(): void {
    if (!this.#hasRows) return;
    // The only server adds no rows: once those that it has loaded are gone, there is nothing more to remove.
    if (this.#isAlone && this.#loaded.size === 0) this.#hasRows = false;
    this.#options.table.forget().catch(() => undefined);
  }

  /** @throws if the owner does not share in time, or the database is not reached */
  async #join(): Promise<void> {
    const { table } = this.#options;
    const until = this.#now() + MAX_JOIN;
    while (await table.want()) {
      if (this.#now() > until) throw new Error('Another server does not share its counts');
      await this.#wait(JOIN_PAUSE);
    }
  }
}
