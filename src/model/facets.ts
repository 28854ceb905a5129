/**
 * The facet of a feedback entry: type × validation status × use, as one character in keys. Everything that queries filter by
 * most is part of the key, so a filtered list is a merge of ordered ranges and a total is a sum of counters.
 */
export const FEEDBACK_TYPES = ['positive', 'negative'] as const;
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

const FIRST = 'a'.charCodeAt(0);

/** `a` to `x`, in the order of the lists above. Part of the stored format: never renumber. */
export function toFacet({ type, validationStatus, use }: FacetParts): string {
  const number =
    (FEEDBACK_TYPES.indexOf(type) * VALIDATION_STATUSES.length + VALIDATION_STATUSES.indexOf(validationStatus)) *
      USES.length +
    USES.indexOf(use);
  return String.fromCharCode(FIRST + number);
}

/** All 24 facets with their parts. */
export const FACETS: readonly (FacetParts & { readonly name: string })[] = FEEDBACK_TYPES.flatMap((type) =>
  VALIDATION_STATUSES.flatMap((validationStatus) =>
    USES.map((use) => ({ name: toFacet({ type, validationStatus, use }), type, validationStatus, use })),
  ),
);

export function facetsMatching(filter: FacetFilter): string[] {
  return FACETS.filter(
    (each) =>
      (filter.type === undefined || each.type === filter.type) &&
      (filter.validationStatus === undefined || each.validationStatus === filter.validationStatus) &&
      (filter.use === undefined || each.use === filter.use),
  ).map((each) => each.name);
}
