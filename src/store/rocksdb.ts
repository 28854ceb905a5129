import binding from 'rocksdb/binding.js';
import type { Entry, Key, Range } from './contract.js';
import type { Batch, Engine, EngineIterator } from './engine.js';

const MEBIBYTE = 1024 * 1024;

/** Files of 64 MiB, so that 32 GiB are open at once, and half of a common limit of 1,024 file descriptors is left. */
const MOST_OPEN_FILES = 512;

/** How many bytes of a page come in one piece; a page of common entries is one piece. */
const PAGE_BYTES = 8 * MEBIBYTE;

/** How many bytes of a snapshot come in one piece. */
const CHUNK_BYTES = MEBIBYTE;

/** The binding takes a 32-bit integer. */
const NO_LIMIT = -1;
const GREATEST_LIMIT = 2 ** 31 - 1;

interface OpenDatabase {
  readonly database: ReturnType<typeof binding.db_init>;
  /** Iterators whose end is under way: until then each holds on to the state that it has read. */
  readonly ending: Set<Promise<void>>;
}
type NativeIterator = ReturnType<typeof binding.iterator_init>;

/** Opens the RocksDB files in a directory, which are made if there are none. @throws Error as RocksDB words it */
export async function openRocksDb(
  directory: string,
  mode: 'write' | 'read',
  { compression = true }: { readonly compression?: boolean | undefined } = {},
): Promise<Engine> {
  const database = binding.db_init();
  await answer((callback) => {
    binding.db_open(
      database,
      directory,
      {
        createIfMissing: mode === 'write',
        readOnly: mode === 'read',
        compression,
        cacheSize: 256 * MEBIBYTE,
        writeBufferSize: 32 * MEBIBYTE,
        maxOpenFiles: MOST_OPEN_FILES,
      },
      callback,
    );
  });
  const opened: OpenDatabase = { database, ending: new Set() };
  return {
    getMany: (keys) => getMany(opened, keys),
    scan: async (range) => toEntries(await scan(opened, range, true)),
    scanKeys: async (range) => toKeys(await scan(opened, range, false)),
    iterate: (range) => iterate(opened, range),
    write: (batch) => write(opened, batch),
    compact: (range) => compact(opened, range),
    close: () =>
      answer((callback) => {
        binding.db_close(database, callback);
      }),
  };
}

function answer(call: (callback: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** `db_get` would read whenever its thread gets to it; this reads the state of now, for a single key too. */
function getMany({ database }: OpenDatabase, keys: readonly Key[]): Promise<(Buffer | undefined)[]> {
  return new Promise((resolve, reject) => {
    binding.db_get_many(database, keys, { asBuffer: true, fillCache: true }, (error, values) => {
      if (error) reject(error);
      else resolve(values);
    });
  });
}

/** What `iterator_next` answers: value, key, value, key …, the last entry first. */
type Block = readonly (string | Buffer)[];

function scan(opened: OpenDatabase, range: Range, values: boolean): Promise<Block[]> {
  const iterator = binding.iterator_init(opened.database, {
    gte: range.gte,
    lt: range.lt,
    reverse: range.reverse === true,
    limit: range.limit > GREATEST_LIMIT ? NO_LIMIT : range.limit,
    keys: true,
    values,
    keyAsBuffer: false,
    valueAsBuffer: values,
    fillCache: true,
    highWaterMark: PAGE_BYTES,
  });
  const blocks: Block[] = [];
  let count = 0;
  return new Promise((resolve, reject) => {
    const next = (): void => {
      binding.iterator_next(iterator, (error, block, finished) => {
        if (!error) {
          blocks.push(block);
          count += block.length / 2;
          if (!finished && count < range.limit) {
            next();
            return;
          }
        }
        end(opened, iterator);
        if (error) reject(error);
        else resolve(blocks);
      });
    };
    next();
  });
}

/** Nobody waits for the end but a compaction; the binding itself does before it closes the database. */
function end({ ending }: OpenDatabase, iterator: NativeIterator): void {
  const ended = answer((callback) => {
    binding.iterator_end(iterator, callback);
  }).finally(() => ending.delete(ended));
  ending.add(ended);
}

async function compact(
  { database, ending }: OpenDatabase,
  { gte, lt }: { readonly gte: Key; readonly lt: Key },
): Promise<void> {
  await Promise.all(ending);
  await answer((callback) => {
    binding.db_compact_range(database, gte, lt, callback);
  });
}

function toEntries(blocks: readonly Block[]): Entry[] {
  const entries: Entry[] = [];
  for (const block of blocks) {
    for (let at = block.length - 1; at > 0; at -= 2) {
      const key = block[at];
      const value = block[at - 1];
      if (typeof key === 'string' && typeof value === 'object') entries.push({ key, value });
    }
  }
  return entries;
}

function toKeys(blocks: readonly Block[]): Key[] {
  const keys: Key[] = [];
  for (const block of blocks) {
    for (let at = block.length - 1; at > 0; at -= 2) {
      const key = block[at];
      if (typeof key === 'string') keys.push(key);
    }
  }
  return keys;
}

function iterate(opened: OpenDatabase, { gte, lt }: { readonly gte: Key; readonly lt: Key }): EngineIterator {
  const iterator = binding.iterator_init(opened.database, {
    gte,
    lt,
    reverse: false,
    limit: NO_LIMIT,
    keys: true,
    values: true,
    keyAsBuffer: false,
    valueAsBuffer: true,
    fillCache: false,
    highWaterMark: CHUNK_BYTES,
  });
  let finished = false;
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (finished) {
          resolve([]);
          return;
        }
        binding.iterator_next(iterator, (error, block, last) => {
          finished = last;
          if (error) reject(error);
          else resolve(toEntries([block]));
        });
      }),
    end: () => {
      end(opened, iterator);
    },
  };
}

function write({ database }: OpenDatabase, changes: Batch): Promise<void> {
  const batch = binding.batch_init(database);
  for (const [key, value] of changes) {
    if (value === undefined) binding.batch_del(batch, key);
    else binding.batch_put(batch, key, value.length === 0 ? undefined : value);
  }
  return answer((callback) => {
    binding.batch_write(batch, { sync: true }, callback);
  });
}
