import { type Api, dataOf, initOf } from './api.js';
import { cursorOf, type ListOptions, listing, type Listing } from './pages.js';
import { FEEDBACK_PATH, type IfMatch, matching } from './submitter.js';
import type { CallOptions } from './transport.js';
import type { components, QueryOf, ReviewEntry } from './types.js';

type Schemas = components['schemas'];

/** What reviewers do. It needs the role `reviewer`. */
export interface Review {
  /** Flagged entries and then pending ones, each oldest first. */
  queue(
    query?: Omit<QueryOf<'listReviewQueue'>, 'cursor'>,
    options?: ListOptions,
  ): Listing<ReviewEntry, Schemas['ReviewQueue']>;
  /** Claims entries that nobody else has claimed. */
  claim(request: Schemas['ReviewClaimRequest'], options?: CallOptions): Promise<Schemas['ReviewClaim']>;
  /** What the reviewer holds. */
  claims(options?: ListOptions): Listing<ReviewEntry, Schemas['ReviewClaims']>;
  /** Holds all claims of the reviewer for so many minutes from now, 30 by default. */
  renew(minutes?: number, options?: CallOptions): Promise<Schemas['RenewedReviewClaims']>;
  /** Gives claims back: those of `ids`, or all. */
  release(ids?: readonly string[], options?: CallOptions): Promise<Schemas['ReleasedReviewClaims']>;
  /** Gives entries back and leaves them to other reviewers. */
  skip(ids: readonly string[], options?: CallOptions): Promise<Schemas['SkippedReviews']>;
  /** Approves or rejects an entry. */
  decide(id: string, decision: Schemas['ReviewRequest'], options?: CallOptions & IfMatch): Promise<ReviewEntry>;
  /** Takes a decision back. */
  undo(id: string, options?: CallOptions & IfMatch): Promise<ReviewEntry>;
}

const PATH = `${FEEDBACK_PATH}/review` as const;

export function reviewOn(api: Api): Review {
  return {
    queue: (query = {}, { cursor: start, ...options } = {}) =>
      listing(
        (cursor) => dataOf(api.GET(PATH, { ...initOf(options), params: { query: { ...query, ...cursorOf(cursor) } } })),
        (page) => page.feedback,
        start,
      ),
    claim: (body, options = {}) => dataOf(api.POST(`${PATH}/claim`, { ...initOf(options), body })),
    claims: ({ cursor: start, ...options } = {}) =>
      listing(
        (cursor) => dataOf(api.GET(`${PATH}/claims`, { ...initOf(options), params: { query: cursorOf(cursor) } })),
        (page) => page.feedback,
        start,
      ),
    renew: (minutes, options = {}) =>
      dataOf(api.POST(`${PATH}/claims/renew`, { ...initOf(options), body: minutes === undefined ? {} : { minutes } })),
    release: (ids, options = {}) =>
      dataOf(
        api.POST(`${PATH}/claims/release`, { ...initOf(options), body: ids === undefined ? {} : { ids: [...ids] } }),
      ),
    skip: (ids, options = {}) => dataOf(api.POST(`${PATH}/skip`, { ...initOf(options), body: { ids: [...ids] } })),
    decide: (id, body, options = {}) =>
      dataOf(
        api.POST(`${PATH}/{id}`, { ...initOf(options), params: { path: { id }, header: matching(options) }, body }),
      ),
    undo: (id, options = {}) =>
      dataOf(
        api.POST(`${PATH}/{id}/undo`, { ...initOf(options), params: { path: { id }, header: matching(options) } }),
      ),
  };
}
