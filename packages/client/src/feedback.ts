import { type Api, dataOf, initOf, toSegment } from './api.js';
import { cursorOf, type ListOptions, listing, type Listing } from './pages.js';
import { FEEDBACK_PATH, type IfMatch, matching, type Submitter } from './submitter.js';
import type { CallOptions } from './transport.js';
import type { components, Feedback, FeedbackStats, FeedbackVersion, QueryOf } from './types.js';

type Schemas = components['schemas'];
type FeedbackQuery = Omit<QueryOf<'listFeedback'>, 'cursor'>;

/** What is stored. */
export interface FeedbackEntries extends Pick<Submitter, 'revise'> {
  get(id: string, options?: CallOptions): Promise<Feedback>;
  /** Entries that match every filter. */
  list(query?: FeedbackQuery, options?: ListOptions): Listing<Feedback, Schemas['FeedbackList']>;
  /** Entries that are linked to an adapter. */
  listOfAdapter(
    adapterId: string,
    query?: Omit<FeedbackQuery, 'adapter'>,
    options?: ListOptions,
  ): Listing<Feedback, Schemas['AdapterFeedbackList']>;
  /** Every state that an entry has had, newest first. */
  versions(id: string, options?: ListOptions): Listing<FeedbackVersion, Schemas['FeedbackVersionList']>;
  /** Takes an entry of the user back; `revise` with `withdrawn: false` brings it in again. */
  withdraw(id: string, options?: CallOptions & IfMatch): Promise<Feedback>;
  link(id: string, link: Schemas['LinkRequest'], options?: CallOptions & IfMatch): Promise<Schemas['FeedbackLink']>;
  unlink(id: string, adapterId: string, options?: CallOptions & IfMatch): Promise<Schemas['FeedbackUnlinked']>;
  /** Erases an entry for good. */
  erase(id: string, options?: CallOptions & IfMatch): Promise<Schemas['Erasure']>;
  stats(options?: CallOptions): Promise<FeedbackStats>;
}

export function feedbackOn(api: Api, submitter: Submitter): FeedbackEntries {
  const revise: Submitter['revise'] = async (id, changes, options) => {
    toSegment(id);
    return submitter.revise(id, changes, options);
  };
  const onEntry = (id: string, options: IfMatch) => ({ path: { id }, header: matching(options) });
  return {
    revise,
    withdraw: (id, options) => revise(id, { withdrawn: true }, options),
    get: (id, options = {}) =>
      dataOf(api.GET(`${FEEDBACK_PATH}/{id}`, { ...initOf(options), params: { path: { id } } })),
    list: (query = {}, { cursor: start, ...options } = {}) =>
      listing(
        (cursor) =>
          dataOf(api.GET(FEEDBACK_PATH, { ...initOf(options), params: { query: { ...query, ...cursorOf(cursor) } } })),
        (page) => page.feedback,
        start,
      ),
    listOfAdapter: (adapterId, query = {}, { cursor: start, ...options } = {}) =>
      listing(
        (cursor) =>
          dataOf(
            api.GET(`${FEEDBACK_PATH}/by-adapter/{adapter_id}`, {
              ...initOf(options),
              params: { path: { adapter_id: adapterId }, query: { ...query, ...cursorOf(cursor) } },
            }),
          ),
        (page) => page.feedback,
        start,
      ),
    versions: (id, { cursor: start, ...options } = {}) =>
      listing(
        (cursor) =>
          dataOf(
            api.GET(`${FEEDBACK_PATH}/{id}/versions`, {
              ...initOf(options),
              params: { path: { id }, query: cursorOf(cursor) },
            }),
          ),
        (page) => page.versions,
        start,
      ),
    link: (id, body, options = {}) =>
      dataOf(api.POST(`${FEEDBACK_PATH}/{id}/link`, { ...initOf(options), params: onEntry(id, options), body })),
    unlink: (id, adapterId, options = {}) =>
      dataOf(
        api.DELETE(`${FEEDBACK_PATH}/{id}/link/{adapter_id}`, {
          ...initOf(options),
          params: { path: { id, adapter_id: adapterId }, header: matching(options) },
        }),
      ),
    erase: (id, options = {}) =>
      dataOf(api.DELETE(`${FEEDBACK_PATH}/{id}`, { ...initOf(options), params: onEntry(id, options) })),
    stats: (options = {}) => dataOf(api.GET(`${FEEDBACK_PATH}/stats`, initOf(options))),
  };
}
