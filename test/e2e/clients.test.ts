import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client/core';
import { relayStylePagination } from '@apollo/client/utilities';
import { Client, fetchExchange } from '@urql/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { shareServer, type SharedServer } from '../support/server.js';

const NAMES = Array.from({ length: 5 }, (_, index) => `adapter-${index}`);

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
  for (const name of NAMES) {
    await server.call('PUT', `/api/v1/llm/adapters/${name}`, { body: {}, claims: { roles: ['trainer'] } });
  }
});

interface AdapterList {
  readonly adapters: {
    readonly edges: readonly { readonly node: { readonly id: string } }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

describe('a stock Apollo Client', () => {
  const LIST: TypedDocumentNode<AdapterList, { after?: string | null }> = gql`
    query List($after: String) {
      adapters(first: 2, after: $after) {
        edges {
          cursor
          node {
            id
          }
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  `;

  it('pages through a connection in its cache', async () => {
    const client = new ApolloClient({
      cache: new InMemoryCache({ typePolicies: { Query: { fields: { adapters: relayStylePagination() } } } }),
      link: new HttpLink({ uri: `${server.url}/graphql`, headers: { authorization: `Bearer ${server.token()}` } }),
    });
    await client.query({ query: LIST });
    const list = client.watchQuery({ query: LIST, fetchPolicy: 'cache-first' });
    const idsIn = (data: unknown) => (data as AdapterList).adapters.edges.map(({ node }) => node.id);
    let { data } = list.getCurrentResult();
    expect(idsIn(data)).toEqual(NAMES.slice(0, 2));
    for (let size = 4; size <= 6; size += 2) {
      const { pageInfo } = (data as AdapterList).adapters;
      expect(pageInfo.hasNextPage).toBe(true);
      await list.fetchMore({ variables: { after: pageInfo.endCursor } });
      data = list.getCurrentResult().data;
      expect(idsIn(data)).toEqual(NAMES.slice(0, size));
    }
    expect((data as AdapterList).adapters.pageInfo.hasNextPage).toBe(false);
    expect(idsIn(client.cache.readQuery({ query: LIST }))).toEqual(NAMES);
    client.stop();
  });
});

describe('urql', () => {
  const clientOf = (roles: readonly string[]) =>
    new Client({
      url: `${server.url}/graphql`,
      exchanges: [fetchExchange],
      preferGetMethod: false,
      fetchOptions: { headers: { authorization: `Bearer ${server.token({ roles })}` } },
    });
  const REGISTER = `mutation ($id: ID!, $version: String) { registerAdapter(id: $id, version: $version) { id version } }`;

  it('queries and mutates', async () => {
    const client = clientOf(['trainer']);
    const changed = await client.mutation(REGISTER, { id: NAMES[0], version: 'v2' }).toPromise();
    expect([changed.error, changed.data]).toEqual([undefined, { registerAdapter: { id: NAMES[0], version: 'v2' } }]);
    const read = await client.query(`query ($id: ID!) { adapter(id: $id) { version } }`, { id: NAMES[0] }).toPromise();
    expect(read.data).toMatchObject({ adapter: { version: 'v2' } });
  });

  it('meets errors as GraphQL errors, with their codes', async () => {
    const forbidden = await clientOf([]).mutation(REGISTER, { id: 'x' }).toPromise();
    expect(forbidden.error?.networkError).toBeUndefined();
    expect(forbidden.error?.graphQLErrors.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
    const wrong = await clientOf(['trainer']).mutation(REGISTER, { id: 'batch-7' }).toPromise();
    expect(wrong.error?.graphQLErrors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      issues: [{ field: 'id' }],
    });
    const unknown = await clientOf([]).query('{ nothing }', {}).toPromise();
    expect(unknown.error?.graphQLErrors[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});
