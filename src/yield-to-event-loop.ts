/**
 * Long work on the main thread, in stretches between which the event loop serves everybody else. There is one event loop,
 * so all such work shares its stretches: whoever waits goes on in rotation, and large work holds up no small work.
 */
import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';

/** How long work computes, all of it together, before other requests have their turn, ms. */
const STRETCH_MILLISECONDS = 4;

/** One piece of work that may be long. */
export interface Stretches {
  /** Whether this stretch has been long enough. */
  readonly shouldYield: () => boolean;
  /** Ends this stretch: resolves in a later turn of the event loop, in rotation with the other work that waits. */
  readonly yieldToEventLoop: () => Promise<void>;
  /** Resolves in rotation with the other work that waits, in this stretch if it is short still. */
  readonly turn: () => Promise<void>;
  /** Whether some of this work waits for its turn. */
  readonly isWaiting: () => boolean;
  /** Runs a job at the end of this stretch if some of this work waits, and otherwise when all has run that is ready now. */
  readonly atEndOfStretch: (job: () => void) => void;
}

/** A rotation. */
export interface Turns {
  /** Begins a piece of work. */
  readonly start: () => Stretches;
  /** Whether the present stretch has been long enough. */
  readonly isOver: () => boolean;
}

/** A rotation of its own; all others together are {@link startStretches}. @param milliseconds 0 yields at every occasion */
export function createTurns(milliseconds = STRETCH_MILLISECONDS): Turns {
  /** The pieces of work that wait for a turn, in their order. */
  const waiting: Queue<() => void>[] = [];
  let running = false;
  /** When the present stretch is over; undefined until somebody asks. */
  let end: number | undefined;
  let atEnd: (() => void)[] = [];

  const isOver = (): boolean => {
    const now = performance.now();
    if (end === undefined) {
      end = now + milliseconds;
      setImmediate(() => {
        end = undefined;
      });
    }
    return now > end || milliseconds === 0;
  };

  const finishStretch = (): void => {
    const jobs = atEnd;
    atEnd = [];
    for (const job of jobs) job();
  };

  const run = async (): Promise<void> => {
    for (let queue = waiting.shift(); queue !== undefined; queue = waiting.shift()) {
      if (isOver()) {
        finishStretch();
        await nextTurnOfEventLoop();
      }
      queue.take()?.();
      if (queue.length() > 0) waiting.push(queue);
      // What goes on computes until it waits for something before the next one does, so that the time it took is known.
      await new Promise<void>((resolve) => {
        process.nextTick(resolve);
      });
    }
    running = false;
    finishStretch();
  };

  const start = (): Stretches => {
    const queue = createQueue<() => void>();
    const turn = (): Promise<void> =>
      new Promise((resolve) => {
        if (queue.length() === 0) waiting.push(queue);
        queue.add(resolve);
        if (running) return;
        running = true;
        void run();
      });
    return {
      shouldYield: isOver,
      turn,
      yieldToEventLoop: () => {
        isOver();
        end = -Infinity;
        return turn();
      },
      isWaiting: () => queue.length() > 0,
      atEndOfStretch: (job) => {
        if (queue.length() > 0) atEnd.push(job);
        else afterPendingJobs(job);
      },
    };
  };
  return { start, isOver };
}

const turns = createTurns();

/** Begins a piece of work in the rotation that all share. */
export const startStretches: Turns['start'] = () => turns.start();

/** As `items.map(make)`, letting others have their turn in between. */
export async function mapYielding<Item, Made>(
  items: readonly Item[],
  make: (item: Item, index: number) => Made,
  stretches?: Stretches,
): Promise<Made[]> {
  const made: Made[] = [];
  // Most work is short, and begins none of its own.
  let begun = stretches;
  const isOver = stretches?.shouldYield ?? turns.isOver;
  let index = 0;
  for (const item of items) {
    made.push(make(item, index));
    index += 1;
    if (isOver()) await (begun ??= startStretches()).yieldToEventLoop();
  }
  return made;
}

/** Items that are sorted at a stretch. */
const SORTED_AT_ONCE = 1_024;

/** Sorts as `items.toSorted(compare)`, letting others have their turn in between. */
export async function sortYielding<Item extends object>(
  items: readonly Item[],
  compare: (one: Item, other: Item) => number,
  stretches: Stretches = startStretches(),
): Promise<Item[]> {
  let runs: Item[][] = [];
  for (let from = 0; from < items.length; from += SORTED_AT_ONCE) {
    runs.push(items.slice(from, from + SORTED_AT_ONCE).sort(compare));
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  while (runs.length > 1) {
    const merged: Item[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(await mergeYielding(runs[at] ?? [], runs[at + 1] ?? [], compare, stretches));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function mergeYielding<Item extends object>(
  left: readonly Item[],
  right: readonly Item[],
  compare: (one: Item, other: Item) => number,
  stretches: Stretches,
): Promise<Item[]> {
  const merged: Item[] = [];
  let next = 0;
  for (const item of left) {
    for (let other = right[next]; other !== undefined && compare(other, item) < 0; other = right[next]) {
      merged.push(other);
      next += 1;
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    }
    merged.push(item);
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  for (const item of right.slice(next)) merged.push(item);
  return merged;
}

/** Runs `job` when everything has run that is ready now. */
export function afterPendingJobs(job: () => void): void {
  void Promise.resolve().then(() => {
    process.nextTick(job);
  });
}

interface Queue<Item> {
  readonly length: () => number;
  readonly add: (item: Item) => void;
  readonly take: () => Item | undefined;
}

/** First in, first out, at the same cost however long it is. */
function createQueue<Item>(): Queue<Item> {
  let items: Item[] = [];
  let first = 0;
  return {
    length: () => items.length - first,
    add: (item) => {
      items.push(item);
    },
    take: () => {
      const item = items[first];
      first += 1;
      if (first >= items.length) {
        items = [];
        first = 0;
      }
      return item;
    },
  };
}
