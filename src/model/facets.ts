/**
 * The facet of a feedback entry: type × validation status × use, as one character in keys. Everything that queries filter by
 * most is part of the key, so a filtered list is a merge of ordered ranges and a total is a sum of counters.
 */
export const FEEDBACK_TYPES = ['positive', 'negative', 'preference'] as const;
export const VALIDATION_STATUSES = ['pending', 'approved', 'rejected', 'flagged'] as const;
export const USES = ['unused', 'claimed', 'used'] as const;

export type FeedbackType = (typeof FEEDBACK_TYPES)[number];
export type ValidationStatus = (typeof VALIDATION_STATUSES)[number];
/** Whether training has it: not at all, held by an open training batch, or learned from. */
export type Use = (typeof USES)[number];

export interface FacetParts {
  readonly type: FeedbackType;
  readonly validationStatus: ValidationStatus;
  readonly use: Use;
}

/** Which parts are wanted; an absent part takes all its values. */
export interface FacetFilter {
  readonly type?: FeedbackType;
  readonly validationStatus?: ValidationStatus;
  readonly use?: Use;
}

/** What decides the facet of an entry. */
interface FacetSource extends FacetParts {
  /** See `Feedback.withdrawn`. */
  readonly withdrawn?: true | 'uncounted';
}

/** The first letter of each type; the others follow in the order of the lists above. */
const FIRST: Readonly<Record<FeedbackType, string>> = { positive: 'a', negative: 'm', preference: 'D' };
const WITHDRAWN: Readonly<Record<FeedbackType, string>> = { positive: 'A', negative: 'B', preference: 'C' };

/**
 * `a` to `x` for positive and negative entries and `D` to `O` for preferences; `A`, `B` and `C` for what its submitter has
 * withdrawn, by its type alone. Part of the stored format: never renumber.
 */
export function toFacet({ type, validationStatus, use, withdrawn }: FacetSource): string {
  if (withdrawn === 'uncounted') return WITHDRAWN[type];
  const place = VALIDATION_STATUSES.indexOf(validationStatus) * USES.length + USES.indexOf(use);
  return String.fromCharCode(FIRST[type].charCodeAt(0) + place);
}

export interface Facet extends FacetParts {
  readonly name: string;
  /** Whether its entries are withdrawn: rejected, unused, and counted in no statistics. */
  readonly isWithdrawn: boolean;
}

/** All facets with their parts. */
export const FACETS: readonly Facet[] = [
  ...FEEDBACK_TYPES.flatMap((type) =>
    VALIDATION_STATUSES.flatMap((validationStatus) => USES.map((use) => toFacetParts({ type, validationStatus, use }))),
  ),
  ...FEEDBACK_TYPES.map((type) =>
    toFacetParts({ type, validationStatus: 'rejected', use: 'unused', withdrawn: 'uncounted' }),
  ),
];

function toFacetParts({ withdrawn, ...parts }: FacetSource): Facet {
  const isWithdrawn = withdrawn !== undefined;
  return { name: toFacet({ ...parts, ...(withdrawn !== undefined && { withdrawn }) }), ...parts, isWithdrawn };
}

const NAMES: ReadonlySet<string> = new Set(FACETS.map(({ name }) => name));

export function isFacet(name: string): boolean {
  return NAMES.has(name);
}

export function facetsMatching(filter: FacetFilter): string[] {
  return FACETS.filter(
    (each) =>
      (filter.type === undefined || each.type === filter.type) &&
      (filter.validationStatus === undefined || each.validationStatus === filter.validationStatus) &&
      (filter.use === undefined || each.use === filter.use),
  ).map((each) => each.name);
}
