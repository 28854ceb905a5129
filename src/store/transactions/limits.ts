/** What bounds the memory and the delays of a store. */
export interface StoreLimits {
  /** How many transactions, and bytes of them, may wait for their commit before more are refused. */
  readonly queuedTransactions: number;
  readonly queuedBytes: number;
  /** How many keys, and bytes, are committed together at most, unless one transaction alone has more. */
  readonly batchWrites: number;
  readonly batchBytes: number;
  /** How many keys of recent commits are remembered for the sake of long reads. */
  readonly rememberedKeys: number;
  /** How many keys of recent commits are remembered for the sake of answers that may still hold, though nobody reads. */
  readonly recentKeys: number;
  /** How long, in milliseconds, commits pause at most for a work that they have conflicted with too often. */
  readonly leaseMilliseconds: number;
  /** How long to wait, in milliseconds, before a store that cannot be written is opened again: at first, at most. */
  readonly firstRetryMilliseconds: number;
  readonly lastRetryMilliseconds: number;
}

export const DEFAULT_LIMITS: StoreLimits = {
  queuedTransactions: 10_000,
  queuedBytes: 64 * 1024 * 1024,
  batchWrites: 10_000,
  batchBytes: 8 * 1024 * 1024,
  rememberedKeys: 500_000,
  recentKeys: 20_000,
  leaseMilliseconds: 10_000,
  firstRetryMilliseconds: 100,
  lastRetryMilliseconds: 5_000,
};
