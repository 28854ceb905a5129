import { randomBytes } from 'node:crypto';
import { repeat, type Repetition } from '../../../repeat.js';
import { PRIVATE_PREFIX } from '../../byte-order.js';
import type { Key } from '../../contract.js';
import type { StoreLogger } from '../../transactions/committer.js';
import { type Abilities, type Agreement, join, raiseRecordFormat, readAgreement, whyOutdated } from './agreement.js';
import type { Session } from './session.js';
import { type Sessions, withCommitSession } from './sessions.js';
import type { SeenServers } from './shared-counts.js';
import type { RegisteredUse } from './uses.js';
import { byteaArray, keyArray, numberAt, type Row, textAt } from './wire.js';

/** How often the database is told that this server lives, and asked for the time, ms. */
const HEARTBEAT = 1_000;

/** A database that has not answered for so long counts as away, ms: longer than others may have a lock. */
const MAX_ANSWER = 3_500;

/** What is written, and taken back, to see whether the database takes writes again. */
const PROBE_KEY: Key = `${PRIVATE_PREFIX}probe`;
const PROBE_BYTES = 256 * 1024;

/** A clock that is further off is told, ms. */
const MAX_CLOCK_OFFSET = 5_000;
/** A difference that a slow answer alone would explain is none, ms. */
const MIN_CLOCK_OFFSET = 250;

export interface HeartbeatOptions {
  readonly sessions: Sessions;
  /** Names this process in the table of servers. */
  readonly server: string;
  readonly version: string;
  /** What the store is opened for; stands there as well. */
  readonly use: RegisteredUse;
  readonly abilities: Abilities;
  /** The clock of this process, epoch ms. */
  readonly now: () => number;
  readonly logger: StoreLogger | undefined;
  /** Whether the last that is known of the database is a failure. */
  readonly isFailing: () => boolean;
  readonly onSuccess: (seen: SeenServers | undefined) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Tells the database again and again that this server lives, and learns what time it is there. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #clockOffset = 0;
  #toldOffset = false;
  #recordFormat = 1;
  #refusal: string | undefined;
  #purgeDueSince: number | undefined;
  #beating: Repetition | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** What the clock of this process is to be set forward by, ms. */
  get clockOffset(): number {
    return this.#clockOffset;
  }

  /** The format to write records in: every server that may live reads it. */
  get recordFormat(): number {
    return this.#recordFormat;
  }

  /** Why this server must not write: the others have gone on to what it cannot use. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** Since when files of the database hold what was erased, epoch ms. */
  get purgeDueSince(): number | undefined {
    return this.#purgeDueSince;
  }

  /** Registers this server. @throws StoreOpenError if it is too old for the store; if it does not reach the database */
  async join(): Promise<void> {
    const { sessions, abilities } = this.#options;
    await withCommitSession(sessions, (session) => join(session, this.#registration(), abilities));
    await this.beat();
  }

  start(): void {
    this.#beating = repeat(() => this.beat(), { every: HEARTBEAT, onFailure: this.#options.onFailure });
  }

  /** Strikes this server from the table, if the database can be reached. */
  async stop(): Promise<void> {
    const { sessions, server } = this.#options;
    await this.#beating?.stop();
    await withCommitSession(sessions, (session) => session.run('unregister', [server])).catch(() => undefined);
  }

  /** @throws if it does not reach the database */
  async beat(): Promise<void> {
    const { sessions, server, now, logger, isFailing, onSuccess, onFailure } = this.#options;
    const startedAt = performance.now();
    const before = now();
    const slow = setTimeout(() => onFailure(new Error('The database does not answer')), MAX_ANSWER).unref();
    const tell = async (session: Session): Promise<readonly [Row | undefined, Agreement]> => {
      // In this order: who has been silent for long learns what others have decided about it.
      const [, [seen], agreed] = await Promise.all([
        session.run('register', this.#registration()),
        session.run('time', [server]),
        readAgreement(session),
      ]);
      if (isFailing()) await probeWrites(session);
      return [seen, agreed];
    };
    // Before the commits that wait: where each waits for a lock, the server would count as cut off, or as gone.
    const [row, agreement] = await withCommitSession(sessions, tell, true).finally(() => clearTimeout(slow));
    const after = now();
    this.#purgeDueSince = row === undefined || row[4] === null ? undefined : numberAt(row, 4);
    const offset = row === undefined ? 0 : numberAt(row, 0) - (before + after) / 2;
    this.#clockOffset = Math.abs(offset) > MIN_CLOCK_OFFSET ? Math.round(offset) : 0;
    if (Math.abs(offset) > MAX_CLOCK_OFFSET && !this.#toldOffset) {
      this.#toldOffset = true;
      logger?.warn(
        { milliseconds: Math.round(-offset) },
        'The clock of this server is off; it stamps by that of the database',
      );
    }
    await this.#agree(agreement);
    onSuccess(
      row && {
        startedAt,
        owner: row[1] === null ? undefined : textAt(row, 1),
        isWanted: row[2] === true,
        others: numberAt(row, 3),
      },
    );
  }

  #registration(): readonly unknown[] {
    const { server, use, version, abilities } = this.#options;
    return [server, use, version, abilities.recordFormat];
  }

  async #agree(agreement: Agreement): Promise<void> {
    const { sessions, abilities, logger } = this.#options;
    const refusal = whyOutdated('The store', agreement, abilities);
    if (refusal !== undefined && this.#refusal === undefined) logger?.error({}, refusal);
    this.#refusal = refusal;
    if (refusal !== undefined) return;
    // One that is raised now is written from the next beat on.
    this.#recordFormat = agreement.recordFormat;
    if (agreement.readableFormat > agreement.recordFormat) await withCommitSession(sessions, raiseRecordFormat);
  }
}

/** Writes what takes new pages, and takes it back: a full disk refuses that while it still takes small changes. */
async function probeWrites(session: Session): Promise<void> {
  try {
    await session.command('BEGIN');
    await session.run('put', [keyArray([PROBE_KEY]), byteaArray([randomBytes(PROBE_BYTES)])]);
  } finally {
    await session.command('ROLLBACK');
  }
}
