import { setImmediate } from 'node:timers/promises';
import { QueryFault } from '../query-error.js';
import { isList, isMap, type Value } from '../value.js';
import { ObjectSet } from './key-map.js';

/** What one query may spend. Each is at least 1. */
export interface Budget {
  readonly timeMs: number;
  /** Rows of the answer and of every step together. */
  readonly rows: number;
  /** Roughly what the answer, sorting, grouping and collecting hold at a time; also the characters of the answer. */
  readonly bytes: number;
  /** Partial paths that variable-length relationships go through. */
  readonly paths: number;
}

export const DEFAULT_BUDGET: Budget = {
  timeMs: 10_000,
  rows: 5_000_000,
  bytes: 64 * 1024 * 1024,
  paths: 1_000_000,
};

/** How long a query computes before it yields to other work of the process. */
const TIME_SLICE_MS = 0.2;
/** How much longer one row may take before its loops are interrupted, which costs more than going on to the next row. */
const GRACE_MS = 1;

/** When a query yields to other work of the thread: by default after a fraction of a millisecond, by `setImmediate`. */
export interface Turns {
  /** Whether the query has computed for long enough, and for `graceMs` longer. */
  readonly isOver: (graceMs: number) => boolean;
  /** Resolves once other work had its turn. */
  readonly next: () => Promise<void>;
}

/** @param wait resolves once other work had its turn */
export function timedTurns(wait: () => Promise<unknown> = () => setImmediate()): Turns {
  let end = performance.now() + TIME_SLICE_MS;
  return {
    isOver: (graceMs) => performance.now() > end + graceMs,
    next: async () => {
      await wait();
      end = performance.now() + TIME_SLICE_MS;
    },
  };
}

/** Counts what a query spends, and ends it if that exceeds the budget or the query was cancelled. */
export interface Meter {
  readonly takeRows: (count: number) => void;
  readonly takePaths: (count: number) => void;
  /** Holds bytes; a negative number gives them back. */
  readonly takeBytes: (bytes: number) => void;
  /** Roughly the bytes that holding on to a value costs; a node that was counted before costs only a reference. */
  readonly estimateBytes: (value: Value) => number;
  /** Whether the time slice is over, so that {@link yieldToEventLoop} is due. */
  readonly shouldYield: () => boolean;
  /** Whether it was due for so long that even a single row has to be interrupted. */
  readonly mustYield: () => boolean;
  /** Lets other work of the process run if the time slice is over. Throws if the query is out of time or was cancelled. */
  readonly yieldToEventLoop: () => Promise<void>;
}

export function startMeter(limits: Budget, signal: AbortSignal | undefined, turns: Turns = timedTurns()): Meter {
  const deadline = performance.now() + limits.timeMs;
  const left = { rows: limits.rows, bytes: limits.bytes, paths: limits.paths };
  const take = (what: keyof typeof left, amount: number): void => {
    left[what] -= amount;
    if (left[what] < 0) throw budgetSpent(what, limits[what]);
  };
  const check = (): void => {
    if (signal?.aborted === true) throw new QueryFault('ArgumentError', 'Cancelled', 'The query was cancelled');
    if (performance.now() > deadline) throw budgetSpent('timeMs', limits.timeMs);
  };
  const seen = new ObjectSet();
  return {
    estimateBytes: (value) => estimateBytes(value, seen),
    takeRows: (count) => take('rows', count),
    takePaths: (count) => take('paths', count),
    takeBytes: (bytes) => take('bytes', bytes),
    shouldYield: () => turns.isOver(0),
    mustYield: () => turns.isOver(GRACE_MS),
    yieldToEventLoop: async () => {
      check();
      if (!turns.isOver(0)) return;
      await turns.next();
      check();
    },
  };
}

const UNITS = {
  timeMs: ['time', 'milliseconds'],
  rows: ['row', 'rows'],
  bytes: ['memory', 'bytes'],
  paths: ['path', 'partial paths'],
} as const;

export function budgetSpent(what: keyof Budget, limit: number): QueryFault {
  const [budget, unit] = UNITS[what];
  const message = `The query exceeded its ${budget} budget of ${limit} ${unit}; use LIMIT or narrower filters`;
  return new QueryFault('ArgumentError', 'BudgetSpent', message);
}

const REFERENCE = 16;
const OBJECT = 120;

function estimateBytes(value: Value, seen: ObjectSet): number {
  if (typeof value === 'string') return REFERENCE + 2 * value.length;
  if (value === null || typeof value !== 'object') return REFERENCE;
  if (seen.has(value)) return REFERENCE;
  seen.add(value);
  let size = OBJECT;
  if (isList(value)) {
    for (const item of value) size += estimateBytes(item, seen);
    return size;
  }
  if (isMap(value)) {
    for (const [key, item] of value) size += REFERENCE + 2 * key.length + estimateBytes(item, seen);
    return size;
  }
  if (value.kind === 'path') {
    for (const part of [...value.nodes, ...value.relationships]) size += estimateBytes(part, seen);
    return size;
  }
  for (const key of value.properties.keys()) size += REFERENCE + estimateBytes(value.properties.get(key) ?? null, seen);
  return size;
}
