/** Reading ranges in order, in bounded memory. */
import { readAhead } from '../../read-ahead.js';
import type { Entry, Key, KeyRange, Store } from '../../store/contract.js';

/** The chunks of a snapshot, each read while the one before it is worked on. */
export function readChunksAhead(store: Store, range: KeyRange): AsyncGenerator<Entry[], void> {
  return readAhead(store.snapshot(range));
}

/** Walks a snapshot of a range. Close it, also after an error. */
export class Cursor {
  readonly #chunks: AsyncGenerator<Entry[], void>;
  #chunk: readonly Entry[] = [];
  #at = -1;
  #ended = false;

  constructor(store: Store, range: KeyRange) {
    this.#chunks = readChunksAhead(store, range);
  }

  /** Where it stands: at no entry before the first `advance` and behind the last entry. */
  get current(): Entry | undefined {
    return this.#chunk[this.#at];
  }

  /** Goes one on. Answers nothing where that took no wait, so that millions of steps need not wait for one. */
  advance(): Promise<void> | undefined {
    this.#at += 1;
    return this.#at < this.#chunk.length || this.#ended ? undefined : this.#load();
  }

  async close(): Promise<void> {
    await this.#chunks.return();
  }

  async #load(): Promise<void> {
    do {
      const next = await this.#chunks.next();
      if (next.done === true) this.#ended = true;
      this.#chunk = next.done === true ? [] : next.value;
      this.#at = 0;
    } while (this.#chunk.length === 0 && !this.#ended);
  }
}

/** Keys to be looked up by one read of the store, each with what its value is for. */
export class Lookups {
  readonly #keys: Key[] = [];
  readonly #answers: ((value: Buffer | undefined) => void)[] = [];

  get size(): number {
    return this.#keys.length;
  }

  find(key: Key, answer: (value: Buffer | undefined) => void): void {
    this.#keys.push(key);
    this.#answers.push(answer);
  }

  /** Looks up what was asked for so far; answers may ask for more, which the next `resolve` finds. */
  async resolve(store: Store): Promise<void> {
    const keys = this.#keys.splice(0);
    const answers = this.#answers.splice(0);
    const values = await store.read((reader) => reader.getMany(keys));
    answers.forEach((answer, index) => answer(values[index]));
  }
}
