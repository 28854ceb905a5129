/** Addresses of lists that are narrowed down, for screens that lead there. */
import { routePath } from './routes.js';

export interface FeedbackLink {
  readonly status?: 'PENDING' | 'APPROVED' | 'REJECTED' | 'FLAGGED';
  readonly adapterId?: string;
  /** Days in UTC, as 2026-01-31, both included. */
  readonly since?: string;
  readonly until?: string;
  readonly isUnused?: boolean;
}

/** The list of feedback entries, narrowed down. */
export function feedbackHref({ status, adapterId, since, until, isUnused }: FeedbackLink): string {
  const query = new URLSearchParams();
  if (status !== undefined) query.set('status', status.toLowerCase());
  if (adapterId !== undefined) query.set('adapter', adapterId);
  if (isUnused === true) query.set('unused', '1');
  if (since !== undefined) query.set('since', since);
  if (until !== undefined) query.set('until', until);
  return routePath('feedback', {}, query.size === 0 ? '' : `?${query.toString()}`);
}

/** The comparison of some adapters. */
export function compareHref(ids: readonly string[]): string {
  const query = new URLSearchParams(ids.map((id) => ['adapter', id]));
  return routePath('compare', {}, query.size === 0 ? '' : `?${query.toString()}`);
}

/** The lineage of all adapters, or of one with its relatives, with an adapter selected in it. */
export function lineageHref({ of, selected }: { readonly of?: string; readonly selected?: string }): string {
  const query = new URLSearchParams();
  if (of !== undefined) query.set('of', of);
  if (selected !== undefined) query.set('selected', selected);
  return routePath('adapters', {}, query.size === 0 ? '' : `?${query.toString()}`);
}
