import { setTimeout as delay } from 'node:timers/promises';
import { UnavailableError } from '../../../errors.js';
import { notWritten, unknownOutcome } from '../../errors.js';
import type { CommitOutcome } from '../../transactions/commit-batch.js';
import {
  type CommitGroup,
  type GroupSettings,
  type PreparedGroup,
  prepareGroup,
  RolledBackError,
  sendGroup,
} from './commit-group.js';
import type { EngineCounts } from './engine-counts.js';
import { HeadHeldError, lockHeads } from './lock-heads.js';
import { isLockTimeout, isRefusal, isRefusalOfOne, isSerializationFailure, type Session } from './session.js';
import { pauseBefore, type Sessions } from './sessions.js';
import type { StreamState } from './stream-state.js';
import type { StreamPart } from './transaction.js';
import { numberAt } from './wire.js';

export type GroupOutcomes = ReadonlyMap<StreamPart, CommitOutcome>;

/** How long a group is tried while the database cannot be reached, ms. */
const PATIENCE = 10_000;

/** How long to wait at most before a group is sent again that another one has come before, ms. */
const MAX_BACKOFF = 10;

interface SentGroup {
  readonly group: PreparedGroup;
  readonly number: number;
}

export interface RunnerEvents {
  readonly onFailure: (error: unknown) => void;
  readonly onCommit: (commits: number) => void;
}

/** Commits groups, each until it is known what became of it. */
export class GroupRunner {
  readonly #sessions: Sessions;
  readonly #settings: GroupSettings;
  readonly #events: RunnerEvents;
  readonly #counts: EngineCounts;
  #groups = 0;

  constructor(sessions: Sessions, settings: GroupSettings, events: RunnerEvents, counts: EngineCounts) {
    this.#sessions = sessions;
    this.#counts = counts;
    this.#settings = settings;
    this.#events = events;
  }

  /**
   * Locks the streams and commits what `decide` then says, which is asked once.
   * @param states in the order of their streams; nobody else of this process may commit to them meanwhile
   * @throws UnavailableError that says whether the group certainly did not take place; whatever `decide` throws
   */
  async run(
    states: readonly StreamState[],
    decide: (session: Session) => Promise<CommitGroup | undefined>,
  ): Promise<GroupOutcomes> {
    const deadline = performance.now() + PATIENCE;
    let decided: { readonly group: CommitGroup | undefined } | undefined;
    const decideOnce = async (session: Session): Promise<CommitGroup | undefined> =>
      (decided ??= { group: await decide(session) }).group;
    for (let retry = 0; ; retry++) {
      const attempt = await this.#attempt(states, decideOnce);
      if ('outcomes' in attempt) return attempt.outcomes;
      const { error, sent } = attempt;
      if (sent !== undefined) {
        const isCommitted = await this.#resolve(states, sent, deadline, error);
        if (isCommitted) {
          this.#events.onCommit(sent.group.commits);
          return sent.group.outcomes;
        }
      }
      if (performance.now() > deadline) {
        if (!isContention(error)) this.#events.onFailure(error);
        throw notWritten(1, error);
      }
      this.#counts.repeatedGroups += 1;
      await (isSerializationFailure(error) ? delay(Math.random() * MAX_BACKOFF) : pauseBefore(retry));
      const group = decided?.group;
      if (group?.isBoundToLock === true) {
        return new Map([...group.parts.values()].flat().map((part) => [part, 'conflict']));
      }
    }
  }

  async #attempt(
    states: readonly StreamState[],
    decide: (session: Session) => Promise<CommitGroup | undefined>,
  ): Promise<{ readonly outcomes: GroupOutcomes } | { readonly error: unknown; readonly sent?: SentGroup }> {
    let session: Session;
    try {
      session = await this.#sessions.lease('commit');
    } catch (error) {
      // It may be there at the next try; if it is not, the heartbeat finds none either, and says so.
      return { error };
    }
    let sent: SentGroup | undefined;
    let decisionFailed: { readonly error: unknown } | undefined;
    try {
      const asked = performance.now();
      const heads = await lockHeads(session, states, this.#settings);
      const locked = performance.now();
      this.#counts.lockSeconds += (locked - asked) / 1000;
      // Numbered under the lock: a group that was committed has the number of the newest, as nobody came between.
      const number = ++this.#groups;
      const group = await decide(session).catch((error: unknown) => {
        decisionFailed = { error };
        throw error;
      });
      const prepared = group && (await prepareGroup(session, heads, group, this.#settings));
      if (prepared === undefined || prepared.batches.size === 0) {
        await session.command('ROLLBACK');
        return { outcomes: prepared?.outcomes ?? new Map() };
      }
      sent = { group: prepared, number };
      await sendGroup(session, heads, prepared, number, this.#settings);
      this.#counts.groups += 1;
      this.#counts.commitSeconds += (performance.now() - locked) / 1000;
      this.#events.onCommit(prepared.commits);
      return { outcomes: prepared.outcomes };
    } catch (error) {
      const mayRepeat =
        isSerializationFailure(error) || error instanceof RolledBackError || error instanceof HeadHeldError;
      if (!session.isLost) await session.command('ROLLBACK').catch(() => session.destroy());
      if (decisionFailed !== undefined) throw decisionFailed.error;
      if (error instanceof UnavailableError) throw error;
      if (!mayRepeat && !isRefusal(error)) {
        session.destroy();
        return { error, ...(sent !== undefined && { sent }) };
      }
      if (mayRepeat) return { error };
      // A disk that is full, a right that is missing: it will be the same for the next one.
      if (!isRefusalOfOne(error)) this.#events.onFailure(error);
      throw notWritten(1, error);
    } finally {
      this.#sessions.release('commit', session);
    }
  }

  /** Whether a group whose end was not seen is committed. @throws UnavailableError if that cannot be found out in time */
  async #resolve(
    states: readonly StreamState[],
    { group, number }: SentGroup,
    deadline: number,
    cause: unknown,
  ): Promise<boolean> {
    // One that it writes to: where it has only read, it leaves no number.
    const [written] = group.batches.keys();
    for (let retry = 0; ; retry++) {
      try {
        const session = await this.#sessions.lease('commit');
        try {
          // Who has the lock knows that the session that had it before is over.
          await lockHeads(session, states, this.#settings);
          const [row] = await session.run('outcome', [this.#settings.writer, written?.stream]);
          const isCommitted = row !== undefined && numberAt(row, 0) === number;
          // A standby that has this commit has the one before it, too: only then is that safe from the loss of the primary.
          if (isCommitted) await session.run('confirm', [this.#settings.writer, written?.stream]);
          await session.command(isCommitted ? 'COMMIT' : 'ROLLBACK');
          return isCommitted;
        } catch (error) {
          // Where only the lock was not to be had, the connection is as good as before, and others need not doubt theirs.
          if (error instanceof HeadHeldError) await session.command('ROLLBACK').catch(() => session.destroy());
          else session.destroy();
          throw error;
        } finally {
          this.#sessions.release('commit', session);
        }
      } catch (error) {
        if (performance.now() > deadline) {
          this.#events.onFailure(error);
          throw unknownOutcome(1, cause);
        }
        await pauseBefore(retry);
      }
    }
  }
}

/** Whether others have come before a group, to its streams alone. */
function isContention(error: unknown): boolean {
  return error instanceof HeadHeldError || (isSerializationFailure(error) && !isLockTimeout(error));
}
