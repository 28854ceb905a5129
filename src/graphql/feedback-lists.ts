import { LRUCache } from 'lru-cache';
import { InvalidInputError } from '../errors.js';
import { type FeedbackFilter, type FilterPlan, planFilter } from '../feedback/index/filter.js';
import { type ScoreFilter, scoreFiltersProblem } from '../feedback/index/scores.js';
import { memoizeByIdentity } from '../memoize-by-identity.js';
import type { Use } from '../model/facets.js';
import { FILTER_FIELDS } from '../model/feedback-fields.js';
import type { Feedback } from '../model/feedback.js';
import { checkField, idProblem } from '../model/input.js';
import { collectFields } from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import { type Principal, readsOwnOnly } from '../principal.js';
import type { RequestContext, Services } from './context.js';
import { createCursors, type Cursors } from './cursors.js';
import { checkPageSize, type ConnectionSource, Order, type OrderedPageArguments } from './types/connection.js';
import type { FeedbackFilterInput } from './types/feedback-content.js';

/** What a list shows: what is linked to an adapter, where it is an adapter's list, and what a filter names. */
export interface FeedbackListRequest {
  readonly filter: FeedbackFilterInput | null | undefined;
  readonly adapterId?: string;
}

function useOf(unused: boolean | null | undefined): Use | undefined {
  if (unused === undefined || unused === null) return undefined;
  return unused ? 'unused' : 'used';
}

/** @throws {InvalidInputError} for names that no entry can have, and for a search where the server does not search. */
export function toFilter(
  { search = true }: Pick<Services, 'search'>,
  { filter, adapterId }: FeedbackListRequest,
): FeedbackFilter {
  const input = filter ?? {};
  if (!search && typeof input.search === 'string') {
    const problem = 'is not available: this server does not search (FEEDBACK_SEARCH=off)';
    throw new InvalidInputError([{ field: 'search', problem }]);
  }
  const given = {
    type: input.type,
    validationStatus: input.validationStatus,
    use: useOf(input.unused),
    ...collectFields(FILTER_FIELDS, ({ name }) => input[name]),
    tag: input.tag,
    scores: toScoreFilters(input.scores),
    search: input.search,
    since: input.since?.getTime(),
    until: input.until?.getTime(),
  };
  checkField('adapterId', input.adapterId, idProblem);
  checkField('adapterVersion', input.adapterVersion, idProblem);
  checkField('tag', input.tag, idProblem);
  checkField('scores', toScoreFilters(input.scores), scoreFiltersProblem);
  for (const { name, kind } of FILTER_FIELDS) checkField<unknown>(name, input[name], kind.problem);
  const adapterIds = [adapterId, input.adapterId].filter((id) => typeof id === 'string');
  return {
    ...omitNullish(given),
    ...(adapterIds.length > 0 ? { adapterIds } : {}),
    ...omitNullish({ adapterVersion: versionOf(input.adapterVersion, input.adapterId ?? adapterId) }),
  };
}

/** Scores as the schema has them, without what is null. */
export function toScoreFilters(scores: FeedbackFilterInput['scores']): readonly ScoreFilter[] | undefined {
  return scores?.map(({ name, ...range }) => ({ name, ...omitNullish(range) }));
}

/** @throws {InvalidInputError} if it is not said of which adapter the version is. */
function versionOf(version: string | null | undefined, adapter: string | undefined): FeedbackFilter['adapterVersion'] {
  if (version === undefined || version === null) return undefined;
  if (adapter === undefined) {
    throw new InvalidInputError([{ field: 'adapterVersion', problem: "requires an 'adapterId'" }]);
  }
  return { adapter, version };
}

/** How a list is read, whichever page of it. */
interface ListPlan {
  readonly plan: FilterPlan;
  readonly order: Order;
  readonly cursors: Cursors;
}

/** Of how many lists the plans are remembered, and how long what says which list it is may be. */
const REMEMBERED_PLANS = 1_000;
const REMEMBERED_CHARACTERS = 1_024;

/** The plans of lists that were asked for lately: of the keyed hashes that are in them. */
const knownPlans = memoizeByIdentity(
  (_keyedHash: Services['keyedHash']) => new LRUCache<string, ListPlan>({ max: REMEMBERED_PLANS }),
);

function planList(
  services: Pick<Services, 'search' | 'keyedHash'>,
  principal: Principal,
  list: FeedbackListRequest,
  wanted: Order | null | undefined,
): ListPlan {
  // All that a plan is made of; JSON would write a bound of a score that is infinite as none.
  const owner = readsOwnOnly(principal) ? [principal.sub, principal.scope?.interactionId] : undefined;
  const bounds = (list.filter?.scores ?? []).map(({ min, max }) => `${min} ${max}`);
  const name = JSON.stringify([principal.org, owner, services.search, list.adapterId, list.filter, bounds, wanted]);
  const known = knownPlans(services.keyedHash);
  const before = known.get(name);
  if (before !== undefined) return before;
  const asked = toFilter(services, list);
  const filter = owner === undefined ? asked : ownFilter(asked, principal);
  const plan = planFilter(principal.org, filter, services.keyedHash);
  const order = wanted ?? (filter.search === undefined ? Order.ASC : Order.DESC);
  const made = { plan, order, cursors: createCursors([principal.org, 'feedback', filter, order]) };
  if (name.length <= REMEMBERED_CHARACTERS) known.set(name, made);
  return made;
}

/** A list of feedback as a connection whose edges `toEdge` makes. */
export function feedbackSource<Edge extends { readonly cursor: string }>(
  { loaders, services, principal }: RequestContext,
  list: FeedbackListRequest,
  { first, after, order: wanted }: OrderedPageArguments,
  toEdge: (feedback: Feedback, cursorOf: () => string) => Edge,
): ConnectionSource<Edge> {
  const { plan, cursors, order } = planList(services, principal, list, wanted);
  const lastId = after === undefined || after === null ? undefined : cursors.decode(after);
  const limit = checkPageSize(first);
  return {
    continued: lastId !== undefined,
    page: async () => {
      const page = await loaders.pages(plan, {
        limit,
        descending: order === Order.DESC,
        ...omitNullish({ after: lastId }),
      });
      return {
        edges: page.feedback.map((feedback) => toEdge(feedback, () => cursors.encode(feedback.id))),
        hasNext: page.hasNext,
        ...(page.end !== undefined && { end: cursors.encode(page.end) }),
      };
    },
    total: async () => (await loaders.counts(plan)).count,
    ...(plan.search !== undefined && { isTotalExact: async () => (await loaders.counts(plan)).isExact }),
  };
}

/**
 * The same filter over what a user submitted in their own name: what others say of the user is neither listed nor counted.
 * @throws {InvalidInputError} if the filter names another user
 */
function ownFilter({ userId, ...filter }: FeedbackFilter, { sub, scope }: Principal): FeedbackFilter {
  if (userId !== undefined && userId !== sub) {
    throw new InvalidInputError([
      { field: 'userId', problem: 'must be the user of the token, which may only read its own entries' },
    ]);
  }
  const interactionId = scope?.interactionId;
  if (interactionId === undefined) return { ...filter, ownedBy: sub };
  if (filter.interactionId !== undefined && filter.interactionId !== interactionId) {
    throw new InvalidInputError([{ field: 'interactionId', problem: 'must be the interaction of the token' }]);
  }
  return { ...filter, ownedBy: sub, interactionId };
}
