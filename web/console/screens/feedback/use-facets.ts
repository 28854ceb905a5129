/** The values that the list can be narrowed to, and how many entries each would leave. */
import { commonMessages } from '../../components/messages.js';
import { useMessages } from '../../messages/messages.js';
import { type ListFilter, type ListSearch, SOURCES, STATUSES, TYPES } from './filter.js';
import { feedbackMessages } from './messages.js';
import type { Counts } from './use-counts.js';

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

/** The names that the counts of fixed choices have in the answer. */
const COUNT_OF = {
  PENDING: 'pending',
  FLAGGED: 'flagged',
  APPROVED: 'approved',
  REJECTED: 'rejected',
  POSITIVE: 'positive',
  NEGATIVE: 'negative',
  PREFERENCE: 'preference',
  unused: 'unused',
} as const;

type Change = (part: Partial<ListFilter>) => void;
interface Counted {
  readonly value: string;
  readonly count: number | undefined;
}

/** What the list can be narrowed to, group by group; values that are not known yet are left out. */
export function useFacets(search: ListSearch, change: Change, counts: Counts | undefined): readonly FacetGroup[] {
  const texts = useMessages(feedbackMessages);
  const { statuses, types } = useMessages(commonMessages);
  const isSearching = search.q.trim() !== '';
  const countOf = (name: (typeof COUNT_OF)[keyof typeof COUNT_OF]): number | undefined =>
    isSearching ? undefined : counts?.[name]?.totalCount;
  const known = (name: 'sources' | 'tags' | 'models'): readonly Counted[] =>
    counts?.[name]?.edges.map(({ node }) => ({ value: node.value, count: node.totalFeedback })) ?? [];

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
        STATUSES.map((value) => ({ value, count: countOf(COUNT_OF[value]) })),
        search.status ?? '',
        (value, isSelected) => change({ status: isSelected ? undefined : STATUSES.find((each) => each === value) }),
        (value) => statuses[STATUSES.find((each) => each === value) ?? 'PENDING'],
      ),
    },
    {
      name: 'type',
      label: texts.filterNames.type,
      options: options(
        TYPES.map((value) => ({ value, count: countOf(COUNT_OF[value]) })),
        search.type ?? '',
        (value, isSelected) => change({ type: isSelected ? undefined : TYPES.find((each) => each === value) }),
        (value) => types[TYPES.find((each) => each === value) ?? 'POSITIVE'],
      ),
    },
    {
      name: 'training',
      label: texts.training,
      options: options(
        [{ value: 'unused', count: countOf(COUNT_OF.unused) }],
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
          counts?.adapters?.edges.map(({ node }) => ({ value: node.id, count: node.feedback.totalCount })) ?? [],
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
