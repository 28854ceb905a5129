/** Fields that look at much more than they answer may be asked for only so often by one user. */
import { type GraphQLSchema, isObjectType } from 'graphql';
import { getGraphQLRateLimiter } from 'graphql-rate-limit';
import { ApiError } from '../errors.js';
import type { CountCharges } from '../store/contract.js';
import type { RequestContext } from './context.js';

/** By type and field. */
const EXPENSIVE_FIELDS: readonly (readonly [type: string, field: string])[] = [
  ['Adapter', 'lineagePaths'],
  ['TrainingBatch', 'advice'],
  ['TrainingBatch', 'outcome'],
  ['TrainingBatch', 'preview'],
  ['Query', 'trainingForecast'],
  ['Query', 'sharedFeedbackPairs'],
  ['Query', 'compareAdapters'],
  ['Adapter', 'promotion'],
  ['Mutation', 'promoteAdapter'],
  ['Query', 'feedbackStatsByDay'],
  ['Query', 'previewBulkOperation'],
  ['Mutation', 'startBulkOperation'],
  ['Mutation', 'undoBulkOperation'],
];

const WINDOW_MILLISECONDS = 60_000;

export interface ExpensiveFieldsOptions {
  /** Calls of each of these fields by one user of one organization; 0 turns the limit off. */
  readonly perMinute: number;
  readonly count: CountCharges;
}

/** Puts the limit before the resolvers of these fields. @throws if one is not in the schema. */
export function guardExpensiveFields(schema: GraphQLSchema, { perMinute, count }: ExpensiveFieldsOptions): void {
  if (perMinute === 0) return;
  const limit = getGraphQLRateLimiter({
    // JSON keeps the pairs apart: no two of them are written alike.
    identifyContext: ({ principal: { org, sub } }: RequestContext) => JSON.stringify([org, sub]),
    store: countedCalls(perMinute, count),
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
 * Counts in `getForIdentity`, at once: graphql-rate-limit awaits between reading and writing, so that calls side by side would
 * all be let through. It is told of as many calls as make it decide what was decided here.
 */
function countedCalls(perMinute: number, count: CountCharges) {
  return {
    getForIdentity: async (identity: {
      readonly contextIdentity: string;
      readonly fieldIdentity: string;
    }): Promise<number[]> => {
      const name = JSON.stringify(['field', identity.contextIdentity, identity.fieldIdentity]);
      const charge = { name, points: 1, limit: perMinute, milliseconds: WINDOW_MILLISECONDS };
      const { refusedBy } = await count([charge]);
      return refusedBy === undefined ? [] : Array.from({ length: perMinute }, () => Date.now());
    },
    setForIdentity: () => undefined,
  };
}
