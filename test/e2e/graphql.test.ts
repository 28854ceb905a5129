import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

const REGISTER = `mutation ($id: ID!, $version: String, $baseModel: String, $derivedFrom: [ID!]) {
  registerAdapter(id: $id, version: $version, baseModel: $baseModel, derivedFrom: $derivedFrom) { id version baseModel }
}`;
const trainer = (org: string) => ({ org, roles: ['trainer'] });

describe('GraphQL', () => {
  it('serves a stock Apollo Client for the whole round', async () => {
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      link: new HttpLink({
        uri: `${server.url}/graphql`,
        headers: { authorization: `Bearer ${server.token(trainer('apollo'))}` },
      }),
    });
    const submit: TypedDocumentNode<{ submitFeedback: { id: string; validationStatus: string } }> = gql`
      mutation ($input: SubmitFeedbackInput!) {
        submitFeedback(input: $input) {
          id
          validationStatus
        }
      }
    `;
    const submitted = await client.mutate({
      mutation: submit,
      variables: { input: { ...APPROVED, type: 'POSITIVE', adapterId: 'lora', adapterVersion: 'v1' } },
    });
    expect(submitted.data?.submitFeedback.validationStatus).toBe('APPROVED');
    const id = submitted.data?.submitFeedback.id;

    await client.mutate({
      mutation: gql`
        mutation ($id: ID!) {
          registerAdapter(id: "lora", version: "v1", baseModel: "base_model") {
            id
          }
          linkFeedback(id: $id, adapterId: "lora-2", metadata: { confidence: 0.95 }) {
            created
            feedback {
              version
            }
          }
        }
      `,
      variables: { id },
    });
    const walked = await client.query({
      query: gql`
        query ($id: ID!) {
          feedback(id: $id) {
            adapters {
              totalCount
              edges {
                metadata
                adapterVersion
                createdAt
                node {
                  id
                  stats {
                    totalFeedback
                    positiveRatio
                  }
                  derivedFrom {
                    edges {
                      createdAt
                      node {
                        id
                        derivatives {
                          totalCount
                        }
                      }
                    }
                  }
                  feedback(filter: { type: POSITIVE }, first: 1) {
                    totalCount
                    edges {
                      adapterVersion
                      node {
                        id
                        question
                      }
                    }
                  }
                }
              }
            }
          }
          adapters {
            totalCount
            edges {
              node {
                id
              }
            }
          }
          feedbackStats {
            totalFeedback
            unusedForTraining
          }
        }
      `,
      variables: { id },
    });
    const linked = { totalCount: 1, edges: [{ node: { id, question: APPROVED.question } }] };
    expect(walked.data).toMatchObject({
      feedback: {
        adapters: {
          totalCount: 2,
          edges: [
            {
              metadata: null,
              adapterVersion: 'v1',
              createdAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
              node: {
                id: 'lora',
                stats: { totalFeedback: 1, positiveRatio: 1 },
                derivedFrom: { edges: [{ node: { id: 'base_model', derivatives: { totalCount: 1 } } }] },
                feedback: linked,
              },
            },
            { metadata: { confidence: 0.95 }, adapterVersion: null, node: { id: 'lora-2', feedback: linked } },
          ],
        },
      },
      adapters: {
        totalCount: 3,
        edges: [{ node: { id: 'base_model' } }, { node: { id: 'lora' } }, { node: { id: 'lora-2' } }],
      },
      feedbackStats: { totalFeedback: 1, unusedForTraining: 1 },
    });
    await client.mutate({
      mutation: gql`
        mutation ($ids: [ID!]!) {
          markUsedForTraining(feedbackIds: $ids, trainingBatchId: 4) {
            marked
          }
        }
      `,
      variables: { ids: [id] },
    });
    const { body } = await server.call('GET', `${BASE}/${id ?? ''}`, { claims: { org: 'apollo' } });
    expect(body).toMatchObject({ used_for_training: true, training_batch_id: 4 });
  });

  it('pages through every connection', async () => {
    const claims = trainer('pages');
    for (let index = 0; index < 5; index++) {
      await server.graphql(REGISTER, { id: `child-${index}`, derivedFrom: ['root', `other-${index}`] }, claims);
    }
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const answer: { data?: { adapter: { derivatives: AdapterPage } } } = await server.graphql(
        `query ($after: String) { adapter(id: "root") { derivatives(first: 2, after: $after) {
          totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
        { after },
        claims,
      );
      const page: AdapterPage | undefined = answer.data?.adapter.derivatives;
      expect(page?.totalCount).toBe(5);
      expect(page?.pageInfo.hasPreviousPage).toBe(after !== null);
      expect(page?.pageInfo.startCursor).toBe(page?.edges[0]?.cursor);
      ids.push(...(page?.edges ?? []).map((edge) => edge.node.id));
      after = page?.pageInfo.hasNextPage === true ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(ids).toEqual([0, 1, 2, 3, 4].map((index) => `child-${index}`));
  });

  it('refuses cycles in DERIVED_FROM and says which path', async () => {
    const claims = trainer('cycles');
    await server.graphql(REGISTER, { id: 'b', derivedFrom: ['a'] }, claims);
    await server.graphql(REGISTER, { id: 'c', derivedFrom: ['b', 'x'] }, claims);
    const { errors } = await server.graphql(REGISTER, { id: 'a', derivedFrom: ['c'] }, claims);
    expect(errors?.[0]?.message).toBe('DERIVED_FROM must not form a cycle: a -> c -> b -> a');
    expect(errors?.[0]?.extensions['code']).toBe('CONFLICT');
    const self = await server.graphql(REGISTER, { id: 'a', derivedFrom: ['a'] }, claims);
    expect(self.errors?.[0]?.message).toBe('DERIVED_FROM must not form a cycle: a -> a');
    const { data } = await server.graphql<{ adapter: { derivedFrom: { totalCount: number } } }>(
      '{ adapter(id: "a") { derivedFrom { totalCount } } }',
      {},
      claims,
    );
    expect(data?.adapter.derivedFrom.totalCount).toBe(0);
  });

  it('keeps what a registration does not name, and replaces the parents that it does', async () => {
    const claims = trainer('register');
    await server.graphql(REGISTER, { id: 'a', version: 'v1', baseModel: 'base' }, claims);
    const again = await server.graphql(REGISTER, { id: 'a', version: 'v2' }, claims);
    expect(again.data).toEqual({ registerAdapter: { id: 'a', version: 'v2', baseModel: 'base' } });
    await server.graphql(REGISTER, { id: 'a', derivedFrom: ['p', 'q'] }, claims);
    const { data } = await server.graphql(
      `{ adapter(id: "a") { derivedFrom { totalCount edges { node { id } } } }
         base: adapter(id: "base") { derivatives { totalCount } } }`,
      {},
      claims,
    );
    expect(data).toEqual({
      adapter: { derivedFrom: { totalCount: 2, edges: [{ node: { id: 'p' } }, { node: { id: 'q' } }] } },
      base: { derivatives: { totalCount: 0 } },
    });
  });

  it('asks for the role', async () => {
    for (const query of [
      'mutation { registerAdapter(id: "a") { id } }',
      'mutation { markUsedForTraining(feedbackIds: ["feedback-1"], trainingBatchId: 1) { marked } }',
    ]) {
      const { errors } = await server.graphql(query, {}, { roles: ['reviewer'] });
      expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
    }
    const byScope = await server.graphql(REGISTER, { id: 'scoped' }, { org: 'scope', scope: 'openid trainer' });
    expect(byScope.errors).toBeUndefined();
  });

  it.each<[string, string, Record<string, unknown>, RegExp]>([
    [
      'first of 0',
      '{ feedbackList(first: 0) { totalCount edges { cursor } } }',
      {},
      /'first' must be an integer from 1 to 1000/,
    ],
    ['first of 1001', '{ adapters(first: 1001) { totalCount } }', {}, /'first' must be/],
    [
      'a blank question',
      'mutation { submitFeedback(input: {type: POSITIVE, question: " ", answer: "yes"}) { id } }',
      {},
      /'question' must not be/,
    ],
    [
      'an id of surrogates',
      'mutation ($i: ID!) { linkFeedback(id: $i, adapterId: "a") { created } }',
      { i: '\ud800' },
      /not found/,
    ],
    [
      'an adapter of surrogates',
      'mutation ($i: ID!) { linkFeedback(id: "feedback-1", adapterId: $i) { created } }',
      { i: '\ud800' },
      /'adapterId' must be well-formed/,
    ],
    [
      'times the wrong way',
      '{ feedbackList(filter: {since: "2020-01-02T00:00:00Z", until: "2020-01-01T00:00:00Z"}) { totalCount } }',
      {},
      /'since' must not be after/,
    ],
  ])('names what is wrong: %s', async (_name, query, variables, message) => {
    const { errors } = await server.graphql(query, variables, trainer('wrong'));
    expect(errors?.[0]?.message).toMatch(message);
    expect(['BAD_USER_INPUT', 'NOT_FOUND']).toContain(errors?.[0]?.extensions['code']);
  });
});

interface AdapterPage {
  readonly totalCount: number;
  readonly edges: { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}
