import { useState } from 'react';
import { type Loaded, useApiQuery } from '../../api/hooks.js';
import { useSession } from '../../session/session.js';
import { FeedbackCountsDocument, type FeedbackCountsQuery } from './documents.generated.js';
import { type ListFilter, type ListSearch, toApiFilter } from './filter.js';

export type Counts = FeedbackCountsQuery;

/** How many entries the list has, and how many each narrower one would have. */
export function useCounts(search: ListSearch): Loaded<Counts> {
  const { can } = useSession();
  const isSearching = search.q.trim() !== '';
  // A value counts what the other filters leave: its own facet is not narrowed by what is chosen in it.
  const withOnly = (part: Partial<ListFilter>) => toApiFilter({ ...search, q: '', ...part });
  return useApiQuery(
    FeedbackCountsDocument,
    {
      filter: toApiFilter(search),
      pending: withOnly({ status: 'PENDING' }),
      flagged: withOnly({ status: 'FLAGGED' }),
      approved: withOnly({ status: 'APPROVED' }),
      rejected: withOnly({ status: 'REJECTED' }),
      positive: withOnly({ type: 'POSITIVE' }),
      negative: withOnly({ type: 'NEGATIVE' }),
      preference: withOnly({ type: 'PREFERENCE' }),
      unused: withOnly({ unused: true }),
      source: withOnly({ source: undefined }),
      tag: withOnly({ tag: '' }),
      model: withOnly({ model: '' }),
      adapter: withOnly({ adapter: '' }),
      withChoices: !isSearching,
      withValues: can('feedback:read'),
      withAdapters: can('adapters:read') && can('feedback:read'),
    },
    { refreshes: true },
  );
}

/** The last counts there were, so that no facet goes away while those of another filter are on their way. */
export function useLastCounts(counts: Loaded<Counts>): Counts | undefined {
  const [last, setLast] = useState<Counts>();
  const data = counts.state === 'ready' ? counts.data : undefined;
  if (data !== undefined && data !== last) setLast(data);
  return data ?? last;
}
