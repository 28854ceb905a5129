/** Queries, and what changes their answers: for tests of what answers from memory. */
import fc from 'fast-check';
import { type ExecutionResult, getOperationAST, parse } from 'graphql';
import { createRequestContext, type Services } from '../../src/graphql/context.js';
import type { ExecuteOperation } from '../../src/graphql/execution.js';
import type { PreparedOperation } from '../../src/graphql/operations/prepared.js';
import { permissionsOf } from '../../src/permissions.js';
import type { Principal } from '../../src/principal.js';
import { ACTOR, PRAISE, type TestGraph } from './graph.js';

export const ADMIN: Principal = {
  sub: ACTOR.sub,
  org: ACTOR.org,
  permissions: permissionsOf('admin'),
  expiresAt: Infinity,
};

export type Ask = (
  text: string,
  variables?: Record<string, unknown>,
  principal?: Principal,
) => Promise<ExecutionResult>;

/** Asks through an execution, each document prepared once, as the server does it. */
export function asking(execute: ExecuteOperation, services: Services): Ask {
  const prepared = new Map<string, PreparedOperation>();
  return (text, variables = {}, principal = ADMIN) => {
    let operation = prepared.get(text);
    if (operation === undefined) {
      const document = parse(text);
      prepared.set(text, (operation = { document, operation: getOperationAST(document)! }));
    }
    return execute(operation, variables, createRequestContext(services, principal, 'test'));
  };
}

const NODE = 'id type version validationStatus usedForTraining adapterId question';
/** Queries whose answers depend on nearly all that is stored. */
export const QUESTIONS = [
  `{ feedbackList(first: 5) { totalCount pageInfo { hasNextPage endCursor } edges { node { ${NODE} document } } } }`,
  `{ feedbackList(first: 3, order: DESC, filter: { validationStatus: APPROVED, unused: true }) { totalCount edges { node { ${NODE} } } } }`,
  `{ feedbackList(first: 3, filter: { adapterId: "a1", modelVersion: "m" }) { totalCount edges { node { ${NODE} } } } }`,
  '{ feedbackStats { totalFeedback positiveRatio approvedCount unusedForTraining } }',
  `{ adapter(id: "a1") { revision stats { totalFeedback } feedback(first: 2) { totalCount edges { metadata node { ${NODE} } } } } }`,
  '{ adapter(id: "a2") { ancestors { totalCount edges { depth node { id } } } lineageStats { adapterCount totalFeedback } } }',
  '{ adapters(first: 5) { totalCount edges { node { id derivatives { totalCount } } } } }',
  '{ reviewQueue(first: 5) { totalCount edges { node { id reviewClaim { by } } } } }',
  '{ modelStats { modelVersion stats { totalFeedback } } }',
  `{ feedbackList(first: 2) { edges { node { id versions { edges { node { version change } } } trainingBatch { number } adapters { edges { node { id } } } } } } }`,
];

export type Change = (graph: TestGraph, ids: string[]) => Promise<unknown>;

const idOf = (ids: readonly string[], at: number): string => ids[at % ids.length] ?? 'none';
/** What may change the answers. */
export const changes: fc.Arbitrary<{ readonly name: string; readonly run: Change }> = fc
  .tuple(
    fc.constantFrom('submit', 'link', 'revise', 'erase', 'review', 'claim', 'use', 'register', 'batch', 'release'),
    fc.nat(20),
    fc.constantFrom('a0', 'a1', 'a2'),
  )
  .map(([name, at, adapterId]) => {
    const changing: Readonly<Record<typeof name, Change>> = {
      submit: async (graph, ids) => {
        const modelVersion = at % 2 === 0 ? { modelVersion: 'm' } : {};
        ids.push(...(await graph.submit({ ...PRAISE, adapterId, ...modelVersion })));
      },
      link: (graph, ids) => graph.link(idOf(ids, at), adapterId),
      revise: (graph, ids) =>
        graph.query('mutation ($id: ID!) { reviseFeedback(id: $id, input: { type: NEGATIVE }) { id } }', {
          id: idOf(ids, at),
        }),
      erase: (graph, ids) =>
        graph.query('mutation ($id: ID!) { eraseFeedback(id: $id) { __typename } }', { id: idOf(ids, at) }),
      review: (graph, ids) =>
        graph.query('mutation ($id: ID!) { reviewFeedback(id: $id, verdict: REJECT) { id } }', { id: idOf(ids, at) }),
      claim: (graph) => graph.query('mutation { claimForReview(count: 1) { id } }'),
      use: (graph, ids) =>
        graph.query(
          'mutation ($ids: [ID!]!, $at: Int!) { markUsedForTraining(feedbackIds: $ids, trainingBatchId: $at) { marked } }',
          { ids: [idOf(ids, at)], at: 1_000 + at },
        ),
      register: (graph) => graph.register({ id: adapterId, derivedFrom: adapterId === 'a0' ? [] : ['a0'] }),
      batch: (graph) => graph.query('mutation { createTrainingBatch(limit: 2) { number } }'),
      release: (graph) => graph.query('mutation { releaseTrainingBatch(number: 1) { number } }'),
    };
    return { name, run: changing[name] };
  });

/** What clients see of a result, without the body that it may keep. */
export function shown({ data, errors }: ExecutionResult): object {
  return { data, errors };
}
