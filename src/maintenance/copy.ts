/** Copies a whole store into an empty one, of the same or another engine, and proves that both hold the same. */
import { createHash, type Hash } from 'node:crypto';
import type { Entry, Key } from '../store/contract.js';
import type { StoreLocation } from '../store/engines.js';
import { bulkLoadAt, openStore } from '../store/open.js';
import { EVERYTHING, estimateEntries } from './backup.js';
import { NO_PROGRESS, type ProgressListener } from './progress.js';

export interface CopyReport {
  readonly keys: number;
  /** How many kinds of keys were compared: what a key has before its first colon. */
  readonly kinds: number;
}

/** The copy holds something else than what was read. */
export class CopyDiffersError extends Error {
  override readonly name = 'CopyDiffersError';
}

/**
 * Copies a store as it is at one moment into one that is empty or not there. A copy that was interrupted goes on where it
 * ended, unless the source was written in the meantime: then it starts afresh. Until all of it is there and found to be the
 * same, nobody can open the target.
 * @throws StoreOpenError, with nothing touched, if the source cannot be opened, or the target is used or not empty;
 *   {@link CopyDiffersError}; {@link UnavailableError}
 */
export async function copyStore(
  from: StoreLocation,
  to: StoreLocation,
  progress: ProgressListener = NO_PROGRESS,
): Promise<CopyReport> {
  const source = await openStore(from, { use: 'read', create: false });
  try {
    const estimated = await estimateEntries(source, undefined);
    progress.phase('Copying', estimated);
    const read = new StoreDigest();
    async function* entries(): AsyncGenerator<readonly Entry[], void> {
      for await (const piece of source.snapshot(EVERYTHING)) {
        read.add(piece);
        progress.advance(piece.length);
        yield piece;
      }
    }
    await bulkLoadAt(to, {
      entries: entries(),
      sequence: source.sequence,
      origin: `${from.engine} at ${source.sequence}`,
      check: async (written) => {
        progress.phase('Checking', read.keys);
        const found = new StoreDigest();
        for await (const piece of written) {
          found.add(piece);
          progress.advance(piece.length);
        }
        refuseDifference(read, found);
      },
    });
    return { keys: read.keys, kinds: read.finish().size };
  } finally {
    await source.close();
  }
}

interface KindDigest {
  readonly keys: number;
  readonly hash: string;
}

/** Count and hash of all keys of a kind with their values, in their order. */
export class StoreDigest {
  keys = 0;
  readonly #kinds = new Map<string, { keys: number; readonly hash: Hash }>();
  #finished: ReadonlyMap<string, KindDigest> | undefined;

  add(entries: readonly Entry[]): void {
    for (const { key, value } of entries) {
      const kind = this.#kindOf(key);
      const lengths = Buffer.allocUnsafe(8);
      lengths.writeUInt32BE(Buffer.byteLength(key), 0);
      lengths.writeUInt32BE(value.length, 4);
      kind.hash.update(lengths).update(key).update(value);
      kind.keys += 1;
    }
    this.keys += entries.length;
  }

  /** Nothing can be added any more. */
  finish(): ReadonlyMap<string, KindDigest> {
    this.#finished ??= new Map(
      [...this.#kinds].map(([kind, { keys, hash }]) => [kind, { keys, hash: hash.digest('hex') }]),
    );
    return this.#finished;
  }

  #kindOf(key: Key): { keys: number; readonly hash: Hash } {
    const end = key.indexOf(':');
    const name = end < 0 ? '' : key.slice(0, end);
    const kind = this.#kinds.get(name) ?? { keys: 0, hash: createHash('sha256') };
    this.#kinds.set(name, kind);
    return kind;
  }
}

/** @throws CopyDiffersError that names the first kind of keys that is not the same */
function refuseDifference(read: StoreDigest, found: StoreDigest): void {
  const [from, to] = [read.finish(), found.finish()];
  for (const kind of [...new Set([...from.keys(), ...to.keys()])].sort()) {
    const [one, other] = [from.get(kind), to.get(kind)];
    if (one?.keys === other?.keys && one?.hash === other?.hash) continue;
    throw new CopyDiffersError(
      `The copy differs from its source in the keys of the kind '${kind}' (${one?.keys ?? 0} read, ${other?.keys ?? 0} found ` +
        'afterwards) and cannot be used: repeat it, and it starts afresh',
    );
  }
}
