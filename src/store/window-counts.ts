/** Counts against limits in windows of time, in the memory of one process. */
import { LRUCache } from 'lru-cache';
import type { Charge, ChargeOutcome, ChargeState } from './contract.js';

/** Where a name stands in the window that is under way. */
export interface WindowState {
  readonly used: number;
  /** By the clock of whoever asks, ms. */
  readonly endsAt: number;
}

/** What was counted here and is not known elsewhere. */
export interface OwedPoints {
  readonly name: string;
  readonly points: number;
  /** By the clock of the counts. */
  readonly endsAt: number;
}

export interface WindowCountsOptions {
  /** Beyond, those that were idle longest start afresh, so that memory is bounded however many come. */
  readonly maxNames: number;
  /** A clock that nobody can set, ms. */
  readonly now?: () => number;
  /** What was counted of a name that is not known here. */
  readonly find?: (name: string) => WindowState | undefined;
}

interface Window {
  used: number;
  owed: number;
  endsAt: number;
}

export interface WindowCounts {
  /** Counts all charges or none, at once: requests that come side by side see one another. */
  readonly charge: (charges: readonly Charge[]) => ChargeOutcome;
  readonly giveBack: (name: string, points: number) => void;
  /** What was counted since the last call, of windows that are under way. Each name is counted afresh from then on. */
  readonly takeOwed: () => OwedPoints[];
}

/** Each window begins with the first points of its name. */
export function createWindowCounts({
  maxNames,
  now = () => performance.now(),
  find,
}: WindowCountsOptions): WindowCounts {
  // Its memory grows with the names that come; with `max`, that of all names would be taken at once.
  const windows = new LRUCache<string, Window>({ maxSize: maxNames, sizeCalculation: () => 1 });

  const windowAt = ({ name, milliseconds }: Charge, time: number): Window => {
    let window = windows.get(name);
    if (window === undefined) {
      const found = find?.(name);
      window = { used: found?.used ?? 0, owed: 0, endsAt: found?.endsAt ?? 0 };
      windows.set(name, window);
    }
    if (window.used === 0 || time >= window.endsAt) {
      window.used = 0;
      window.owed = 0;
      window.endsAt = time + milliseconds;
    }
    return window;
  };

  return {
    charge: (charges) => {
      const time = now();
      const counted = charges.map((charge) => windowAt(charge, time));
      const refusedBy = findRefusal(charges, counted);
      if (refusedBy === undefined) {
        for (const [nth, { points }] of charges.entries()) {
          const window = counted[nth];
          if (window === undefined) continue;
          window.used += points;
          window.owed += points;
        }
      }
      return { refusedBy, states: counted.map((window) => toState(window, time)) };
    },
    giveBack: (name, points) => {
      const window = windows.peek(name);
      // Another window may have begun in between: nobody is to have a credit in it.
      if (window === undefined) return;
      window.used = Math.max(0, window.used - points);
      window.owed = Math.max(0, window.owed - points);
    },
    takeOwed: () => {
      const time = now();
      const owed: OwedPoints[] = [];
      for (const [name, window] of windows.entries()) {
        if (window.owed > 0 && time < window.endsAt) {
          owed.push({ name, points: window.owed, endsAt: window.endsAt });
        }
      }
      windows.clear();
      return owed;
    },
  };
}

/** The first charge that is too much. */
export function findRefusal(
  charges: readonly Charge[],
  states: readonly { readonly used: number }[],
): number | undefined {
  const nth = charges.findIndex(({ points, limit }, at) => (states[at]?.used ?? 0) + points > limit);
  return nth < 0 ? undefined : nth;
}

export function toState({ used, endsAt }: WindowState, time: number): ChargeState {
  return { used, resetMilliseconds: Math.max(endsAt - time, 0) };
}
