import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long operations compute together before other requests have their turn, ms. */
const STRETCH_MILLISECONDS = 4;

/** One operation while it runs. */
export interface OperationTask {
  /** Passes a value on: at once, or once the operation has its turn, if operations have computed for long enough. */
  readonly pass: <Value>(value: Value) => Value | Promise<Value>;
  /** Resolves once the operation has its turn. */
  readonly turn: () => Promise<void>;
  /** Lets others have their turn, if operations have computed for long enough. */
  readonly giveWay: () => Promise<void> | undefined;
}

/**
 * Cooperative scheduling: operations compute in stretches, between which the event loop serves everybody else. Those that
 * wait go on in rotation, so that a large one holds up no small one.
 */
export interface Scheduler {
  readonly start: () => OperationTask;
}

export function createScheduler(milliseconds = STRETCH_MILLISECONDS): Scheduler {
  /** The operations that wait for a turn, in their order. */
  const waiting: Queue<() => void>[] = [];
  let running = false;
  let end: number | undefined;

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

  const run = async (): Promise<void> => {
    for (let queue = waiting.shift(); queue !== undefined; queue = waiting.shift()) {
      if (isOver()) await nextTurn();
      queue.take()?.();
      if (queue.length() > 0) waiting.push(queue);
      // What goes on runs as a job of its own before the next one does. The stretch ends with a turn of the event loop
      // alone, as loaders gather whatever is asked for until then.
      await Promise.resolve();
    }
    running = false;
  };

  const start = (): OperationTask => {
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
      turn,
      pass: (value) => (queue.length() === 0 && !isOver() ? value : turn().then(() => value)),
      giveWay: () => (isOver() ? turn() : undefined),
    };
  };
  return { start };
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
