/** Reads of ranges, any number of them by one statement. */
import { startStretches } from '../../../yield-to-event-loop.js';
import type { Entry, Key, KeyRange, Range } from '../../contract.js';
import { SHARED_STREAM, type Stream } from '../../streams.js';
import type { RunStatement } from './session.js';
import type { StatementName } from './statements.js';
import { bytesAt, keyArray, keyAt, numberAt, type Row, textAt } from './wire.js';

/** The version of a stream that nobody has committed to. */
export const EMPTY = 0;

export interface RangeRead<Item> {
  readonly items: Item[];
  readonly version: number;
}

/** A range, and the stream of which the version is to be told with it. */
export interface AskedRange extends KeyRange {
  readonly stream: Stream | undefined;
}

/** Reads some ranges as of one moment; answers each in its place. */
export type ReadRanges<Item> = (
  asked: readonly AskedRange[],
  how: Pick<Range, 'limit' | 'reverse'>,
) => Promise<RangeRead<Item>[]>;

/** For a range without a limit. */
const NO_LIMIT = 2 ** 53 - 1;

export function rangeReads(run: RunStatement): {
  readonly entries: ReadRanges<Entry>;
  readonly keys: ReadRanges<Key>;
} {
  return {
    entries: readsBy(run, ['scan', 'scanBack'], (row) => ({ key: keyAt(row, 1), value: bytesAt(row, 2) })),
    keys: readsBy(run, ['scanKeys', 'scanKeysBack'], (row) => keyAt(row, 1)),
  };
}

function readsBy<Item>(
  run: RunStatement,
  [forward, back]: readonly [StatementName, StatementName],
  toItem: (row: Row) => Item,
): ReadRanges<Item> {
  return async (asked, { limit, reverse = false }) => {
    const streams = asked.map(({ stream }) => stream ?? SHARED_STREAM);
    const rows = await run(reverse ? back : forward, [
      keyArray(asked.map(({ gte }) => gte)),
      keyArray(asked.map(({ lt }) => lt)),
      limit === Infinity ? NO_LIMIT : limit,
      [...new Set(streams)],
    ]);
    const stretches = startStretches();
    const found: Row[][] = asked.map(() => []);
    const versions = new Map<Stream, number>();
    for (const row of rows) {
      if (row[0] === null) versions.set(textAt(row, row.length - 2), numberAt(row, row.length - 1));
      else found[numberAt(row, 0) - 1]?.push(row);
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    }
    const reads: RangeRead<Item>[] = [];
    for (const [at, stream] of streams.entries()) {
      const items: Item[] = [];
      for (const row of inOrder(found[at] ?? [], reverse)) {
        items.push(toItem(row));
        if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      }
      reads.push({ items, version: versions.get(stream) ?? EMPTY });
    }
    return reads;
  };
}

/** Each range is read in order, but SQL promises no order of what a join is made of. */
function inOrder(rows: Row[], reverse: boolean): readonly Row[] {
  const direction = reverse ? -1 : 1;
  const compare = (left: Row, right: Row): number => direction * bytesAt(left, 1).compare(bytesAt(right, 1));
  const isOrdered = rows.every((row, at) => {
    const before = rows[at - 1];
    return before === undefined || compare(before, row) < 0;
  });
  return isOrdered ? rows : rows.sort(compare);
}
