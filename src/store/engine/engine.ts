/**
 * What an engine has to give so that {@link TransactionalStore} makes a `Store` of it: a durable ordered map, written by
 * one process, without transactions of its own.
 */
import type { Entry, Key, KeyRange, Range } from '../contract.js';

/** What one write changes: the new value of each key, `undefined` where the key is to go. */
export type Batch = ReadonlyMap<Key, Buffer | undefined>;

/** Reads a range in chunks, as it was when the iterator was made. */
export interface EngineIterator {
  /** The next chunk; empty at the end. Not to be called again before it has answered. */
  next(): Promise<Entry[]>;
  /** Releases what the iterator holds. Called exactly once, and never while `next` is under way. */
  end(): void;
}

/**
 * One open handle. Every read is of one state, namely that at the moment of the call: it sees no write that was begun
 * afterwards. Whether it sees a write that is under way is open. Keys are never empty.
 */
export interface Engine {
  getMany(keys: readonly Key[]): Promise<(Buffer | undefined)[]>;
  scan(range: Range): Promise<Entry[]>;
  scanKeys(range: Range): Promise<Key[]>;
  iterate(range: KeyRange): EngineIterator;
  /**
   * Writes all of the batch or nothing, and answers when it is on disk (fsync). Writes are made one after another. After
   * an error nothing more is written through this handle; its reads then answer from the state with or without the
   * batch, but always from the same.
   */
  write(batch: Batch): Promise<void>;
  /** Merges the files so that reads of the range no longer step over what was deleted in it before. */
  compact(range: KeyRange): Promise<void>;
  /**
   * Rewrites the files, and answers once none holds what was deleted or overwritten in a range before the call, except what
   * reads that are under way still see.
   */
  purge(range: KeyRange): Promise<void>;
  /** Called once, when no call is under way and every iterator has ended. Releases the data even if it fails. */
  close(): Promise<void>;
}

/**
 * Opens the data: for writing, by one handle at a time, or for reading alone while a handle for writing cannot be had.
 * A handle sees at once everything that an earlier one has left on disk.
 */
export type OpenEngine = (mode: 'write' | 'read') => Promise<Engine>;
