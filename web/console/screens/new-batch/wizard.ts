/** What the address says of a batch that is being prepared, and what is asked of the server for it. */
import { choice, day, integer, oneOf, type ParsedSearch, searchCodec, text } from '../../router/search.js';
import type { TrainingForecastQueryVariables } from './documents.generated.js';

export const STEPS = ['filter', 'advice', 'holdout', 'claim'] as const;
export type Step = (typeof STEPS)[number];

export const TYPES = ['POSITIVE', 'NEGATIVE', 'PREFERENCE'] as const;
export const LINEAGES = ['SELF', 'ANCESTORS', 'DESCENDANTS'] as const;
export const ORDERS = ['OLDEST', 'NEWEST'] as const;

export const MAX_ENTRIES = 100_000;
export const MAX_HOLDOUT_PERCENT = 50;
export const MAX_LEASE_HOURS = 720;

export const codec = searchCodec({
  step: choice(STEPS, 'filter'),
  adapter: text(),
  lineage: choice(LINEAGES, 'SELF'),
  type: oneOf(TYPES),
  model: text(),
  tag: text(),
  since: day(),
  until: day(),
  order: choice(ORDERS, 'OLDEST'),
  limit: integer(1_000, 1),
  peruser: integer(0),
  holdout: integer(10),
  lease: integer(24, 1),
});

export type Draft = ParsedSearch<ReturnType<(typeof codec)['parse']>['search']>['search'];

/** What stands against claiming, by field. */
export type DraftProblems = ReadonlySet<'limit' | 'peruser' | 'holdout' | 'lease' | 'until'>;

export function problemsOf({ limit, peruser, holdout, lease, since, until }: Draft): DraftProblems {
  const problems = new Set<'limit' | 'peruser' | 'holdout' | 'lease' | 'until'>();
  if (limit > MAX_ENTRIES) problems.add('limit');
  if (peruser > MAX_ENTRIES) problems.add('peruser');
  if (holdout > MAX_HOLDOUT_PERCENT) problems.add('holdout');
  if (lease > MAX_LEASE_HOURS) problems.add('lease');
  if (since !== undefined && until !== undefined && since > until) problems.add('until');
  return problems;
}

const DAY = 86_400_000;

/** The arguments of the forecast and of the claim, which are the same. */
export function toVariables(draft: Draft): TrainingForecastQueryVariables {
  const { adapter, lineage, type, model, tag, since, until, order, limit, peruser, holdout } = draft;
  return {
    filter: {
      ...(adapter.trim() !== '' && { adapterId: adapter.trim(), lineage }),
      ...(type !== undefined && { type }),
      ...(model.trim() !== '' && { modelVersion: model.trim() }),
      ...(tag.trim() !== '' && { tag: tag.trim() }),
      ...(since !== undefined && { since: new Date(since).toISOString() }),
      // The last day counts whole.
      ...(until !== undefined && { until: new Date(Date.parse(until) + DAY).toISOString() }),
    },
    limit,
    order,
    holdout: holdout / 100,
    maxPerUser: peruser === 0 ? null : peruser,
  };
}
