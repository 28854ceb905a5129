/** Loading an empty store with what `Store.snapshot` of another one gave. */
import { PRIVATE_PREFIX, checkKey } from '../byte-order.js';
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
}

/**
 * Fills an empty store, piece by piece. If it does not come to its end, the store cannot be opened, and the next bulk load
 * starts afresh.
 * @throws NotEmptyError, with nothing touched; TypeError for what cannot be a key; whatever `contents` throws
 */
export async function bulkLoad(open: OpenEngine, { entries, sequence }: StoreContents): Promise<void> {
  const engine = await open('write');
  try {
    await makeEmpty(engine);
    await engine.write(new Map([[UNFINISHED_KEY, Buffer.alloc(0)]]));
    for await (const piece of entries) {
      for (const { key } of piece) checkKey(key);
      await engine.write(new Map(piece.map(({ key, value }) => [key, value])));
    }
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

/** Removes what an unfinished bulk load has left. @throws NotEmptyError if the store has ever been written otherwise */
async function makeEmpty(engine: Engine): Promise<void> {
  const [unfinished, sequence] = await engine.getMany([UNFINISHED_KEY, SEQUENCE_KEY]);
  if (unfinished === undefined) {
    const keys = await engine.scanKeys({ ...WHOLE, limit: 1 });
    if (keys.length > 0 || sequence !== undefined) throw new NotEmptyError('The store is not empty');
    return;
  }
  for (;;) {
    const keys = await engine.scanKeys({ ...WHOLE, limit: CLEARED_AT_ONCE });
    if (keys.length === 0) return;
    await engine.write(new Map(keys.map((key) => [key, undefined])));
  }
}
