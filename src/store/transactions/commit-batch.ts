/** Merging transactions that wait together into one batch. */
import { startStretches } from '../../yield-to-event-loop.js';
import { PRIVATE_PREFIX, compareKeys } from '../byte-order.js';
import type { Key, KeyRange } from '../contract.js';
import type { Batch } from '../engine/engine.js';
import { padNumber } from '../keys.js';
import { WriteSet, type CommitHistory, type ReadSetEntry } from './conflicts.js';
import { encodeCounter } from './counters.js';
import type { CommitRequest } from './queued-writes.js';

/** Holds the sequence number of the newest commit, in the same batch as what it wrote. */
export const SEQUENCE_KEY: Key = `${PRIVATE_PREFIX}sequence`;

const APPEND_DIGITS = 16;
const NTH_DIGITS = 4;
const APPENDED = /^([0-9]{16})(?:\.[0-9]{4})?$/;

/** How many writes are taken before the clock is looked at, which takes as long as some of them. */
const TAKEN_AT_ONCE = 32;

export type CommitOutcome = 'accepted' | 'conflict' | Error;

export interface CommitBatch {
  readonly writes: Batch;
  readonly writeSet: WriteSet;
  /** The new values of the counters that it changes. */
  readonly counters: ReadonlyMap<Key, number>;
  /** The highest numbers of the prefixes that it appends to. */
  readonly appended: ReadonlyMap<Key, number>;
  /** Keys that are written as plain values, so that they are no counters. */
  readonly plain: readonly Key[];
  /** The sequence number of the last transaction in it. */
  readonly sequence: number;
  /** What became of each transaction, in their order. */
  readonly outcomes: readonly CommitOutcome[];
  readonly accepted: number;
}

/**
 * Takes each transaction in turn that what the batches before, and the transactions before it in this batch, wrote has not
 * changed what it read.
 * @param counters the present values of all counters that the transactions add to, or why there is none
 * @param appended the highest numbers so far of all prefixes that the transactions append to
 * @param sequence the sequence number of the newest commit
 * No commit may come while it gives way to other work.
 */
export async function buildCommitBatch(
  transactions: readonly CommitRequest[],
  history: CommitHistory,
  counters: ReadonlyMap<Key, number | Error>,
  appended: ReadonlyMap<Key, number>,
  sequence: number,
): Promise<CommitBatch> {
  const writes = new Map<Key, Buffer | undefined>();
  const writeSet = new WriteSet();
  const changed = new Map<Key, number>();
  const highest = new Map<Key, number>();
  const plain: Key[] = [];
  let accepted = 0;
  const stretches = startStretches();

  const valueOf = (key: Key): number | Error => changed.get(key) ?? counters.get(key) ?? 0;
  const put = (key: Key, value: Buffer | undefined): void => {
    writes.set(key, value);
    writeSet.add(key);
    plain.push(key);
  };
  const isTooLong = (): boolean => plain.length % TAKEN_AT_ONCE === 0 && stretches.shouldYield();

  const take = async (transaction: CommitRequest): Promise<CommitOutcome> => {
    const { readSet } = transaction;
    if (!history.isCurrent(readSet) || readSet.some((entry) => writeSet.conflictsWith(entry))) return 'conflict';
    for (const [key, delta] of transaction.deltas) {
      const before = valueOf(key);
      if (before instanceof Error) return before;
      if (!Number.isSafeInteger(before + delta)) return new RangeError('A counter has outgrown the integers');
    }
    accepted += 1;
    for (const [key, value] of transaction.puts) {
      put(key, value);
      if (isTooLong()) await stretches.yieldToEventLoop();
    }
    for (const { prefix, value, nth } of transaction.appends) {
      const number = (highest.get(prefix) ?? appended.get(prefix) ?? 0) + (nth === 0 ? 1 : 0);
      highest.set(prefix, number);
      put(appendKey(prefix, number, nth), value);
      if (isTooLong()) await stretches.yieldToEventLoop();
    }
    for (const [key, delta] of transaction.deltas) {
      const before = valueOf(key);
      if (delta === 0 || before instanceof Error) continue;
      const after = before + delta;
      changed.set(key, after);
      writeSet.add(key, (before === 0) !== (after === 0));
    }
    return 'accepted';
  };
  const outcomes: CommitOutcome[] = [];
  for (const transaction of transactions) outcomes.push(await take(transaction));

  for (const [key, value] of changed) writes.set(key, encodeCounter(value));
  if (accepted > 0) writes.set(SEQUENCE_KEY, encodeSequence(sequence + accepted));
  return {
    writes,
    writeSet,
    counters: changed,
    appended: highest,
    plain,
    sequence: sequence + accepted,
    outcomes,
    accepted,
  };
}

/** Whether a commit of this transaction might change what was read, whatever the values of counters and the numbers of what it appends. */
export function mayConflict({ puts, deltas, appends }: CommitRequest, readSet: readonly ReadSetEntry[]): boolean {
  const writeSet = new WriteSet();
  for (const key of puts.keys()) writeSet.add(key);
  for (const [key, delta] of deltas) if (delta !== 0) writeSet.add(key);
  return readSet.some(
    (entry) => writeSet.conflictsWith(entry) || appends.some(({ prefix }) => mayAppendTo(prefix, entry)),
  );
}

function mayAppendTo(prefix: Key, { keys, zeroness, range }: ReadSetEntry): boolean {
  const { gte: least, lt: most } = appendedRange(prefix);
  return (
    [...(keys ?? []), ...(zeroness ?? [])].some((key) => key.startsWith(prefix)) ||
    (range !== undefined && compareKeys(range.gte, most) < 0 && compareKeys(least, range.end) < 0)
  );
}

function appendKey(prefix: Key, number: number, nth: number): Key {
  const key = prefix + padNumber(number, APPEND_DIGITS);
  return nth === 0 ? key : `${key}.${padNumber(nth, NTH_DIGITS)}`;
}

/** Where the keys are that `append` makes of a prefix. */
export function appendedRange(prefix: Key): KeyRange {
  return { gte: `${prefix}0`, lt: `${prefix}:` };
}

/** The number in a key that `append` has made of a prefix; undefined for any other key. */
export function appendedNumber(prefix: Key, key: Key): number | undefined {
  const [, digits] = APPENDED.exec(key.slice(prefix.length)) ?? [];
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : undefined;
}

export function encodeSequence(sequence: number): Buffer {
  return Buffer.from(String(sequence), 'latin1');
}

/** @throws Error if the stored number is none */
export function decodeSequence(stored: Buffer | undefined): number {
  const sequence = stored === undefined ? 0 : Number(stored.toString('latin1'));
  if (!Number.isSafeInteger(sequence) || sequence < 0) throw new Error('The stored sequence number is damaged');
  return sequence;
}
