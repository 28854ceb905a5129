/**
 * The native half of the `rocksdb` package, as far as it is used. Its JavaScript half would cost a callback through
 * `process.nextTick` per entry of a range. None of these functions checks its arguments or the state of the handle: a
 * call before `db_open` has answered, or after `db_close` was called, ends the process.
 */
declare module 'rocksdb/binding.js' {
  type Database = object & { readonly __database: never };
  type Iterator = object & { readonly __iterator: never };
  type Batch = object & { readonly __batch: never };
  type Callback = (error: Error | null) => void;

  interface OpenOptions {
    readonly createIfMissing: boolean;
    readonly readOnly: boolean;
    /** Snappy, of the blocks of the sorted files. */
    readonly compression: boolean;
    /** Bytes. */
    readonly cacheSize: number;
    /** Bytes. */
    readonly writeBufferSize: number;
    readonly maxOpenFiles: number;
  }

  interface IteratorOptions {
    readonly gte: string;
    readonly lt: string;
    readonly reverse: boolean;
    /** At most 2^31 - 1; -1 for none. */
    readonly limit: number;
    readonly keys: boolean;
    readonly values: boolean;
    readonly keyAsBuffer: boolean;
    readonly valueAsBuffer: boolean;
    /** Whether blocks that are read stay in the cache. */
    readonly fillCache: boolean;
    /** Bytes after which a call of `iterator_next` answers. */
    readonly highWaterMark: number;
  }

  interface Binding {
    db_init(): Database;
    db_open(database: Database, location: string, options: OpenOptions, callback: Callback): void;
    db_close(database: Database, callback: Callback): void;
    /** Takes its snapshot during the call. Leaves out empty keys. */
    db_get_many(
      database: Database,
      keys: readonly string[],
      options: { readonly asBuffer: boolean; readonly fillCache: boolean },
      callback: (error: Error | null, values: (Buffer | undefined)[]) => void,
    ): void;
    /** Takes its snapshot during the call. */
    iterator_init(database: Database, options: IteratorOptions): Iterator;
    /**
     * Answers the next entries as value, key, value, key … from the last to the first: one entry at the first call, up to
     * a thousand at each later one.
     */
    iterator_next(
      iterator: Iterator,
      callback: (error: Error | null, entries: (string | Buffer)[], finished: boolean) => void,
    ): void;
    /** Flushes what is in memory of this range first. Both ends are included. */
    db_compact_range(database: Database, start: string, end: string, callback: Callback): void;
    iterator_end(iterator: Iterator, callback: Callback): void;
    batch_init(database: Database): Batch;
    /** Never frees its copy of a value that has no bytes; of `undefined`, which is stored as one, it makes none. */
    batch_put(batch: Batch, key: string, value: Buffer | undefined): void;
    batch_del(batch: Batch, key: string): void;
    batch_write(batch: Batch, options: { readonly sync: boolean }, callback: Callback): void;
  }

  const binding: Binding;
  export default binding;
}
