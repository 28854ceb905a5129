import type { Stream } from '../../streams.js';
import { StreamState } from './stream-state.js';

/** How many streams are kept in memory though nobody works with them. */
const KEPT_STREAMS = 2_000;

/** Where what is committed to a stream waits. */
interface Queue {
  readonly isEmpty: boolean;
}

export interface KnownStream<StreamQueue extends Queue> {
  readonly state: StreamState;
  readonly queue: StreamQueue;
}

/** The streams that this process works with, or has worked with lately. */
export class KnownStreams<StreamQueue extends Queue> {
  /** Those that were asked for last come last. */
  readonly #known = new Map<Stream, KnownStream<StreamQueue>>();
  /** How many there may be before idle ones are looked for. */
  #most = KEPT_STREAMS;
  readonly #createQueue: (state: StreamState) => StreamQueue;

  constructor(createQueue: (state: StreamState) => StreamQueue) {
    this.#createQueue = createQueue;
  }

  get size(): number {
    return this.#known.size;
  }

  get states(): StreamState[] {
    return [...this.#known.values()].map(({ state }) => state);
  }

  of(stream: Stream): KnownStream<StreamQueue> {
    const before = this.#known.get(stream);
    if (before !== undefined) {
      this.#known.delete(stream);
      this.#known.set(stream, before);
      return before;
    }
    if (this.#known.size >= this.#most) this.#forgetIdle();
    const state = new StreamState(stream);
    const made = { state, queue: this.#createQueue(state) };
    this.#known.set(stream, made);
    return made;
  }

  /** The database that is connected to may be another one now, which has lost commits. */
  putInDoubt(): void {
    for (const { state } of this.#known.values()) state.putInDoubt();
  }

  /** As {@link putInDoubt}, and what was read before is not combined with what is read from now on. */
  noteLostSession(): void {
    for (const { state } of this.#known.values()) state.noteLostSession();
  }

  #forgetIdle(): void {
    let excess = this.#known.size - KEPT_STREAMS / 2;
    for (const [stream, { state, queue }] of this.#known) {
      if (excess-- <= 0) break;
      if (state.users > 0 || !queue.isEmpty) continue;
      this.#known.delete(stream);
      // Answers that were made of it may be kept for longer; what it knows is not.
      state.startAnew(state.seq);
    }
    // Where few are idle, they are not looked for again with each new one.
    this.#most = Math.max(KEPT_STREAMS, this.#known.size + KEPT_STREAMS / 2);
  }
}
