import { LRUCache } from 'lru-cache';
import { fnv1a } from '../../hash32.js';
import { startStretches, type Stretches } from '../../yield-to-event-loop.js';
import type { Key } from '../contract.js';
import type { Batch, Engine } from './engine.js';

/** What an entry costs beside its key and value, bytes, about: a Buffer, its memory outside of the heap, a place in the list. */
const ENTRY_BYTES = 320;

/** Readers keep what they decode of a value for as long as it is here, which takes about twice its bytes. */
const BYTES_PER_BYTE = 3;

/** How many keys are remembered that were read once; a power of two. Two that share a place only forget each other. */
const READ_ONCE = 32_768;

/** A read that is under way for a value that was not in the cache. */
interface Load {
  /** A write of the key has begun since, so that what is read may be of before it. */
  overtaken: boolean;
  readers: number;
}

/**
 * Keeps values that were read by key in memory, so that reading them again costs no thread: from their second read on, as
 * what is read once only, for a search index or an export, would push out the rest and grow old in the heap for nothing.
 * Only for an engine that nobody else writes to. Reads keep their promise of one state: a value leaves the cache when a
 * write of it begins, and comes back only through a read that no write of it has overlapped.
 * @param bytes how many bytes of keys and values are kept
 * @param start begins the stretches in which a large write is noted
 */
export function withValueCache(
  engine: Engine,
  bytes: number,
  start: () => Pick<Stretches, 'shouldYield' | 'yieldToEventLoop'> = startStretches,
): Engine {
  const cache = new LRUCache<Key, Buffer>({
    maxSize: bytes,
    sizeCalculation: (value, key) => key.length + BYTES_PER_BYTE * value.length + ENTRY_BYTES,
  });
  const loads = new Map<Key, Load>();
  const readOnce = new Uint32Array(READ_ONCE);
  let writing: Batch | undefined;

  const isReadAgain = (key: Key): boolean => {
    const hash = fnv1a(key);
    const place = hash % READ_ONCE;
    if (readOnce[place] === hash) return true;
    readOnce[place] = hash;
    return false;
  };

  const begin = (key: Key): Load | undefined => {
    if (writing?.has(key) === true) return undefined;
    const under = loads.get(key);
    if (under !== undefined) {
      under.readers += 1;
      return under;
    }
    const load = { overtaken: false, readers: 1 };
    loads.set(key, load);
    return load;
  };
  const end = (key: Key, load: Load | undefined, value: Buffer | undefined): void => {
    if (load === undefined) return;
    load.readers -= 1;
    if (load.overtaken) return;
    if (load.readers === 0) loads.delete(key);
    if (value !== undefined && isReadAgain(key)) cache.set(key, value);
  };

  const forget = (key: Key): void => {
    cache.delete(key);
    const load = loads.get(key);
    if (load === undefined) return;
    load.overtaken = true;
    loads.delete(key);
  };

  const read = async (keys: readonly Key[], known: (Buffer | undefined)[]): Promise<(Buffer | undefined)[]> => {
    const missing = keys.filter((_, at) => known[at] === undefined);
    const begun = missing.map(begin);
    let loaded: (Buffer | undefined)[] = [];
    try {
      loaded = await engine.getMany(missing);
    } finally {
      for (const [at, key] of missing.entries()) end(key, begun[at], loaded[at]);
    }
    let next = 0;
    return known.map((value) => value ?? loaded[next++]);
  };

  return {
    ...engine,
    getMany: (keys) => {
      const known = keys.map((key) => cache.get(key));
      return known.includes(undefined) ? read(keys, known) : Promise.resolve(known);
    },
    write: async (batch) => {
      writing = batch;
      const stretches = start();
      try {
        // Whoever reads in between sees what was before the write, which has not begun yet.
        for (const key of batch.keys()) {
          forget(key);
          if (stretches.shouldYield()) await stretches.yieldToEventLoop();
        }
        await engine.write(batch);
      } finally {
        // Writes are made one after another, and after a failed one this handle is not used for long.
        writing = undefined;
      }
    },
  };
}
