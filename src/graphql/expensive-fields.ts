/** Fields that look at much more than they answer may be asked for only so often by one user. */
import { type GraphQLSchema, isObjectType } from 'graphql';
import { getGraphQLRateLimiter } from 'graphql-rate-limit';
import { LRUCache } from 'lru-cache';
import { ApiError } from '../errors.js';
import type { RequestContext } from './context.js';

/** By type and field. */
const EXPENSIVE_FIELDS: readonly (readonly [type: string, field: string])[] = [
  ['Adapter', 'lineagePaths'],
  ['TrainingBatch', 'advice'],
  ['TrainingBatch', 'outcome'],
  ['Query', 'sharedFeedbackPairs'],
  ['Query', 'compareAdapters'],
  ['Query', 'feedbackStatsByDay'],
];

const WINDOW_MILLISECONDS = 60_000;

/** Beyond so many users, those that were idle longest start afresh. */
const COUNTED_IDENTITIES = 10_000;

export interface ExpensiveFieldsOptions {
  /** Calls of each of these fields by one user of one organization; 0 turns the limit off. */
  readonly perMinute: number;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Puts the limit before the resolvers of these fields. @throws if one is not in the schema. */
export function guardExpensiveFields(schema: GraphQLSchema, { perMinute, now }: ExpensiveFieldsOptions): void {
  if (perMinute === 0) return;
  const limit = getGraphQLRateLimiter({
    // JSON keeps the pairs apart: no two of them are written alike.
    identifyContext: ({ principal: { org, sub } }: RequestContext) => JSON.stringify([org, sub]),
    store: boundedCalls(perMinute, now),
  });
  for (const [typeName, fieldName] of EXPENSIVE_FIELDS) {
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    const resolve = field?.resolve;
    if (field === undefined || resolve === undefined) throw new Error(`${typeName}.${fieldName} is no field to guard`);
    field.resolve = async (parent: unknown, args: Record<string, unknown>, context: RequestContext, info) => {
      context.markUncacheable?.();
      const refusal = await limit({ parent, args, context, info }, { max: perMinute, window: '1m' });
      if (refusal !== undefined) {
        throw new ApiError(
          'RATE_LIMITED',
          `One user may request '${fieldName}' ${perMinute} times per minute; try again in a minute`,
        );
      }
      return resolve(parent, args, context, info);
    };
  }
}

/**
 * Counts in `getForIdentity`, in one tick: graphql-rate-limit awaits between reading and writing, so that calls side by
 * side would all be let through. What is refused is not counted, and nobody's list is longer than the limit.
 */
function boundedCalls(perMinute: number, now: () => number) {
  const calls = new LRUCache<string, number[]>({ max: COUNTED_IDENTITIES });
  return {
    getForIdentity: (identity: { readonly contextIdentity: string; readonly fieldIdentity: string }): number[] => {
      const key = JSON.stringify([identity.contextIdentity, identity.fieldIdentity]);
      const time = now();
      const before = (calls.get(key) ?? []).filter((at) => at + WINDOW_MILLISECONDS > time);
      calls.set(key, before.length < perMinute ? [...before, time] : before);
      return before;
    },
    setForIdentity: () => undefined,
  };
}
