/** Counts what became of the rows of a file, and remembers where they are in it. */

/** What a row can come to, in the order in which a summary names it. */
export const FATES = [
  'approved',
  'flagged',
  'rejected',
  'pending',
  'updated',
  'unchanged',
  'erased',
  'empty',
  'refused',
] as const;
export type Fate = (typeof FATES)[number];

/** Stretches of the file that a summary names for each fate; the rest is counted. */
const MAX_STRETCHES = 10;

export interface FateCount {
  /** Rows; one that was imported in part counts as what it became and as refused. */
  readonly count: number;
  /** Where they are, from first to last: numbers of lines, or of rows in a list. */
  readonly stretches: readonly (readonly [first: number, last: number])[];
  /** Rows that are in none of the stretches. */
  readonly elsewhere: number;
}

export type Summary = Readonly<Record<Fate, FateCount>>;

export interface Tally {
  readonly add: (fate: Fate, number: number) => void;
  readonly summary: () => Summary;
}

interface Counted {
  count: number;
  readonly stretches: [first: number, last: number][];
  elsewhere: number;
}

export function createTally(): Tally {
  const none = (): Counted => ({ count: 0, stretches: [], elsewhere: 0 });
  const counted: Readonly<Record<Fate, Counted>> = {
    approved: none(),
    flagged: none(),
    rejected: none(),
    pending: none(),
    updated: none(),
    unchanged: none(),
    erased: none(),
    empty: none(),
    refused: none(),
  };
  return {
    add: (fate, number) => {
      const each = counted[fate];
      each.count += 1;
      const last = each.stretches.at(-1);
      if (last !== undefined && (number === last[1] || number === last[1] + 1)) last[1] = number;
      else if (each.stretches.length < MAX_STRETCHES) each.stretches.push([number, number]);
      else each.elsewhere += 1;
    },
    summary: () => counted,
  };
}
