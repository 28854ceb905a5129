import { useMemo } from 'react';
import { useSearch } from '../../router/search.js';
import { filterCodec, reviewCodec, toFilterInput } from './filter.js';
import { ReviewWorkbench } from './workbench.js';

export default function ReviewScreen() {
  const [search, change, ignored] = useSearch(reviewCodec);
  const key = filterCodec.serialize(search);
  const filter = useMemo(() => toFilterInput(filterCodec.parse(key).search), [key]);
  // Another filter is another sitting: what was held is given back.
  return <ReviewWorkbench key={key} filter={filter} search={search} change={change} ignored={ignored} />;
}
