import { isList, isNumber, type PropertyFilter, type Value } from '@feedback-graph/cypher';
import type { KeyedHash } from '../../audit/keyed-hash.js';
import { type FilterPlan, planFilter } from '../../feedback/index/filter.js';
import type { IdBounds } from '../../feedback/index/id-streams.js';
import { FACETS, type FacetParts } from '../../model/facets.js';
import { FEEDBACK_FIELDS, FILTER_FIELDS } from '../../model/feedback-fields.js';
import { firstFeedbackIdAt } from '../../model/ids.js';
import { collectFields } from '../../model/submission.js';

/** Which nodes filters name by their ids; `undefined` if they name none. */
export function idsNamed(filters: readonly PropertyFilter[]): readonly string[] | undefined {
  const named = filters.flatMap((filter) => {
    const values = filter.property === 'id' ? allowedValues(filter) : undefined;
    return values === undefined ? [] : [values.filter(canBeStored)];
  });
  const [first, ...others] = named;
  return first === undefined ? undefined : [...new Set(first)].filter((id) => others.every((ids) => ids.includes(id)));
}

/** No id or name with a lone surrogate was ever stored, and no key can hold one. */
function canBeStored(value: Value | undefined): value is string {
  return typeof value === 'string' && value.isWellFormed();
}

/** What a filter lets pass, where it says so. */
function allowedValues({ operator, value }: PropertyFilter): readonly Value[] | undefined {
  if (operator === '=') return [value];
  return operator === 'in' && isList(value) ? value : undefined;
}

/** The feedback that filters name, as far as indexes tell: never less than they name. */
export interface FeedbackSelection {
  readonly plan: FilterPlan;
  /** Whether it is exactly what they name. */
  readonly exact: boolean;
  /** Whether counters hold how many they are: one index, and no time. */
  readonly counted: boolean;
}

const FACET_PROPERTIES: ReadonlyMap<string, (parts: FacetParts) => string | boolean> = new Map<
  string,
  (parts: FacetParts) => string | boolean
>([
  ['type', ({ type }) => type],
  ['validation_status', ({ validationStatus }) => validationStatus],
  ['used_for_training', ({ use }) => use === 'used'],
]);

/** What all feedback of a facet has in common, by the property's name; `undefined` for a property that differs. */
export function facetProperty(name: string): ((parts: FacetParts) => string | boolean) | undefined {
  return FACET_PROPERTIES.get(name);
}

/** @param adapter the adapter that it is linked to, where a relationship says so */
export function selectFeedback(
  org: string,
  filters: readonly PropertyFilter[],
  keyedHash: KeyedHash,
  adapter?: string,
): FeedbackSelection {
  let facets = [...FACETS];
  let bounds: IdBounds = {};
  let exact = true;
  const named = new Map<string, string>();
  for (const filter of filters) {
    const { property } = filter;
    const values = allowedValues(filter);
    const toFacet = FACET_PROPERTIES.get(property);
    const [only] = values ?? [];
    if (toFacet !== undefined && values !== undefined) {
      facets = facets.filter((parts) => values.includes(toFacet(parts)));
    } else if (property === 'created_at' && filter.operator !== 'in' && isNumber(filter.value)) {
      bounds = narrowed(bounds, filter.operator, filter.value);
    } else if (INDEXED.includes(property) && values?.length === 1 && !named.has(property)) {
      if (canBeStored(only)) named.set(property, only);
      else facets = [];
    } else exact = false;
  }
  const own = named.get(FEEDBACK_FIELDS.adapterId.rest);
  // What was submitted for an adapter is linked to it; so may be what was not.
  if (own !== undefined) exact = false;
  const fields = collectFields(FILTER_FIELDS, ({ rest }) => named.get(rest));
  const adapterIds = [adapter, own].filter((id) => id !== undefined);
  const { indexes, everything } = planFilter(org, { ...fields, adapterIds }, keyedHash);
  const plan = {
    org,
    facets: facets.map(({ name }) => name),
    indexes,
    bounds,
    everything: everything && facets.length === FACETS.length,
  };
  return { plan, exact, counted: indexes.length === 1 && bounds.gte === undefined && bounds.lt === undefined };
}

/** What is linked to an adapter has an index, too. */
const INDEXED: readonly string[] = [FEEDBACK_FIELDS.adapterId, ...FILTER_FIELDS].map(({ rest }) => rest);

/** Ids hold the time at which an entry was made, so a bound on one is a bound on the other. */
function narrowed(bounds: IdBounds, operator: PropertyFilter['operator'], value: bigint | number): IdBounds {
  const time = Number(value);
  const behind = firstFeedbackIdAt(Math.floor(time) + 1);
  const from = operator === '>' ? behind : operator === '<' || operator === '<=' ? undefined : firstFeedbackIdAt(time);
  const to = operator === '<' ? firstFeedbackIdAt(time) : operator === '>' || operator === '>=' ? undefined : behind;
  const gte = later(bounds.gte, from, (one, other) => one > other);
  const lt = later(bounds.lt, to, (one, other) => one < other);
  return { ...(gte !== undefined && { gte }), ...(lt !== undefined && { lt }) };
}

function later(
  one: string | undefined,
  other: string | undefined,
  wins: (one: string, other: string) => boolean,
): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return wins(one, other) ? one : other;
}
