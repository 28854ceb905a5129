import type { KeyedHash } from '../../audit/keyed-hash.js';
import { InvalidInputError } from '../../errors.js';
import { facetsMatching, type FeedbackType, type Use, type ValidationStatus } from '../../model/facets.js';
import { firstFeedbackIdAt } from '../../model/ids.js';
import { omitNullish } from '../../omit-nullish.js';
import type { Reader } from '../../store/contract.js';
import { type IdBounds, type IdStream, intersectStreams, mergeStreams, rangeStream } from './id-streams.js';
import { type Scope, scopeCounterKey, scopePrefix } from './scopes.js';

/** What a list of feedback is narrowed to; every field combines with every other. */
export interface FeedbackFilter {
  readonly type?: FeedbackType;
  readonly validationStatus?: ValidationStatus;
  readonly use?: Use;
  readonly modelVersion?: string;
  /** Linked to each of these adapters by a `FEEDBACK_FOR` edge, whatever the entry's own `adapterId`. */
  readonly adapterIds?: readonly string[];
  /** Submitted for this version of this adapter. */
  readonly adapterVersion?: { readonly adapter: string; readonly version: string };
  readonly userId?: string;
  readonly interactionId?: string;
  /** Epoch ms, included. */
  readonly since?: number;
  /** Epoch ms, excluded. */
  readonly until?: number;
}

/** A filter as the store sees it: facets and scopes to read, and bounds on ids. */
export interface FilterPlan {
  readonly org: string;
  readonly facets: readonly string[];
  readonly scopes: readonly [Scope, ...Scope[]];
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
  const scopes = scopesOf(org, filter, keyedHash);
  return {
    org,
    facets,
    scopes: scopes ?? [{ kind: 'all' }],
    bounds: omitNullish({
      gte: since === undefined ? undefined : firstFeedbackIdAt(since),
      lt: until === undefined ? undefined : firstFeedbackIdAt(until),
    }),
    everything: scopes === undefined && facets.length === facetsMatching({}).length,
  };
}

/** The fewest scopes whose intersection is what the filter names; `undefined` if it names none. */
function scopesOf(org: string, filter: FeedbackFilter, keyedHash: KeyedHash): [Scope, ...Scope[]] | undefined {
  const { modelVersion: model, adapterIds = [], adapterVersion, userId, interactionId } = filter;
  const scopes = [...new Set(adapterIds)]
    // What was submitted for an adapter's version is linked to the adapter.
    .filter((adapter) => model !== undefined || adapter !== adapterVersion?.adapter)
    .map((adapter): Scope =>
      model === undefined ? { kind: 'adapter', adapter } : { kind: 'modelAdapter', model, adapter },
    );
  if (adapterVersion !== undefined) scopes.push({ kind: 'adapterVersion', ...adapterVersion });
  if (model !== undefined && adapterIds.length === 0) scopes.push({ kind: 'model', model });
  if (userId !== undefined) scopes.push({ kind: 'user', userHash: keyedHash(org, userId) });
  if (interactionId !== undefined) scopes.push({ kind: 'interaction', interaction: interactionId });
  const [first, ...rest] = scopes;
  return first === undefined ? undefined : [first, ...rest];
}

/** The ids that a plan selects, in order, reading only the facets whose counters are not 0 in every scope. */
export async function selectedIds(reader: Reader, plan: FilterPlan, reverse: boolean): Promise<IdStream> {
  const { org, scopes, facets } = plan;
  const filled = await reader.nonZero(
    facets.flatMap((each) => scopes.map((scope) => scopeCounterKey(org, scope, each))),
  );
  const alive = facets.filter((_, index) =>
    filled.slice(index * scopes.length, (index + 1) * scopes.length).every(Boolean),
  );
  return mergeStreams(
    alive.map((each) =>
      intersectStreams(
        scopes.map((scope) => rangeStream(reader, scopePrefix(org, scope, each), reverse)),
        reverse,
      ),
    ),
    reverse,
  );
}
