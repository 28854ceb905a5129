import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import type { Stream } from '../../streams.js';
import { decodeLogEntry } from './log-entry.js';
import type { LoggedGroup, StreamState } from './stream-state.js';
import type { RunStatement } from './versioned-reads.js';
import { bytesAt, numberAt, textAt } from './wire.js';

/** Learns from the log what was committed to streams. */
export class StreamFollower {
  readonly #run: RunStatement;
  #following: Promise<void> | undefined;
  #toFollow = new Set<StreamState>();

  constructor(run: RunStatement) {
    this.#run = run;
  }

  /** Learns what was committed until now. Those who ask in the same turn of the event loop share a look. */
  follow(states: readonly StreamState[]): Promise<void> {
    for (const state of states) this.#toFollow.add(state);
    this.#following ??= nextTurnOfEventLoop().then(async () => {
      const followed = [...this.#toFollow];
      this.#toFollow = new Set();
      this.#following = undefined;
      const streams = followed.map(({ stream }) => stream);
      const rows = await this.#run('log', [streams, followed.map(({ seq }) => seq + 1)]);
      const groups = new Map<Stream, LoggedGroup[]>(streams.map((stream) => [stream, []]));
      for (const row of rows) {
        const entry = await decodeLogEntry(bytesAt(row, 3));
        groups.get(textAt(row, 0))?.push({ seq: numberAt(row, 1), first: numberAt(row, 2), entry });
      }
      for (const state of followed) state.learn(groups.get(state.stream) ?? []);
    });
    return this.#following;
  }
}
