import { beforeAll, expect, it } from 'vitest';
import { permissionsOf } from '../../src/permissions.js';
import { type Claims, shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

interface ViewerData {
  readonly viewer: { id: string; organization: string; permissions: string[]; expiresAt: string };
}

async function viewerOf(claims: Claims): Promise<ViewerData['viewer'] | undefined> {
  const query = '{ viewer { id organization permissions expiresAt } }';
  const { data } = await server.graphql<ViewerData>(query, {}, claims);
  return data?.viewer;
}

it.each(['submitter', 'operator', 'admin'] as const)('viewer says what a token of the role %s allows', async (role) => {
  const viewer = await viewerOf({ sub: 'ada', org: 'lab', roles: [role] });
  expect(viewer).toMatchObject({ id: 'ada', organization: expect.stringMatching(/-lab$/) as string });
  expect(new Set(viewer?.permissions)).toEqual(permissionsOf(role));
  expect(Date.parse(viewer?.expiresAt ?? '')).toBeGreaterThan(Date.now());
});

it('viewer is of the token of each request, also where one user has several', async () => {
  const one = await viewerOf({ sub: 'ada', scope: 'feedback:read' });
  const other = await viewerOf({ sub: 'ada', scope: 'feedback:read adapters:read' });
  expect([one?.permissions, other?.permissions]).toEqual([['feedback:read'], ['feedback:read', 'adapters:read']]);
});
