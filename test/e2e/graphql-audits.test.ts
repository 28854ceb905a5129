import { serverAudits } from 'graphql-http';
import { beforeAll, describe, expect, it } from 'vitest';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

// The audits know nothing of tokens, and are named before there is a server.
const audits = serverAudits({
  url: () => `${server.url}/graphql`,
  fetchFn: (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${server.token()}`);
    return fetch(url, { ...init, headers });
  },
});

describe('GraphQL over HTTP, as graphql-http audits it', () => {
  it('has 61 audits', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s: %s', async (_id, _name, audit) => {
    const result = await audit.fn();
    expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
  });
});
