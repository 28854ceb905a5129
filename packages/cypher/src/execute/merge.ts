import type { Meter } from './budget.js';

export type Order<Item> = (left: Item, right: Item) => number;

/** Items that are sorted at a stretch. */
const RUN_LENGTH = 1_024;

/** Sorts items of which comparing two is quick, letting other requests have their turn in between. */
export async function sortInTurns<Item>(items: readonly Item[], order: Order<Item>, meter: Meter): Promise<Item[]> {
  const runs: Item[][] = [];
  for (let from = 0; from < items.length; from += RUN_LENGTH) {
    runs.push(items.slice(from, from + RUN_LENGTH).sort(order));
    if (meter.shouldYield()) await meter.yieldToEventLoop();
  }
  return mergeRuns(runs, order, items.length, meter);
}

/** Merges sorted runs two by two into one of at most `most` items. What is equal stays in its order. */
export async function mergeRuns<Item>(
  runs: readonly Item[][],
  order: Order<Item>,
  most: number,
  meter: Meter,
): Promise<Item[]> {
  let level = [...runs];
  while (level.length > 1) {
    const next: Item[][] = [];
    for (let index = 0; index < level.length; index += 2) {
      const [left = [], right] = [level[index], level[index + 1]];
      next.push(right === undefined ? left : await merge(left, right, order, most, meter));
    }
    level = next;
  }
  return level[0] ?? [];
}

async function merge<Item>(
  left: readonly Item[],
  right: readonly Item[],
  order: Order<Item>,
  most: number,
  meter: Meter,
): Promise<Item[]> {
  const merged: Item[] = [];
  let [one, other] = [0, 0];
  while (merged.length < most) {
    const [first, second] = [left[one], right[other]];
    if (first === undefined && second === undefined) break;
    // What is equal stays in its order: the left run came first.
    const takeLeft = second === undefined || (first !== undefined && order(first, second) <= 0);
    const taken = takeLeft ? first : second;
    if (taken !== undefined) merged.push(taken);
    if (takeLeft) one += 1;
    else other += 1;
    if (meter.shouldYield()) await meter.yieldToEventLoop();
  }
  return merged;
}
