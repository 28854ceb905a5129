import { graphql, type GraphQLSchema } from 'graphql';
import { ensureAdapters } from '../../src/adapters/adapters.js';
import { replaceParents } from '../../src/adapters/lineage.js';
import { type AdapterRegistration, registerAdapter } from '../../src/adapters/register.js';
import { linkFeedback } from '../../src/feedback/link-feedback.js';
import { createSimilarEntries } from '../../src/feedback/similar.js';
import { submitBatch } from '../../src/feedback/submit.js';
import type { BudgetLimits } from '../../src/graphql/budget/request-budget.js';
import { createRequestContext, type Services } from '../../src/graphql/context.js';
import { createSchema } from '../../src/graphql/schema.js';
import type { Submission } from '../../src/model/submission.js';
import { permissionsOf } from '../../src/permissions.js';
import type { Store } from '../../src/store/contract.js';
import { openMemoryStore } from './memory-engine.js';

export const ACTOR = { sub: 'ann', org: 'default', requestId: 'test' };
export const PRAISE = { type: 'positive', question: 'What is a shard?', answer: 'A part of the data.' } as const;

let shared: GraphQLSchema | undefined;

/** What most tests ask: nobody changes it. To make one takes longer than most tests. */
export function sharedSchema(): GraphQLSchema {
  shared ??= createSchema();
  return shared;
}

export interface TestGraph {
  readonly store: Store;
  readonly services: Services;
  register(registration: AdapterRegistration): Promise<void>;
  /** Stores feedback and answers the ids, in the order of the submissions. */
  submit(...submissions: readonly Partial<Submission>[]): Promise<string[]>;
  link(feedbackId: string, ...adapterIds: readonly string[]): Promise<void>;
  /** The data of a query. @throws if the response has errors */
  query<Data>(document: string, variables?: Record<string, unknown>): Promise<Data>;
  /** The messages of the errors that a query is answered with. */
  errorsOf(document: string, variables?: Record<string, unknown>): Promise<string[]>;
}

/** A graph in memory, or in `store`, and its schema without HTTP around. */
export async function openGraph(
  given?: Store,
  budget?: BudgetLimits,
  more: Pick<Services, 'keepsVotes'> = {},
): Promise<TestGraph> {
  const store = given ?? (await openMemoryStore());
  const keyedHash: Services['keyedHash'] = (org, name) => `${org}-${name}`;
  const services: Services = {
    store,
    keyedHash,
    validate: () => Promise.resolve({ status: 'approved', reasons: [] }),
    now: Date.now,
    similar: createSimilarEntries({ store, keyedHash }),
    ...(budget !== undefined && { budget }),
    ...more,
  };
  const run = (source: string, variableValues: Record<string, unknown> = {}): ReturnType<typeof graphql> => {
    const schema = sharedSchema();
    const principal = { sub: ACTOR.sub, org: ACTOR.org, permissions: permissionsOf('admin'), expiresAt: Infinity };
    return graphql({ schema, source, variableValues, contextValue: createRequestContext(services, principal, 'test') });
  };
  return {
    store,
    services,
    register: async (registration) => {
      await registerAdapter(services, ACTOR, registration);
    },
    submit: async (...submissions) => {
      const outcomes = await submitBatch(
        services,
        ACTOR,
        submissions.map((submission) => ({ ...PRAISE, ...submission })),
      );
      return outcomes.map((outcome) => {
        if ('error' in outcome) throw outcome.error;
        return outcome.feedback.id;
      });
    },
    link: async (feedbackId, ...adapterIds) => {
      for (const adapterId of adapterIds) await linkFeedback(services, ACTOR, { feedbackId, adapterId });
    },
    query: async <Data>(document: string, variables?: Record<string, unknown>) => {
      const { data, errors } = await run(document, variables);
      if (errors !== undefined) throw errors[0]!;
      return structuredClone(data) as Data;
    },
    errorsOf: async (document, variables) =>
      ((await run(document, variables)).errors ?? []).map((each) => each.message),
  };
}

/** Registers many at once, by few commits: each with what it is derived from. */
export async function registerMany(
  { store }: TestGraph,
  derivations: readonly (readonly [id: string, derivedFrom: readonly string[]])[],
): Promise<void> {
  for (let from = 0; from < derivations.length; from += 1_000) {
    await store.transact(async (transaction) => {
      const some = derivations.slice(from, from + 1_000);
      await ensureAdapters(transaction, ACTOR, new Set(some.flatMap(([id, parents]) => [id, ...parents])), 1);
      for (const [id, parents] of some) {
        await replaceParents(transaction, ACTOR.org, id, parents, { createdAt: 1, createdBy: ACTOR.sub });
      }
    });
  }
}
