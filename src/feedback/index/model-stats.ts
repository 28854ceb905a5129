/** What was said of each model version, and of each of its adapters. */
import type { Reader } from '../../store/contract.js';
import { countScopeNames, type NamedScopes, scopeNames } from './scope-names.js';
import type { Scope } from './scopes.js';
import { type FeedbackStats, feedbackStats } from './stats.js';

/** Of which scopes a page is: of all model versions, or of the adapters of one. */
export type ModelScopes = { readonly of: 'models' } | { readonly of: 'adapters'; readonly model: string };

export interface NamedStats extends FeedbackStats {
  readonly name: string;
}

export interface NamedStatsPage {
  readonly entries: readonly NamedStats[];
  readonly hasNext: boolean;
}

/** One page, in the order of names. Its cost follows the page. */
export async function modelStatsPage(
  reader: Reader,
  org: string,
  scopes: ModelScopes,
  limit: number,
  after: string | undefined,
): Promise<NamedStatsPage> {
  const names = await scopeNames(reader, org, namesOf(scopes), limit + 1, after);
  const shown = names.slice(0, limit);
  const stats = await feedbackStats(
    reader,
    org,
    shown.map((name): Scope =>
      scopes.of === 'models'
        ? { kind: 'model', model: name }
        : { kind: 'modelAdapter', model: scopes.model, adapter: name },
    ),
  );
  return {
    entries: stats.map((each, index) => ({ ...each, name: shown[index] ?? '' })),
    hasNext: names.length > limit,
  };
}

export function countModels(reader: Reader, org: string, scopes: ModelScopes): Promise<number> {
  return countScopeNames(reader, org, namesOf(scopes));
}

function namesOf(scopes: ModelScopes): NamedScopes {
  return scopes.of === 'models' ? { kind: 'm', above: [] } : { kind: 'ma', above: [scopes.model] };
}
