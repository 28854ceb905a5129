import type { Stream } from '../../streams.js';
import type { StreamQueue } from './stream-queue.js';
import { StreamState } from './stream-state.js';

/** How many streams are kept in memory though nobody works with them. */
const KEPT_STREAMS = 5_000;

export interface KnownStream {
  readonly state: StreamState;
  readonly queue: StreamQueue;
}

/** The streams that this process works with, or has worked with lately. */
export class KnownStreams {
  readonly #known = new Map<Stream, KnownStream>();
  readonly #createQueue: (state: StreamState) => StreamQueue;

  constructor(createQueue: (state: StreamState) => StreamQueue) {
    this.#createQueue = createQueue;
  }

  of(stream: Stream): KnownStream {
    const before = this.#known.get(stream);
    if (before !== undefined) return before;
    if (this.#known.size >= KEPT_STREAMS) this.#forgetIdle();
    const state = new StreamState(stream);
    const made = { state, queue: this.#createQueue(state) };
    this.#known.set(stream, made);
    return made;
  }

  /** The connection to the database was lost: it may be another one now, which has lost commits. */
  putInDoubt(): void {
    for (const { state } of this.#known.values()) state.isInDoubt = true;
  }

  #forgetIdle(): void {
    let excess = this.#known.size - KEPT_STREAMS / 2;
    for (const [stream, { state, queue }] of this.#known) {
      if (excess-- <= 0) break;
      if (state.users === 0 && queue.isEmpty) this.#known.delete(stream);
    }
  }
}
