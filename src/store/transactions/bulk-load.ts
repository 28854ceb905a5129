/** Loading an empty store with what `Store.snapshot` of another one gave. */
import { PRIVATE_PREFIX, checkKey, compareKeys } from '../byte-order.js';
import type { Entry, Key } from '../contract.js';
import type { Engine, OpenEngine } from '../engine/engine.js';
import { SEQUENCE_KEY, encodeSequence } from './commit-batch.js';

/** There from the first write of a bulk load to its last, so that a store that is only half there is never served. */
export const UNFINISHED_KEY: Key = `${PRIVATE_PREFIX}unfinished`;

/** Everything that a store holds but its private keys. */
const WHOLE = { gte: '\u0001', lt: '\u{10ffff}' };

/** How many keys of an unfinished bulk load are removed by one write. */
const CLEARED_AT_ONCE = 10_000;

/** The store that is to be filled holds something already. */
export class NotEmptyError extends Error {
  override readonly name = 'NotEmptyError';
}

/** What a store is to hold. */
export interface StoreContents {
  /** Keys as `Store.snapshot` gives them: none private, values of counters as they are stored. Each piece is one write. */
  readonly entries: AsyncIterable<readonly Entry[]>;
  /** The next commit of the store gets a number above this. */
  readonly sequence: number;
  /**
   * Names what is loaded: if a load with the same name was interrupted, this one goes on behind the last key that it has
   * written. The entries must come in the order of their keys then. Without it, each load starts afresh.
   */
  readonly origin?: string;
  /**
   * Given everything that was written, in the order of keys, before the store can be opened. If it throws, the load is not
   * finished, and the next one starts afresh.
   */
  readonly check?: (written: AsyncIterable<readonly Entry[]>) => Promise<void>;
}

/**
 * Fills an empty store, piece by piece. If it does not come to its end, the store cannot be opened, and the next bulk load
 * starts afresh, or goes on if it is of the same origin.
 * @throws NotEmptyError, with nothing touched; TypeError for what cannot be a key; whatever `contents` throws
 */
export async function bulkLoad(open: OpenEngine, contents: StoreContents): Promise<void> {
  const { entries, sequence, origin = '', check } = contents;
  const engine = await open('write');
  try {
    const last = await findStart(engine, origin);
    await engine.write(new Map([[UNFINISHED_KEY, Buffer.from(origin)]]));
    for await (const piece of entriesAfter(entries, last)) {
      for (const { key } of piece) checkKey(key);
      await engine.write(new Map(piece.map(({ key, value }) => [key, value])));
    }
    if (check !== undefined) await checkWritten(engine, check);
    await engine.write(
      new Map([
        [SEQUENCE_KEY, encodeSequence(sequence)],
        [UNFINISHED_KEY, undefined],
      ]),
    );
  } finally {
    await engine.close();
  }
}

/** What follows a key, or all. */
export async function* entriesAfter(
  entries: AsyncIterable<readonly Entry[]>,
  last: Key | undefined,
): AsyncGenerator<readonly Entry[], void> {
  for await (const piece of entries) {
    const rest = last === undefined ? piece : piece.filter(({ key }) => compareKeys(key, last) > 0);
    if (rest.length > 0) yield rest;
  }
}

/**
 * Removes what an unfinished bulk load has left, unless this one goes on with it.
 * @returns the last key that is there already
 * @throws NotEmptyError if the store has ever been written otherwise
 */
async function findStart(engine: Engine, origin: string): Promise<Key | undefined> {
  const [unfinished, sequence] = await engine.getMany([UNFINISHED_KEY, SEQUENCE_KEY]);
  if (unfinished === undefined) {
    const keys = await engine.scanKeys({ ...WHOLE, limit: 1 });
    if (keys.length > 0 || sequence !== undefined) throw new NotEmptyError('The store is not empty');
    return undefined;
  }
  if (origin !== '' && unfinished.toString() === origin) {
    const [last] = await engine.scanKeys({ ...WHOLE, limit: 1, reverse: true });
    return last;
  }
  // What is left of it is nothing that could be gone on with.
  await engine.write(new Map([[UNFINISHED_KEY, Buffer.alloc(0)]]));
  for (;;) {
    const keys = await engine.scanKeys({ ...WHOLE, limit: CLEARED_AT_ONCE });
    if (keys.length === 0) return undefined;
    await engine.write(new Map(keys.map((key) => [key, undefined])));
  }
}

async function checkWritten(engine: Engine, check: NonNullable<StoreContents['check']>): Promise<void> {
  const iterator = engine.iterate(WHOLE);
  async function* written(): AsyncGenerator<readonly Entry[], void> {
    for (let piece = await iterator.next(); piece.length > 0; piece = await iterator.next()) yield piece;
  }
  try {
    await check(written());
  } catch (error) {
    await engine.write(new Map([[UNFINISHED_KEY, Buffer.alloc(0)]]));
    throw error;
  } finally {
    iterator.end();
  }
}
