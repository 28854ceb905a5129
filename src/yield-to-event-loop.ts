import { setImmediate } from 'node:timers/promises';

/** How long work computes before it lets other requests have their turn, ms. */
const STRETCH_MILLISECONDS = 4;

/** Work on the main thread, in stretches between which others are served. */
export interface Stretches {
  /** Whether this stretch has been long enough. */
  readonly shouldYield: () => boolean;
  /** Lets others have their turn, and begins the next stretch. */
  readonly yieldToEventLoop: () => Promise<void>;
}

/** Begins a stretch of work. */
export function startStretches(milliseconds = STRETCH_MILLISECONDS): Stretches {
  let end = performance.now() + milliseconds;
  return {
    shouldYield: () => performance.now() > end,
    yieldToEventLoop: async () => {
      await setImmediate();
      end = performance.now() + milliseconds;
    },
  };
}

/** As `items.map(make)`, letting others have their turn in between. */
export async function mapYielding<Item, Made>(
  items: readonly Item[],
  make: (item: Item, index: number) => Made,
  stretches: Stretches = startStretches(),
): Promise<Made[]> {
  const made: Made[] = [];
  for (const [index, item] of items.entries()) {
    made.push(make(item, index));
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  return made;
}
