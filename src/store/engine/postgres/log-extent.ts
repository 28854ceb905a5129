import type { RunStatement } from './session.js';
import type { StreamState } from './stream-state.js';
import { numberAt, textAt } from './wire.js';

/** The log of commits of the streams that this process knows. */
export interface LogExtent {
  /** How many commits of one stream this process has not learned of yet; of the one with the most. */
  readonly lag: number;
  /** How many commits the log holds, of all of these streams. */
  readonly length: number;
}

/** @throws UnavailableError */
export async function readLogExtent(run: RunStatement, states: readonly StreamState[]): Promise<LogExtent> {
  const byStream = new Map(states.map((state) => [state.stream, state]));
  let lag = 0;
  let length = 0;
  for (const row of await run('logExtents', [[...byStream.keys()]])) {
    const newest = numberAt(row, 1);
    const state = byStream.get(textAt(row, 0));
    if (state?.isKnown === true) lag = Math.max(lag, newest - state.seq);
    // Nothing was committed yet.
    if (row[2] !== null) length += newest - numberAt(row, 2) + 1;
  }
  return { lag, length };
}
