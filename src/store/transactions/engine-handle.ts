import { UnavailableError } from '../../errors.js';
import type { Entry, KeyRange } from '../contract.js';
import type { Engine, EngineIterator, OpenEngine } from '../engine/engine.js';
import { cannotRead } from '../errors.js';

interface Iteration {
  readonly iterator: EngineIterator;
  /** Whether a call of `next` is under way; the iterator is then ended behind it. */
  busy: boolean;
}

/** A call that is under way, of which there are several for each request: a promise for each would cost more than the rest. */
interface Call {
  /** Told when it has ended; mostly nobody waits. */
  waiting: (() => void)[] | undefined;
}

/** The handle that is open now, and its replacement by another one without a call getting between the two. */
export class EngineHandle {
  readonly #open: OpenEngine;
  #engine: Engine | undefined;
  /** The replacement under way, for calls that wait for it. */
  #replacing: Promise<void> | undefined;
  readonly #underWay = new Set<Call>();
  readonly #iterations = new Set<Iteration>();

  constructor(open: OpenEngine) {
    this.#open = open;
  }

  /**
   * Calls the engine, in this very tick if a handle is open, so that the caller knows which state is read.
   * @throws UnavailableError if there is no handle, or the read fails
   */
  async call<T>(read: (engine: Engine) => Promise<T>): Promise<T> {
    while (this.#engine === undefined) {
      if (this.#replacing === undefined) throw cannotRead();
      await this.#replacing;
    }
    const call: Call = { waiting: undefined };
    this.#underWay.add(call);
    try {
      return await read(this.#engine);
    } catch (cause) {
      throw cause instanceof UnavailableError ? cause : cannotRead(cause);
    } finally {
      this.#underWay.delete(call);
      call.waiting?.forEach((resolve) => resolve());
    }
  }

  /** Chunks of a range as of one moment, until the handle is replaced or closed, when it throws UnavailableError. */
  async *iterate(range: KeyRange): AsyncGenerator<Entry[], void> {
    // Listed in the tick in which it is made, so that no handle is closed below an iterator that it does not know of.
    const iteration = await this.call((engine) => {
      const made = { iterator: engine.iterate(range), busy: false };
      this.#iterations.add(made);
      return Promise.resolve(made);
    });
    try {
      for (;;) {
        const chunk = await this.call(() => this.#next(iteration));
        if (chunk.length === 0) return;
        yield chunk;
      }
    } finally {
      if (this.#iterations.delete(iteration)) iteration.iterator.end();
    }
  }

  async #next(iteration: Iteration): Promise<Entry[]> {
    if (!this.#iterations.has(iteration)) throw cannotRead();
    iteration.busy = true;
    try {
      return await iteration.iterator.next();
    } finally {
      iteration.busy = false;
      if (!this.#iterations.has(iteration)) iteration.iterator.end();
    }
  }

  /**
   * Closes the handle, if there is one, and opens one for writing. Calls wait meanwhile. `ready` runs before the first of
   * them, in the tick of the change. If it cannot be opened, and `orRead`, one for reading alone is opened if possible.
   * @throws whatever opening for writing throws
   */
  async replace(orRead: boolean, ready: () => void): Promise<void> {
    const replacing = this.#replace(orRead, ready);
    this.#replacing = replacing.catch(() => undefined);
    try {
      await replacing;
    } finally {
      this.#replacing = undefined;
    }
  }

  async #replace(orRead: boolean, ready: () => void): Promise<void> {
    await this.close().catch(() => undefined);
    try {
      this.#engine = await this.#open('write');
    } catch (error) {
      if (orRead) this.#engine = await this.#open('read').catch(() => undefined);
      throw error;
    } finally {
      ready();
    }
  }

  /**
   * Ends every iterator and waits for the calls that are under way, so that nothing holds on to a state of before.
   * Iterations that are ended throw UnavailableError.
   */
  async drain(): Promise<void> {
    for (const { iterator, busy } of this.#iterations) if (!busy) iterator.end();
    this.#iterations.clear();
    const ended = [...this.#underWay].map(
      (call) => new Promise<void>((resolve) => (call.waiting ??= []).push(resolve)),
    );
    await Promise.all(ended);
  }

  /** Waits for the calls under way, ends the iterators, and closes. Idempotent. */
  async close(): Promise<void> {
    const engine = this.#engine;
    if (engine === undefined) return;
    this.#engine = undefined;
    await this.drain();
    await engine.close();
  }
}
