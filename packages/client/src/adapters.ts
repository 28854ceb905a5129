import { type Api, dataOf, initOf } from './api.js';
import { cursorOf, type ListOptions, listing, type Listing } from './pages.js';
import { type IfMatch, matching } from './submitter.js';
import type { CallOptions } from './transport.js';
import type { Adapter, components, ListedAdapter, QueryOf } from './types.js';

type Schemas = components['schemas'];

export interface Adapters {
  get(id: string, options?: CallOptions): Promise<Adapter>;
  /** Adapters, ordered by id. */
  list(
    query?: Omit<QueryOf<'listAdapters'>, 'cursor'>,
    options?: ListOptions,
  ): Listing<ListedAdapter, Schemas['AdapterList']>;
  /** Registers or updates an adapter. */
  register(id: string, adapter: Schemas['AdapterRegistration'], options?: CallOptions & IfMatch): Promise<Adapter>;
  /** What it derives from, or what derives from it. */
  lineage(id: string, query?: QueryOf<'getAdapterLineage'>, options?: CallOptions): Promise<Schemas['Lineage']>;
  stats(id: string, query?: QueryOf<'getAdapterStats'>, options?: CallOptions): Promise<Schemas['AdapterStats']>;
}

const PATH = '/api/v1/llm/adapters';

export function adaptersOn(api: Api): Adapters {
  return {
    get: (id, options = {}) => dataOf(api.GET(`${PATH}/{id}`, { ...initOf(options), params: { path: { id } } })),
    list: (query = {}, { cursor: start, ...options } = {}) =>
      listing(
        (cursor) => dataOf(api.GET(PATH, { ...initOf(options), params: { query: { ...query, ...cursorOf(cursor) } } })),
        (page) => page.adapters,
        start,
      ),
    register: (id, body, options = {}) =>
      dataOf(
        api.PUT(`${PATH}/{id}`, { ...initOf(options), params: { path: { id }, header: matching(options) }, body }),
      ),
    lineage: (id, query = {}, options = {}) =>
      dataOf(api.GET(`${PATH}/{id}/lineage`, { ...initOf(options), params: { path: { id }, query } })),
    stats: (id, query = {}, options = {}) =>
      dataOf(api.GET(`${PATH}/{id}/stats`, { ...initOf(options), params: { path: { id }, query } })),
  };
}
