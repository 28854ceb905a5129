/** Counts what many requests ask for at the same time with as few statements as it takes, each request exactly. */
import { LRUCache } from 'lru-cache';
import type { Charge, ChargeOutcome } from '../../contract.js';
import { findRefusal, toState, type WindowState } from '../../window-counts.js';
import type { LimitTable, TablePoints } from './limit-table.js';

/** A request that waits for its charges to be counted. */
export interface WaitingCharges {
  /** By the names that the table has. */
  readonly charges: readonly Charge[];
  readonly answer: (outcome: ChargeOutcome) => void;
}

/** Beyond, what is used up is asked for again. */
const KNOWN_NAMES = 10_000;

export interface LimitBatchOptions {
  readonly table: Pick<LimitTable, 'count' | 'add'>;
  /** Makes the server that counts alone share; called where there is one. */
  readonly onOwned: () => Promise<void>;
  /** A clock that nobody can set, ms. */
  readonly now: () => number;
}

export type CountBatch = (waiting: readonly WaitingCharges[]) => Promise<void>;

/** @returns a function that answers all that wait, in their order as far as the limits let them; it throws what the table throws */
export function createLimitBatch({ table, onOwned, now }: LimitBatchOptions): CountBatch {
  // Points are only ever added within a window: what is too much for a known state is too much until the window ends.
  const known = new LRUCache<string, WindowState>({ max: KNOWN_NAMES });

  const knownState = (name: string, time: number): WindowState => {
    const state = known.get(name);
    return state !== undefined && time < state.endsAt ? state : { used: 0, endsAt: time };
  };

  /** Answers a request that is refused for certain: nothing is left, or it is too much for what has just been read. */
  const isRefused = ({ charges, answer }: WaitingCharges, read: ReadonlySet<string>): boolean => {
    const time = now();
    const states = charges.map(({ name }) => knownState(name, time));
    const refusedBy = findRefusal(charges, states);
    if (refusedBy === undefined) return false;
    const isExhausted = (states[refusedBy]?.used ?? 0) >= (charges[refusedBy]?.limit ?? 0);
    if (!isExhausted && !charges.every(({ name }) => read.has(name))) return false;
    answer({ refusedBy, states: states.map((state) => toState(state, time)) });
    return true;
  };

  return async (waiting) => {
    const read = new Set<string>();
    let open: readonly WaitingCharges[] = waiting.filter((one) => !isRefused(one, read));
    while (open.length > 0) {
      const time = now();
      const { admitted, others, points } = select(open, (name) => knownState(name, time).used);
      const { rows, isCounted, isOwned } = await table.count([...points.values()]);
      if (isOwned) {
        await onOwned();
        continue;
      }
      for (const [name, { used, milliseconds }] of rows) {
        known.set(name, { used, endsAt: time + milliseconds });
        read.add(name);
      }
      const missing = [...points.keys()].filter((name) => !rows.has(name));
      if (missing.length > 0) await table.add(missing);
      if (isCounted) {
        answerInOrder(admitted, points, (name) => known.get(name) ?? { used: 0, endsAt: time }, now());
        open = others;
      }
      open = open.filter((one) => !isRefused(one, read));
    }
  };
}

interface Selection {
  /** Those that fit together, as far as is known. */
  readonly admitted: readonly WaitingCharges[];
  readonly others: readonly WaitingCharges[];
  /** What they ask for, by name; 0 of names that only the others ask for, to read them. */
  readonly points: ReadonlyMap<string, TablePoints>;
}

function select(open: readonly WaitingCharges[], used: (name: string) => number): Selection {
  const points = new Map<string, TablePoints>();
  const admitted: WaitingCharges[] = [];
  const others: WaitingCharges[] = [];
  for (const one of open) {
    const { charges } = one;
    const sums = charges.map(({ name }) => ({ used: used(name) + (points.get(name)?.points ?? 0) }));
    const fits = findRefusal(charges, sums) === undefined;
    (fits ? admitted : others).push(one);
    for (const { name, points: asked, limit, milliseconds } of charges) {
      const before = points.get(name)?.points ?? 0;
      points.set(name, { name, points: fits ? before + asked : before, maximum: limit, milliseconds });
    }
  }
  return { admitted, others, points };
}

/** Each is told what was used after it, as if one had come after the other. */
function answerInOrder(
  admitted: readonly WaitingCharges[],
  points: ReadonlyMap<string, TablePoints>,
  stateAfter: (name: string) => WindowState,
  time: number,
): void {
  const used = new Map([...points].map(([name, { points: sum }]) => [name, stateAfter(name).used - sum]));
  for (const { charges, answer } of admitted) {
    const states = charges.map(({ name, points: asked }) => {
      const sum = (used.get(name) ?? 0) + asked;
      used.set(name, sum);
      return toState({ used: sum, endsAt: stateAfter(name).endsAt }, time);
    });
    answer({ refusedBy: undefined, states });
  }
}
