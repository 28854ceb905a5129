import { checkKey } from '../byte-order.js';
import type { Key } from '../contract.js';
import type { ReadSetEntry } from './conflicts.js';

export interface Append {
  readonly prefix: Key;
  readonly value: Buffer;
  /** How many times the same transaction had appended to the same prefix before. */
  readonly nth: number;
}

/** What is committed together: what was read for it, to be validated, and what it writes. */
export interface CommitRequest {
  readonly readSet: readonly ReadSetEntry[];
  readonly puts: ReadonlyMap<Key, Buffer | undefined>;
  readonly deltas: ReadonlyMap<Key, number>;
  readonly appends: readonly Append[];
}

/** The most that one transaction may append to one prefix: the numbers behind the first have four digits. */
const MAX_APPENDS = 10_000;

/** The writes that one run of a `work` has queued. */
export class QueuedWrites {
  readonly puts = new Map<Key, Buffer | undefined>();
  readonly deltas = new Map<Key, number>();
  readonly appends: Append[] = [];
  /** About how many bytes the writes take. */
  bytes = 0;
  readonly #appended = new Map<Key, number>();
  #over = false;

  get writes(): number {
    return this.puts.size + this.deltas.size + this.appends.length;
  }

  /** Whether `work` has ended. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Call when `work` has ended: what it would write from now on would be lost. */
  end(): void {
    this.#over = true;
  }

  put(key: Key, value: Buffer): void {
    this.#write(key, value);
  }

  delete(key: Key): void {
    this.#write(key, undefined);
  }

  add(key: Key, delta: number): void {
    this.#checkWrite(key);
    if (!Number.isSafeInteger(delta)) throw new TypeError('A counter changes by an integer');
    if (this.puts.has(key)) throw new TypeError('A counter key is only written by add');
    const before = this.deltas.get(key);
    if (before === undefined) this.bytes += key.length + 8;
    this.deltas.set(key, (before ?? 0) + delta);
  }

  append(prefix: Key, value: Buffer): void {
    this.#checkWrite(prefix);
    const nth = this.#appended.get(prefix) ?? 0;
    if (nth >= MAX_APPENDS) throw new RangeError(`A transaction appends at most ${MAX_APPENDS} values to one prefix`);
    this.#appended.set(prefix, nth + 1);
    this.appends.push({ prefix, value, nth });
    this.bytes += prefix.length + 21 + value.length;
  }

  #write(key: Key, value: Buffer | undefined): void {
    this.#checkWrite(key);
    if (this.deltas.has(key)) throw new TypeError('A counter key is only written by add');
    this.puts.set(key, value);
    this.bytes += key.length + (value?.length ?? 0);
  }

  #checkWrite(key: Key): void {
    if (this.#over) throw new TypeError('The transaction is over: its work ended without waiting for this write');
    checkKey(key);
  }
}
