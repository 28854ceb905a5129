import { cacheExchange, Client, fetchExchange, gql } from '@urql/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { freshnessExchange, isFresh } from '../../web/console/api/fresh.js';

const LIST = gql<{ list: number }, { page: number }>('query List($page: Int!) { list(page: $page) }');
const CHANGE = gql('mutation Change { change }');

function openClient(): Client {
  return new Client({
    url: 'https://feedback.example/graphql',
    preferGetMethod: false,
    fetch: () => Promise.resolve(Response.json({ data: { list: 1, change: true } })),
    exchanges: [cacheExchange, freshnessExchange, fetchExchange],
  });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('an answer is new for ten seconds, for the same question to the same client', async () => {
  const client = openClient();
  expect(isFresh(client, LIST, { page: 1 })).toBe(false);
  await client.query(LIST, { page: 1 }).toPromise();
  expect(isFresh(client, LIST, { page: 1 })).toBe(true);
  expect(isFresh(client, LIST, { page: 2 })).toBe(false);
  expect(isFresh(openClient(), LIST, { page: 1 })).toBe(false);
  vi.advanceTimersByTime(10_000);
  expect(isFresh(client, LIST, { page: 1 })).toBe(false);
});

it('nothing is new after a change', async () => {
  const client = openClient();
  await client.query(LIST, { page: 1 }).toPromise();
  await client.mutation(CHANGE, {}).toPromise();
  expect(isFresh(client, LIST, { page: 1 })).toBe(false);
});
