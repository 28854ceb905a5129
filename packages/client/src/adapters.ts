import { type Api, dataOf, initOf } from './api.js';
import { cursorOf, type ListOptions, listing, type Listing } from './pages.js';
import { type IfMatch, matching } from './submitter.js';
import type { CallOptions } from './transport.js';
import type { Adapter, components, Evaluation, ListedAdapter, Promotion, QueryOf } from './types.js';

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
  /**
   * Puts an adapter at a stage, `production` unless the request says otherwise, if it meets the rules of that stage.
   * @throws {FeedbackGraphError} CONFLICT with `check`, the rules and what they measured, if one does not hold
   */
  promote(id: string, request?: Schemas['PromotionRequest'], options?: CallOptions & IfMatch): Promise<Promotion>;
  /** What a promotion would say, without one. */
  checkPromotion(
    id: string,
    query?: QueryOf<'checkPromotion'>,
    options?: CallOptions,
  ): Promise<Schemas['PromotionCheck']>;
  /** The changes of its stage, newest first. */
  stages(id: string, options?: ListOptions): Listing<Schemas['AdapterStageChange'], Schemas['AdapterStageChangeList']>;
  /** Records 1 to 100 evaluations, all of them or none. */
  recordEvaluations(
    id: string,
    evaluations: readonly Schemas['EvaluationRequest'][],
    options?: CallOptions,
  ): Promise<readonly Evaluation[]>;
  /** Its evaluations, the last recorded first. */
  evaluations(id: string, options?: ListOptions): Listing<Evaluation, Schemas['EvaluationList']>;
  /** What the organization asks of adapters that are promoted. */
  promotionRules(options?: CallOptions): Promise<Schemas['PromotionRules']>;
  setPromotionRules(rules: Schemas['PromotionRulesRequest'], options?: CallOptions): Promise<Schemas['PromotionRules']>;
  /** Its bill of materials: CycloneDX, with its lineage. */
  bom(id: string, options?: CallOptions): Promise<Schemas['CycloneDxBom']>;
}

const PATH = '/api/v1/llm/adapters';
const RULES_PATH = '/api/v1/llm/promotion-rules';

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
    promote: (id, body = {}, options = {}) =>
      dataOf(
        api.POST(`${PATH}/{id}/promote`, {
          ...initOf(options),
          params: { path: { id }, header: matching(options) },
          body,
        }),
      ),
    checkPromotion: (id, query = {}, options = {}) =>
      dataOf(api.GET(`${PATH}/{id}/promotion`, { ...initOf(options), params: { path: { id }, query } })),
    stages: (id, { cursor: start, ...options } = {}) =>
      listing(
        (cursor) =>
          dataOf(
            api.GET(`${PATH}/{id}/stages`, { ...initOf(options), params: { path: { id }, query: cursorOf(cursor) } }),
          ),
        (page) => page.changes,
        start,
      ),
    recordEvaluations: async (id, evaluations, options = {}) => {
      const body = { evaluations: [...evaluations] };
      const init = { ...initOf(options), params: { path: { id } }, body };
      return (await dataOf(api.POST(`${PATH}/{id}/evaluations`, init))).evaluations;
    },
    evaluations: (id, { cursor: start, ...options } = {}) =>
      listing(
        (cursor) =>
          dataOf(
            api.GET(`${PATH}/{id}/evaluations`, {
              ...initOf(options),
              params: { path: { id }, query: cursorOf(cursor) },
            }),
          ),
        (page) => page.evaluations,
        start,
      ),
    promotionRules: (options = {}) => dataOf(api.GET(RULES_PATH, initOf(options))),
    setPromotionRules: (body, options = {}) => dataOf(api.PUT(RULES_PATH, { ...initOf(options), body })),
    bom: (id, options = {}) => dataOf(api.GET(`${PATH}/{id}/bom`, { ...initOf(options), params: { path: { id } } })),
  };
}
