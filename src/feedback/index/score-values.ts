/** Which values of a score a filter selects, told from the counters of the index of scores. */
import { InvalidInputError } from '../../errors.js';
import { FACETS } from '../../model/facets.js';
import type { Reader } from '../../store/contract.js';
import { escapeComponent, prefixEnd, unescapeComponent } from '../../store/keys.js';
import { indexCounterRange } from './index-keys.js';
import { indexedScore, type ScoreFilter } from './scores.js';

/** Different values of a score that one filter selects at most. */
export const MAX_SCORE_VALUES = 1_000;

/**
 * The values that entries have and the filter selects, as the index names them, told from its counters.
 * @throws {InvalidInputError} if they are more than {@link MAX_SCORE_VALUES}
 */
export async function selectedScores(
  reader: Reader,
  org: string,
  { name, is, min, max }: ScoreFilter,
): Promise<string[]> {
  if (is !== undefined)
    return [indexedScore(is), ...(is === 'true' || is === 'false' ? [indexedScore(is === 'true')] : [])];
  const prefix = `${indexCounterRange(org, 'score').gte}${escapeComponent(name)}:`;
  const keys = await reader.scanKeys({
    gte: `${prefix}${indexedScore(min ?? -Infinity)}`,
    lt: prefixEnd(`${prefix}${indexedScore(max ?? Infinity)}:`),
    limit: (MAX_SCORE_VALUES + 1) * FACETS.length,
  });
  const values = new Set(keys.map((key) => unescapeComponent(key.slice(prefix.length, key.lastIndexOf(':')))));
  if (values.size > MAX_SCORE_VALUES) {
    const problem = `select more than ${MAX_SCORE_VALUES} different values of '${name}'; narrow the range`;
    throw new InvalidInputError([{ field: 'scores', problem }]);
  }
  return [...values];
}
