import 'reflect-metadata';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRequestContext, type Services } from '../../src/graphql/context.js';
import { feedbackSource, type FeedbackListRequest } from '../../src/graphql/feedback-lists.js';
import { Order } from '../../src/graphql/types/connection.js';
import { permissionsOf } from '../../src/permissions.js';
import type { Principal } from '../../src/principal.js';
import { ACTOR, openGraph, type TestGraph } from '../support/graph.js';

const PRINCIPALS: readonly Principal[] = [
  { sub: ACTOR.sub, permissions: permissionsOf('admin') },
  { sub: 'bob', permissions: permissionsOf('member') },
  { sub: 'bob', permissions: permissionsOf('member'), scope: { interactionId: 'i' } },
  { sub: ACTOR.sub, permissions: permissionsOf('submitter') },
  { sub: ACTOR.sub, permissions: permissionsOf('submitter'), scope: { interactionId: 'i' } },
  { sub: ACTOR.sub, permissions: permissionsOf('submitter'), scope: { interactionId: 'j' } },
  { sub: 'bob', permissions: permissionsOf('submitter') },
  { sub: 'bob', permissions: permissionsOf('submitter'), scope: { adapterId: 'lora' } },
  { sub: 'nobody', permissions: new Set<never>() },
].flatMap((principal) => ['default', 'other'].map((org) => ({ ...principal, org, expiresAt: Infinity })));

const LISTS: fc.Arbitrary<FeedbackListRequest> = fc.record(
  {
    adapterId: fc.constantFrom('lora', 'base'),
    filter: fc.option(
      fc.record(
        {
          type: fc.constantFrom('positive' as const, 'negative' as const, null),
          unused: fc.constantFrom(true, false, null),
          userId: fc.constantFrom('u', ACTOR.sub, null),
          interactionId: fc.constantFrom('i', 'j'),
          modelVersion: fc.constantFrom('m', ''),
          since: fc.constantFrom(new Date(0), new Date('2099-01-01T00:00:00Z'), null),
          until: fc.constantFrom(new Date(1), null),
          scores: fc.constantFrom([{ name: 's', min: 1, max: null }], [{ name: 's', is: '1' }], null),
          search: fc.constantFrom('shard', null),
        },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: ['filter'] },
);

let graph: TestGraph;

beforeAll(async () => {
  graph = await openGraph();
  await graph.submit(
    { adapterId: 'lora', userId: 'u', interactionId: 'i', scores: { s: 2 } },
    { adapterId: 'base', type: 'negative', correction: 'No.', interactionId: 'j', modelVersion: 'm' },
    { adapterId: 'lora', interactionId: 'j', modelVersion: 'm' },
  );
});

afterAll(async () => {
  await graph.store.close();
});

/** The ids and cursors of a list, or what is wrong with it. */
async function listed(services: Services, principal: Principal, list: FeedbackListRequest, order: Order | undefined) {
  const context = createRequestContext(services, principal, 'test');
  try {
    const source = feedbackSource(context, list, { first: 10, ...(order && { order }) }, ({ id }, cursorOf) => ({
      id,
      cursor: cursorOf(),
    }));
    return { ...(await source.page()), total: await source.total(), searches: source.isTotalExact !== undefined };
  } catch (error) {
    return String(error);
  }
}

describe('a list that is asked for again', () => {
  it('is what it is for whoever has never asked, whoever else has', async () => {
    const order = fc.constantFrom(undefined, Order.ASC, Order.DESC);
    const asked = fc.array(fc.tuple(fc.constantFrom(...PRINCIPALS), order), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(LISTS, asked, fc.boolean(), async (list, all, search) => {
        const services = { ...graph.services, search };
        for (const [principal, wanted] of [...all, ...all]) {
          // Its plans are remembered by the keyed hash.
          const { keyedHash } = services;
          const anew = { ...services, keyedHash: (org: string, name: string) => keyedHash(org, name) };
          expect(await listed(services, principal, list, wanted)).toEqual(await listed(anew, principal, list, wanted));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is not taken for one with an infinite bound, which JSON would write as none', async () => {
    const [admin] = PRINCIPALS;
    if (admin === undefined) throw new Error('Nobody asks');
    const ofScores = (min: number | null): FeedbackListRequest => ({
      filter: { scores: [{ name: 's', min }] },
    });
    for (let use = 0; use < 2; use++) {
      expect(await listed(graph.services, admin, ofScores(Infinity), undefined)).toMatchObject({ total: 0 });
      expect(await listed(graph.services, admin, ofScores(null), undefined)).toContain('a range or a value');
    }
  });
});
