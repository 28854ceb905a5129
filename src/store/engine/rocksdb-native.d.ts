/** The part of `rocksdb-native` that the engine uses; the package brings no types of its own. */
declare module 'rocksdb-native' {
  import type { EventEmitter } from 'node:events';

  interface Options {
    readonly readOnly: boolean;
    /** Makes the files in an existing directory. For a directory whose parent cannot be made the binding never answers. */
    readonly createIfMissing: boolean;
    /** 0 refuses a log with a damaged record that is not its last one; 2 reads it up to that record. */
    readonly walRecoveryMode: 0 | 2;
    readonly maxBackgroundJobs: number;
    readonly maxOpenFiles: number;
    /** Bytes. */
    readonly writeBufferSize: number;
    /** Bytes. */
    readonly tableBlockSize: number;
    /** Whether indexes and filters take their place in the block cache, of 32 MiB, or beside it. */
    readonly tableCacheIndexAndFilterBlocks: boolean;
  }

  interface Item {
    readonly key: Buffer;
    /** `null` unless the iterator reads values. */
    readonly value: Buffer | null;
  }

  interface Range {
    readonly gte?: string;
    readonly gt?: string;
    readonly lt: string;
  }

  interface IteratorOptions {
    readonly values: boolean;
    readonly reverse?: boolean;
    readonly limit?: number;
    /** How many entries one call into RocksDB reads. */
    readonly capacity: number;
  }

  /** A stream of streamx; it starts to read when somebody listens. Emits `close` in the end, whatever became of it. */
  interface Iterator extends EventEmitter {
    on(event: 'data', listener: (item: Item) => void): this;
    on(event: 'end' | 'close', listener: () => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    destroy(): void;
  }

  interface ReadBatch {
    get(key: string): Promise<Buffer | null>;
    /** Reads all of them in one call, from one state. */
    tryFlush(): void;
  }

  interface WriteBatch {
    tryPut(key: string, value: Buffer): void;
    tryDelete(key: string): void;
    /** Answers when the batch is in the log and in memory, which is before it is on disk. */
    flush(): Promise<void>;
  }

  interface BatchOptions {
    readonly capacity: number;
    readonly autoDestroy: true;
  }

  class RocksDB {
    constructor(directory: string, options: Options);
    ready(): Promise<void>;
    /** The database as it is at the moment of the call, until that handle is closed. */
    snapshot(): RocksDB;
    read(options: BatchOptions): ReadBatch;
    write(options: BatchOptions): WriteBatch;
    iterator(range: Range, options: IteratorOptions): Iterator;
    /** Flushes what is in memory of this range first. Both ends are included. */
    compactRange(start: string, end: string, options: { readonly bottommostLevelCompaction: 0 | 2 }): Promise<void>;
    /** One of RocksDB's own figures, such as `rocksdb.sstables`, the files of each level; `undefined` if it knows none of that name. */
    getProperty(name: string): Promise<string | undefined>;
    /** Writes what is in memory to a sorted file, after which no log of it is needed. */
    flush(): Promise<void>;
    close(): Promise<void>;
  }

  export default RocksDB;
}

/** The part of `fs-native-extensions` that the engine uses. */
declare module 'fs-native-extensions' {
  /** Locks a whole file for this descriptor alone, until it is closed. False if another descriptor holds the lock. */
  export function tryLock(descriptor: number): boolean;
}
