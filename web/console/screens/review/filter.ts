/** What the address of the screen says: which entries, which of them is shown, and which part of it in a narrow window. */
import { choice, day, oneOf, searchCodec, text } from '../../router/search.js';
import type { FeedbackFilterInput } from './documents.generated.js';

export const TYPES = ['POSITIVE', 'NEGATIVE', 'PREFERENCE'] as const;
export const SOURCES = ['USER', 'REVIEWER', 'IMPORT', 'LLM', 'CODE'] as const;
export const PANELS = ['entry', 'queue', 'findings'] as const;
export type Panel = (typeof PANELS)[number];

const FILTERS = {
  q: text(),
  type: oneOf(TYPES),
  adapter: text(),
  model: text(),
  tag: text(),
  source: oneOf(SOURCES),
  user: text(),
  conversation: text(),
  since: day(),
  until: day(),
};

export const filterCodec = searchCodec(FILTERS);
export const reviewCodec = searchCodec({ ...FILTERS, entry: text(), panel: choice(PANELS, 'entry') });

export type ReviewFilter = ReturnType<typeof filterCodec.parse>['search'];
export type ReviewSearch = ReturnType<typeof reviewCodec.parse>['search'];

export const NO_FILTER: ReviewFilter = filterCodec.parse('').search;

/** How many filters are set. */
export function countFilters(search: ReviewFilter): number {
  return [...new URLSearchParams(filterCodec.serialize(search)).keys()].length;
}

/** The filter as the API takes it. The last day is one of the days. */
export function toFilterInput(search: ReviewFilter): FeedbackFilterInput {
  const { q, type, adapter, model, tag, source, user, conversation, since, until } = search;
  return {
    validationStatus: 'FLAGGED',
    ...(q.trim() !== '' && { search: q }),
    ...(type !== undefined && { type }),
    ...(adapter !== '' && { adapterId: adapter }),
    ...(model !== '' && { modelVersion: model }),
    ...(tag !== '' && { tag }),
    ...(source !== undefined && { source }),
    ...(user !== '' && { userId: user }),
    ...(conversation !== '' && { conversationId: conversation }),
    ...(since !== undefined && { since: startOfDay(since, 0) }),
    ...(until !== undefined && { until: startOfDay(until, 1) }),
  };
}

/** The beginning of a day where the reviewer is. */
function startOfDay(day: string, daysLater: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
}
