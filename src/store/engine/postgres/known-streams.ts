import type { Stream } from '../../streams.js';
import { StreamState } from './stream-state.js';

/** What is kept in memory of streams that nobody works with. */
export interface KeptStreams {
  readonly streams: number;
  /** Keys, counters and numbers of all streams together. */
  readonly items: number;
}

/** An item takes about 170 bytes. */
const KEPT: KeptStreams = { streams: 2_000, items: 1_000_000 };

/** How often a stream is asked for between two looks at how much there is. */
const WEIGH_EVERY = 256;

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
  #most: number;
  #asked = 0;
  readonly #kept: KeptStreams;
  readonly #createQueue: (state: StreamState) => StreamQueue;

  constructor(createQueue: (state: StreamState) => StreamQueue, kept = KEPT) {
    this.#createQueue = createQueue;
    this.#kept = kept;
    this.#most = kept.streams;
  }

  get size(): number {
    return this.#known.size;
  }

  get states(): StreamState[] {
    return [...this.#known.values()].map(({ state }) => state);
  }

  of(stream: Stream): KnownStream<StreamQueue> {
    if ((this.#asked += 1) % WEIGH_EVERY === 0) this.#forgetHeavy(stream);
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
    const { streams } = this.#kept;
    let excess = this.#known.size - streams / 2;
    for (const stream of this.#known.keys()) {
      if (excess-- <= 0) break;
      this.#forget(stream);
    }
    // Where few are idle, they are not looked for again with each new one.
    this.#most = Math.max(streams, this.#known.size + streams / 2);
  }

  /** @param asked is not forgotten */
  #forgetHeavy(asked: Stream): void {
    const { items } = this.#kept;
    let size = 0;
    for (const { state } of this.#known.values()) size += state.size;
    if (size <= items) return;
    for (const [stream, { state }] of this.#known) {
      if (size <= items / 2) break;
      const { size: freed } = state;
      if (stream !== asked && this.#forget(stream)) size -= freed;
    }
  }

  /** Forgets a stream unless somebody works with it. */
  #forget(stream: Stream): boolean {
    const known = this.#known.get(stream);
    if (known === undefined || known.state.users > 0 || !known.queue.isEmpty) return false;
    this.#known.delete(stream);
    // Answers that were made of it may be kept for longer; what it knows is not.
    known.state.startAnew(known.state.seq);
    return true;
  }
}
