import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import type { Stream } from '../../streams.js';
import { decodeLogEntry } from './log-entry.js';
import type { RunStatement } from './session.js';
import type { Head, LoggedGroup, StreamState } from './stream-state.js';
import { bytesAt, numberAt, textAt } from './wire.js';

const NO_HEAD: Head = { seq: 0, clock: 0, epoch: 0 };

interface Look {
  head: Head;
  readonly groups: LoggedGroup[];
}

/** Learns from the log what was committed to streams. */
export class StreamFollower {
  readonly #run: RunStatement;
  #following: Promise<void> | undefined;
  #toFollow = new Set<StreamState>();

  constructor(run: RunStatement) {
    this.#run = run;
  }

  /**
   * Learns what was committed until now: the look at the database begins after the call. Those who ask in the same turn of
   * the event loop share it.
   * @throws UnavailableError
   */
  follow(states: readonly StreamState[]): Promise<void> {
    for (const state of states) this.#toFollow.add(state);
    this.#following ??= nextTurnOfEventLoop().then(() => {
      const followed = [...this.#toFollow];
      this.#toFollow = new Set();
      this.#following = undefined;
      return this.#look(followed);
    });
    return this.#following;
  }

  async #look(states: readonly StreamState[]): Promise<void> {
    for (let asked = states; asked.length > 0;) {
      const known = asked.map(({ seq, doubts }) => ({ seq, doubts }));
      const from = new Map<Stream, number>();
      for (const { stream, seq, isInDoubt } of asked) {
        from.set(stream, Math.min(from.get(stream) ?? Infinity, seq + (isInDoubt ? 0 : 1)));
      }
      const looks = await this.#read(from);
      asked = asked.filter((state, at) => {
        const { seq, doubts } = known[at] ?? state;
        const { head, groups } = looks.get(state.stream) ?? { head: NO_HEAD, groups: [] };
        // The connection was lost meanwhile: it has not been compared with the database that has answered.
        if (state.doubts !== doubts) return true;
        state.observe(seq, head, groups);
        return false;
      });
    }
  }

  async #read(from: ReadonlyMap<Stream, number>): Promise<ReadonlyMap<Stream, Look>> {
    const looks = new Map<Stream, Look>();
    for (const row of await this.#run('since', [[...from.keys()], [...from.values()]])) {
      const stream = textAt(row, 0);
      const look = looks.get(stream) ?? { head: NO_HEAD, groups: [] };
      looks.set(stream, look);
      if (row[3] === null) look.head = { seq: numberAt(row, 1), clock: numberAt(row, 4), epoch: numberAt(row, 5) };
      else
        look.groups.push({
          seq: numberAt(row, 1),
          first: numberAt(row, 2),
          entry: await decodeLogEntry(bytesAt(row, 3)),
        });
    }
    return looks;
  }
}
