/** The values that the list can be narrowed to, and how many entries each would leave. */
import { useApiQuery } from '../../api/hooks.js';
import { commonMessages } from '../../components/messages.js';
import { useMessages } from '../../messages/messages.js';
import { useSession } from '../../session/session.js';
import {
  FeedbackAdapterValuesDocument,
  FeedbackChoiceCountsDocument,
  FeedbackFacetValuesDocument,
} from './documents.generated.js';
import { type ListFilter, type ListSearch, SOURCES, STATUSES, toApiFilter, TYPES } from './filter.js';
import { feedbackMessages } from './messages.js';

export interface FacetOption {
  readonly value: string;
  readonly label: string;
  /** How many entries the list would have; undefined if that is not known. */
  readonly count: number | undefined;
  readonly isSelected: boolean;
  /** Narrows the list to the value, or takes that back. */
  readonly run: () => void;
}

export interface FacetGroup {
  readonly name: string;
  readonly label: string;
  readonly options: readonly FacetOption[];
}

type Change = (part: Partial<ListFilter>) => void;
interface Counted {
  readonly value: string;
  readonly count: number | undefined;
}

/** A value counts what the other filters leave: its own facet is not narrowed by what is chosen in it. */
export function useFacets(search: ListSearch, change: Change): readonly FacetGroup[] {
  const texts = useMessages(feedbackMessages);
  const { statuses, types } = useMessages(commonMessages);
  const { can } = useSession();
  const isSearching = search.q.trim() !== '';
  const others = { ...search, q: '' };
  const withOnly = (part: Partial<ListFilter>) => toApiFilter({ ...others, ...part });
  const choices = useApiQuery(
    FeedbackChoiceCountsDocument,
    {
      pending: withOnly({ status: 'PENDING' }),
      flagged: withOnly({ status: 'FLAGGED' }),
      approved: withOnly({ status: 'APPROVED' }),
      rejected: withOnly({ status: 'REJECTED' }),
      positive: withOnly({ type: 'POSITIVE' }),
      negative: withOnly({ type: 'NEGATIVE' }),
      preference: withOnly({ type: 'PREFERENCE' }),
      unused: withOnly({ unused: true }),
    },
    { pause: isSearching, refreshes: true },
  );
  const values = useApiQuery(
    FeedbackFacetValuesDocument,
    { source: withOnly({ source: undefined }), tag: withOnly({ tag: '' }), model: withOnly({ model: '' }) },
    { pause: !can('feedback:read'), refreshes: true },
  );
  const adapters = useApiQuery(
    FeedbackAdapterValuesDocument,
    { filter: withOnly({ adapter: '' }) },
    { pause: !can('adapters:read') || !can('feedback:read'), refreshes: true },
  );

  const counts = choices.state === 'ready' && !isSearching ? choices.data : undefined;
  const countOf = (name: string): number | undefined =>
    Object.entries(counts ?? {}).find(([key]) => key === name.toLowerCase())?.[1].totalCount;
  const known = (name: 'sources' | 'tags' | 'models'): readonly Counted[] =>
    values.state === 'ready'
      ? values.data[name].edges.map(({ node }) => ({ value: node.value, count: node.totalFeedback }))
      : [];

  const options = (
    counted: readonly Counted[],
    selected: string,
    toggle: (value: string, isSelected: boolean) => void,
    label: (value: string) => string = (value) => value,
  ): readonly FacetOption[] =>
    counted.map(({ value, count }) => {
      const isSelected = value === selected;
      return {
        value,
        label: label(value),
        count: isSearching ? undefined : count,
        isSelected,
        run: () => toggle(value, isSelected),
      };
    });

  return [
    {
      name: 'status',
      label: texts.filterNames.status,
      options: options(
        STATUSES.map((value) => ({ value, count: countOf(value) })),
        search.status ?? '',
        (value, isSelected) => change({ status: isSelected ? undefined : STATUSES.find((each) => each === value) }),
        (value) => statuses[STATUSES.find((each) => each === value) ?? 'PENDING'],
      ),
    },
    {
      name: 'type',
      label: texts.filterNames.type,
      options: options(
        TYPES.map((value) => ({ value, count: countOf(value) })),
        search.type ?? '',
        (value, isSelected) => change({ type: isSelected ? undefined : TYPES.find((each) => each === value) }),
        (value) => types[TYPES.find((each) => each === value) ?? 'POSITIVE'],
      ),
    },
    {
      name: 'training',
      label: texts.training,
      options: options(
        [{ value: 'unused', count: countOf('unused') }],
        search.unused ? 'unused' : '',
        (_, isSelected) => change({ unused: !isSelected }),
      ).map((option) => ({ ...option, label: texts.unused })),
    },
    {
      name: 'source',
      label: texts.filterNames.source,
      options: options(
        known('sources').map(({ value, count }) => ({ value: value.toUpperCase(), count })),
        search.source ?? '',
        (value, isSelected) => change({ source: isSelected ? undefined : SOURCES.find((each) => each === value) }),
        (value) => texts.sources[SOURCES.find((each) => each === value) ?? 'USER'],
      ),
    },
    {
      name: 'adapter',
      label: texts.filterNames.adapter,
      options: options(
        byCount(
          adapters.state === 'ready'
            ? adapters.data.adapters.edges.map(({ node }) => ({ value: node.id, count: node.feedback.totalCount }))
            : [],
          search.adapter,
        ),
        search.adapter,
        (value, isSelected) => change({ adapter: isSelected ? '' : value }),
      ),
    },
    {
      name: 'tag',
      label: texts.filterNames.tag,
      options: options(byCount(known('tags'), search.tag), search.tag, (value, isSelected) =>
        change({ tag: isSelected ? '' : value }),
      ),
    },
    {
      name: 'model',
      label: texts.filterNames.model,
      options: options(byCount(known('models'), search.model), search.model, (value, isSelected) =>
        change({ model: isSelected ? '' : value }),
      ),
    },
  ];
}

/** Those with most entries first, without those that have none; the chosen one is always there, and stands first. */
function byCount(counted: readonly Counted[], chosen: string): readonly Counted[] {
  const rest = counted.filter(({ value, count }) => value !== chosen && count !== 0);
  const first = counted.find(({ value }) => value === chosen) ?? { value: chosen, count: undefined };
  return [
    ...(chosen === '' ? [] : [first]),
    ...rest.toSorted((a, b) => (b.count ?? 0) - (a.count ?? 0) || a.value.localeCompare(b.value)),
  ];
}
