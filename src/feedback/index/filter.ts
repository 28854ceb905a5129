import type { KeyedHash } from '../../audit/keyed-hash.js';
import { InvalidInputError } from '../../errors.js';
import { FACETS, facetsMatching } from '../../model/facets.js';
import { firstFeedbackIdAt } from '../../model/ids.js';
import { omitNullish } from '../../omit-nullish.js';
import type { Reader } from '../../store/contract.js';
import { parseSearch, type SearchQuery } from '../search/query.js';
import { type IdBounds, type IdStream, intersectStreams, mergeStreams, rangeStream } from './id-streams.js';
import { DEFINITIONS, INDEX_KINDS, indexCounterKey, indexEntryPrefix, toIndex } from './index-keys.js';
import { selectedScores } from './score-values.js';
import type { ScoreFilter } from './scores.js';
import type { FeedbackFilter, SecondaryIndex } from './table.js';

export type { FeedbackFilter } from './table.js';

/** A filter as the store sees it: facets and indexes to read, and bounds on ids. */
export interface FilterPlan {
  readonly org: string;
  readonly facets: readonly string[];
  readonly indexes: readonly [SecondaryIndex, ...SecondaryIndex[]];
  readonly bounds: IdBounds;
  /** Scores that entries must have as well: several indexes for each, of which an entry is in one. */
  readonly scores?: readonly ScoreFilter[];
  /** What the texts of entries must have as well. */
  readonly search?: SearchQuery;
  /** Whether nothing but time narrows the list: the records themselves are then its index. */
  readonly everything: boolean;
}

/** @throws {InvalidInputError} if `since` is after `until`, or `search` is not one. */
export function planFilter(org: string, filter: FeedbackFilter, keyedHash: KeyedHash): FilterPlan {
  const { since, until, search, scores = [] } = filter;
  if (since !== undefined && until !== undefined && since > until) {
    throw new InvalidInputError([{ field: 'since', problem: "must not be after 'until'" }]);
  }
  const facets = facetsMatching(filter);
  const [first, ...others] = indexesServing(org, filter, keyedHash);
  const narrowing = {
    facets,
    indexes: first === undefined ? ([{ kind: 'all' }] as const) : ([first, ...others] as const),
    ...(scores.length > 0 && { scores }),
  };
  return {
    org,
    ...narrowing,
    bounds: omitNullish({
      gte: since === undefined ? undefined : firstFeedbackIdAt(since),
      lt: until === undefined ? undefined : firstFeedbackIdAt(until),
    }),
    ...(search !== undefined && { search: parseSearch(search) }),
    everything: search === undefined && isUnnarrowed(narrowing),
  };
}

/** The part of a plan that selects verdicts: positive and negative entries, and no preferences. */
export function verdictsOf(plan: FilterPlan): FilterPlan {
  return { ...plan, facets: plan.facets.filter((facet) => !PREFERENCE_FACETS.has(facet)), everything: false };
}

/** The part of a plan that selects preferences. */
export function preferencesOf(plan: FilterPlan): FilterPlan {
  return { ...plan, facets: plan.facets.filter((facet) => PREFERENCE_FACETS.has(facet)), everything: false };
}

const PREFERENCE_FACETS: ReadonlySet<string> = new Set(facetsMatching({ type: 'preference' }));

/** The fewest indexes whose intersection is what the filter names beside facets and times; none if it names nothing. */
export function indexesServing(org: string, filter: FeedbackFilter, keyedHash: KeyedHash): SecondaryIndex[] {
  const hash = (text: string): string => keyedHash(org, text);
  return INDEX_KINDS.flatMap((kind) =>
    (DEFINITIONS[kind].serves?.(filter, hash) ?? []).map((values) => toIndex(kind, values)),
  );
}

/** Whether nothing but time and a search narrow a list. */
export function isUnnarrowed({
  facets,
  indexes,
  scores = [],
}: Pick<FilterPlan, 'facets' | 'indexes' | 'scores'>): boolean {
  return facets.length === FACETS.length && scores.length === 0 && indexes.every(({ kind }) => kind === 'all');
}

/** About how many ids the indexes of a plan have, before a search and time narrow them. */
export async function narrowedSize(reader: Reader, { org, facets, indexes }: FilterPlan): Promise<number> {
  const sizes = await reader.peek(facets.flatMap((each) => indexes.map((index) => indexCounterKey(org, index, each))));
  return facets.reduce((total, _, at) => {
    const ofFacet = sizes.slice(at * indexes.length, (at + 1) * indexes.length);
    // The ids of the smallest index are looked for in all the others.
    return total + Math.min(...ofFacet);
  }, 0);
}

/**
 * The ids that a plan selects before a search narrows them, in order, reading only the facets whose counters are not 0 in
 * every index.
 */
export async function narrowedIds(reader: Reader, plan: FilterPlan, reverse: boolean): Promise<IdStream> {
  const { org, indexes, facets, scores = [] } = plan;
  if (scores.length > 0) return idsWithScores(reader, plan, scores, reverse);
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

/** As {@link narrowedIds}, where entries must have scores: of each, the ids of all values that the filter selects. */
async function idsWithScores(
  reader: Reader,
  { org, indexes, facets }: FilterPlan,
  scores: readonly ScoreFilter[],
  reverse: boolean,
): Promise<IdStream> {
  const others = indexes.filter(({ kind }) => kind !== 'all').map((index) => [index]);
  const ofScores = scores.map(async (score) =>
    (await selectedScores(reader, org, score)).map((value): SecondaryIndex => ({
      kind: 'score',
      name: score.name,
      value,
    })),
  );
  const groups: readonly (readonly SecondaryIndex[])[] = [...others, ...(await Promise.all(ofScores))];
  const all = groups.flat();
  const filled = await reader.nonZero(
    facets.flatMap((facet) => all.map((index) => indexCounterKey(org, index, facet))),
  );
  const streams = facets.flatMap((facet, at) => {
    const ofFacet = new Map(all.map((index, place) => [index, filled[at * all.length + place] === true]));
    const alive = groups.map((group) => group.filter((index) => ofFacet.get(index)));
    if (alive.some((group) => group.length === 0)) return [];
    const merged = alive.map((group) =>
      mergeStreams(
        group.map((index) => rangeStream(reader, indexEntryPrefix(org, index, facet), reverse)),
        reverse,
      ),
    );
    return [intersectStreams(merged, reverse)];
  });
  return mergeStreams(streams, reverse);
}
