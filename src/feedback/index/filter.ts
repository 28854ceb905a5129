import type { KeyedHash } from '../../audit/keyed-hash.js';
import { InvalidInputError } from '../../errors.js';
import { facetsMatching } from '../../model/facets.js';
import { firstFeedbackIdAt } from '../../model/ids.js';
import { omitNullish } from '../../omit-nullish.js';
import type { Reader } from '../../store/contract.js';
import { type IdBounds, type IdStream, intersectStreams, mergeStreams, rangeStream } from './id-streams.js';
import { DEFINITIONS, INDEX_KINDS, indexCounterKey, indexEntryPrefix, toIndex } from './index-keys.js';
import type { FeedbackFilter, SecondaryIndex } from './table.js';

export type { FeedbackFilter } from './table.js';

/** A filter as the store sees it: facets and indexes to read, and bounds on ids. */
export interface FilterPlan {
  readonly org: string;
  readonly facets: readonly string[];
  readonly indexes: readonly [SecondaryIndex, ...SecondaryIndex[]];
  readonly bounds: IdBounds;
  /** Whether nothing but time narrows the list: the records themselves are then its index. */
  readonly everything: boolean;
}

/** @throws {InvalidInputError} if `since` is after `until`. */
export function planFilter(org: string, filter: FeedbackFilter, keyedHash: KeyedHash): FilterPlan {
  const { since, until } = filter;
  if (since !== undefined && until !== undefined && since > until) {
    throw new InvalidInputError([{ field: 'since', problem: "must not be after 'until'" }]);
  }
  const facets = facetsMatching(filter);
  const [first, ...others] = indexesServing(org, filter, keyedHash);
  return {
    org,
    facets,
    indexes: first === undefined ? [{ kind: 'all' }] : [first, ...others],
    bounds: omitNullish({
      gte: since === undefined ? undefined : firstFeedbackIdAt(since),
      lt: until === undefined ? undefined : firstFeedbackIdAt(until),
    }),
    everything: first === undefined && facets.length === facetsMatching({}).length,
  };
}

/** The fewest indexes whose intersection is what the filter names beside facets and times; none if it names nothing. */
export function indexesServing(org: string, filter: FeedbackFilter, keyedHash: KeyedHash): SecondaryIndex[] {
  const hash = (text: string): string => keyedHash(org, text);
  return INDEX_KINDS.flatMap((kind) =>
    (DEFINITIONS[kind].serves?.(filter, hash) ?? []).map((values) => toIndex(kind, values)),
  );
}

/** The ids that a plan selects, in order, reading only the facets whose counters are not 0 in every index. */
export async function selectedIds(reader: Reader, plan: FilterPlan, reverse: boolean): Promise<IdStream> {
  const { org, indexes, facets } = plan;
  const filled = await reader.nonZero(
    facets.flatMap((each) => indexes.map((index) => indexCounterKey(org, index, each))),
  );
  const alive = facets.filter((_, at) => filled.slice(at * indexes.length, (at + 1) * indexes.length).every(Boolean));
  return mergeStreams(
    alive.map((each) =>
      intersectStreams(
        indexes.map((index) => rangeStream(reader, indexEntryPrefix(org, index, each), reverse)),
        reverse,
      ),
    ),
    reverse,
  );
}
