import type { ConcurrencyGate } from '../concurrency-gate.js';
import type { Key, Reader } from '../store/contract.js';
import { afterPendingJobs } from '../yield-to-event-loop.js';

/**
 * Lets many works read through one `Reader` in step: what they ask for by key is held back until none of them waits for a
 * range, and then becomes one call of each kind, each key once. So a thousand pages side by side cost as many calls as
 * one, and the ranges alone follow their number.
 * @param enter lets in the ranges that are read at once
 */
export function coalescingReader(reader: Reader, enter: ConcurrencyGate): Reader {
  /** Ranges and merged calls that have not been answered. */
  let running = 0;
  let scheduled = false;

  const whileRunning = async <T>(call: () => Promise<T>): Promise<T> => {
    running += 1;
    try {
      return await call();
    } finally {
      running -= 1;
      schedule();
    }
  };
  const inGate = <T>(call: () => Promise<T>): Promise<T> =>
    whileRunning(async () => {
      const leave = await enter();
      try {
        return await call();
      } finally {
        leave();
      }
    });
  const mergers = {
    getMany: createMerger((keys) => whileRunning(() => reader.getMany(keys))),
    counters: createMerger((keys) => whileRunning(() => reader.counters(keys))),
    nonZero: createMerger((keys) => whileRunning(() => reader.nonZero(keys))),
    peek: createMerger((keys) => whileRunning(() => reader.peek(keys))),
  };

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    afterPendingJobs(() => {
      scheduled = false;
      if (running === 0) for (const merger of Object.values(mergers)) merger.flush();
    });
  }

  const ask =
    <Value>(merger: Merger<Value>) =>
    (keys: readonly Key[]): Promise<Value[]> => {
      if (keys.length === 0) return Promise.resolve([]);
      schedule();
      return merger.ask(keys);
    };
  const getMany = ask(mergers.getMany);
  return {
    get: async (key) => (await getMany([key]))[0],
    getMany,
    scan: (range) => inGate(() => reader.scan(range)),
    scanKeys: (range) => inGate(() => reader.scanKeys(range)),
    counters: ask(mergers.counters),
    nonZero: ask(mergers.nonZero),
    peek: ask(mergers.peek),
    planReads: (keys) => reader.planReads?.(keys),
  };
}

interface Merger<Value> {
  ask(keys: readonly Key[]): Promise<Value[]>;
  /** Asks for everything that waits, at once. */
  flush(): void;
}

interface Waiting<Value> {
  readonly keys: readonly Key[];
  readonly resolve: (values: Value[]) => void;
  readonly reject: (error: unknown) => void;
}

function createMerger<Value>(read: (keys: readonly Key[]) => Promise<Value[]>): Merger<Value> {
  let waiting: Waiting<Value>[] = [];
  return {
    ask: (keys) =>
      new Promise((resolve, reject) => {
        waiting.push({ keys, resolve, reject });
      }),
    flush: () => {
      if (waiting.length === 0) return;
      const asked = waiting;
      waiting = [];
      const [first, second] = asked;
      // As most often: nobody to share keys with.
      if (first !== undefined && second === undefined) {
        read(first.keys).then(first.resolve, first.reject);
        return;
      }
      const places = new Map<Key, number>();
      for (const { keys } of asked) {
        for (const key of keys) if (!places.has(key)) places.set(key, places.size);
      }
      read([...places.keys()]).then(
        (values) => {
          for (const { keys, resolve } of asked) {
            resolve(keys.map((key) => values[places.get(key) ?? -1] as Value));
          }
        },
        (error: unknown) => {
          for (const { reject } of asked) reject(error);
        },
      );
    },
  };
}
