/** The search parameters of the address, for screens. */
import { useCallback, useMemo } from 'react';
import { navigate, type NavigateOptions, useSearchString } from './location.js';
import type { SearchCodec } from './search-codec.js';

export * from './search-codec.js';

/** What the address says, and a function that changes some of it. Other parts of the console see the change at once. */
export function useSearch<Search extends object>(
  codec: SearchCodec<Search>,
): readonly [
  search: Search,
  change: (part: Partial<Search>, options?: NavigateOptions) => void,
  ignored: readonly string[],
] {
  const query = useSearchString();
  const { search, ignored } = useMemo(() => codec.parse(query), [codec, query]);
  const change = useCallback(
    (part: Partial<Search>, options?: NavigateOptions) => {
      const now = codec.parse(location.search).search;
      navigate(location.pathname + codec.serialize({ ...now, ...part }), options);
    },
    [codec],
  );
  return [search, change, ignored];
}
