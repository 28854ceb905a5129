/** What the list shows, as its address says it and as the API takes it. */
import type { Parameter } from '../../router/search-codec.js';
import { choice, flag, oneOf, searchCodec, text, texts } from '../../router/search-codec.js';
import type { FeedbackFilterInput } from './documents.generated.js';
import { endOf, moment, sinceOf, startOf, untilOf } from './moment.js';
import { parseCondition, type ScoreFilter, toConditions, toScoreFilters } from './score-condition.js';

export const STATUSES = ['PENDING', 'FLAGGED', 'APPROVED', 'REJECTED'] as const;
export const TYPES = ['POSITIVE', 'NEGATIVE', 'PREFERENCE'] as const;
export const SOURCES = ['USER', 'REVIEWER', 'IMPORT', 'LLM', 'CODE'] as const;

/** The parameters that narrow the list. */
export interface ListFilter {
  readonly q: string;
  readonly status: (typeof STATUSES)[number] | undefined;
  readonly type: (typeof TYPES)[number] | undefined;
  readonly source: (typeof SOURCES)[number] | undefined;
  readonly unused: boolean;
  readonly tag: string;
  readonly adapter: string;
  readonly adapterVersion: string;
  readonly model: string;
  readonly user: string;
  readonly conversation: string;
  readonly interaction: string;
  /** Conditions such as `rating>=4`. */
  readonly score: readonly string[];
  /** Days or times, see moment.ts. */
  readonly since: string;
  readonly until: string;
}

export interface ListSearch extends ListFilter {
  readonly order: 'DESC' | 'ASC';
  /** The columns that are shown, with commas between them; empty for those that are shown unless somebody chooses. */
  readonly columns: string;
  /** The id of the saved view that the list was opened by. */
  readonly view: string;
}

function conditions(): Parameter<readonly string[]> {
  const { initial, parse, serialize } = texts();
  return {
    initial,
    parse: (given) => (given.every((each) => parseCondition(each) !== undefined) ? parse(given) : undefined),
    serialize,
  };
}

export const listCodec = searchCodec<ListSearch>({
  q: text(),
  status: oneOf(STATUSES),
  type: oneOf(TYPES),
  source: oneOf(SOURCES),
  unused: flag(),
  tag: text(),
  adapter: text(),
  adapterVersion: text(),
  model: text(),
  user: text(),
  conversation: text(),
  interaction: text(),
  score: conditions(),
  since: moment(),
  until: moment(),
  order: choice(['DESC', 'ASC'], 'DESC'),
  columns: text(),
  view: text(),
});

export const NO_FILTER: ListFilter = {
  q: '',
  status: undefined,
  type: undefined,
  source: undefined,
  unused: false,
  tag: '',
  adapter: '',
  adapterVersion: '',
  model: '',
  user: '',
  conversation: '',
  interaction: '',
  score: [],
  since: '',
  until: '',
};

export type FilterName = keyof ListFilter;

/** The parameters that narrow the list now. */
export function activeFilters(filter: ListFilter): readonly FilterName[] {
  return (Object.keys(NO_FILTER) as FilterName[]).filter((name) => {
    const value = filter[name];
    return typeof value === 'object' ? value.length > 0 : value !== undefined && value !== '' && value !== false;
  });
}

/** The filter for the API. */
export function toApiFilter(filter: ListFilter): FeedbackFilterInput {
  const { q, status, type, source, unused, tag, adapter, adapterVersion, model, user } = filter;
  const { conversation, interaction, score, since, until } = filter;
  return {
    ...(status && { validationStatus: status }),
    ...(type && { type }),
    ...(source && { source }),
    ...(unused && { unused }),
    ...(tag !== '' && { tag }),
    ...(adapter !== '' && { adapterId: adapter }),
    ...(adapterVersion !== '' && { adapterVersion }),
    ...(model !== '' && { modelVersion: model }),
    ...(user !== '' && { userId: user }),
    ...(conversation !== '' && { conversationId: conversation }),
    ...(interaction !== '' && { interactionId: interaction }),
    ...(score.length > 0 && { scores: [...toScoreFilters(score)] }),
    ...(since !== '' && { since: startOf(since) }),
    ...(until !== '' && { until: endOf(until) }),
    ...(q.trim() !== '' && { search: q.trim() }),
  };
}

/** A filter as the API gives it, as of a saved view. */
export type ApiFilter = {
  readonly [Name in Exclude<keyof FeedbackFilterInput, 'scores'>]?: FeedbackFilterInput[Name];
} & { readonly scores?: readonly ScoreFilter[] | null | undefined };

/** The parameters of the address that say the same as a filter of the API. */
export function fromApiFilter(filter: ApiFilter): ListFilter {
  return {
    q: filter.search ?? '',
    status: filter.validationStatus ?? undefined,
    type: filter.type ?? undefined,
    source: filter.source ?? undefined,
    unused: filter.unused === true,
    tag: filter.tag ?? '',
    adapter: filter.adapterId ?? '',
    adapterVersion: filter.adapterVersion ?? '',
    model: filter.modelVersion ?? '',
    user: filter.userId ?? '',
    conversation: filter.conversationId ?? '',
    interaction: filter.interactionId ?? '',
    score: toConditions(filter.scores ?? []),
    since: filter.since == null ? '' : sinceOf(filter.since),
    until: filter.until == null ? '' : untilOf(filter.until),
  };
}
