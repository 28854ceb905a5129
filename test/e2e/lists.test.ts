import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { anySubmission, APPROVED, BASE } from '../support/feedback.js';
import { shareServer, type SharedServer } from '../support/server.js';

interface Entry {
  readonly id: string;
  readonly type: string;
  readonly validation_status: string;
  readonly used_for_training: boolean;
  readonly model_version?: string;
  readonly user_id?: string;
  readonly interaction_id?: string;
  readonly adapter_id?: string;
  readonly created_at: number;
}
interface List {
  readonly feedback: Entry[];
  readonly count: number;
  readonly next_cursor?: string;
}

interface Page {
  readonly edges: { readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly endCursor: string | null };
}

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

async function readAll(org: string, query: Record<string, string>, limit: number): Promise<Entry[]> {
  const all: Entry[] = [];
  let cursor: string | undefined;
  do {
    const search = new URLSearchParams({ ...query, limit: String(limit), ...(cursor === undefined ? {} : { cursor }) });
    const page = await server.call<List>('GET', `${BASE}?${search.toString()}`, { claims: { org } });
    expect(page.status).toBe(200);
    expect(page.body.count).toBe(page.body.feedback.length);
    all.push(...page.body.feedback);
    cursor = page.body.next_cursor;
  } while (cursor !== undefined);
  return all;
}

const anyFilter = fc.record(
  {
    type: fc.constantFrom('positive', 'negative'),
    status: fc.constantFrom('approved', 'flagged', 'rejected', 'pending'),
    unused: fc.constantFrom('true', 'false'),
    model: fc.constantFrom('llama-2-7b', 'm:2', 'unknown'),
    adapter: fc.constantFrom('lora:a', 'lora%2', 'lora/ü 🦙', 'linked by hand'),
    user: fc.constantFrom('ann', 'bob', 'u:1%'),
    interaction: fc.constantFrom('i-1', 'i/2'),
    since: fc.integer({ min: 0, max: 59 }),
    until: fc.integer({ min: 0, max: 59 }),
    order: fc.constantFrom('asc', 'desc'),
  },
  { requiredKeys: [] },
);

describe('lists', () => {
  it('give exactly what the filters name, in order, page by page, for every combination of filters', async () => {
    const org = 'filters';
    const claims = { org, roles: ['trainer'] };
    const submissions = fc.sample(anySubmission, { numRuns: 60, seed: 1 });
    const entries: (Entry & { links: Set<string> })[] = [];
    for (const [number, each] of submissions.entries()) {
      // Of one answer, each user has one entry for an interaction.
      const body = { ...each, answer: `${each.answer} (${number})` };
      const { body: stored } = await server.call<{ id: string }>('POST', BASE, { body, claims });
      const links = new Set<string>(body.adapter_id === undefined ? [] : [body.adapter_id]);
      if (entries.length % 7 === 0) {
        await server.call('POST', `${BASE}/${stored.id}/link`, { body: { adapter_id: 'linked by hand' }, claims });
        links.add('linked by hand');
      }
      const { body: entry } = await server.call<Entry>('GET', `${BASE}/${stored.id}`, { claims });
      entries.push({ ...entry, links });
    }
    const used = entries.filter((each, index) => each.validation_status === 'approved' && index % 3 === 0);
    const marked = await server.call('POST', `${BASE}/mark-used`, {
      body: { feedback_ids: used.map((each) => each.id), training_batch_id: 3 },
      claims,
    });
    expect(marked.status).toBe(200);
    const isUsed = new Set(used.map((each) => each.id));

    await fc.assert(
      fc.asyncProperty(
        anyFilter,
        fc.integer({ min: 1, max: 40 }),
        async ({ since, until, order, ...filter }, limit) => {
          const times = {
            ...(since === undefined ? {} : { since: String(entries[since]?.created_at) }),
            ...(until === undefined ? {} : { until: String(entries[until]?.created_at) }),
          };
          const [from, to] = [Number(times.since ?? 0), Number(times.until ?? Number.MAX_SAFE_INTEGER)];
          if (from > to) return;
          const expected = entries.filter(
            (each) =>
              (filter.type ?? each.type) === each.type &&
              (filter.status ?? each.validation_status) === each.validation_status &&
              (filter.unused === undefined || (filter.unused === 'true') === !isUsed.has(each.id)) &&
              (filter.model === undefined || filter.model === each.model_version) &&
              (filter.adapter === undefined || each.links.has(filter.adapter)) &&
              (filter.user === undefined || filter.user === each.user_id) &&
              (filter.interaction === undefined || filter.interaction === each.interaction_id) &&
              each.created_at >= from &&
              each.created_at < to,
          );
          const ids = expected.map((each) => each.id);
          if (order === 'desc') ids.reverse();
          const query = { ...filter, ...times, ...(order === undefined ? {} : { order }) } as Record<string, string>;
          expect((await readAll(org, query, limit)).map((each) => each.id)).toEqual(ids);

          const counted = await server.graphql<{ feedbackList: { totalCount: number } }>(
            'query ($filter: FeedbackFilterInput) { feedbackList(filter: $filter) { totalCount } }',
            {
              filter: {
                type: filter.type?.toUpperCase(),
                validationStatus: filter.status?.toUpperCase(),
                unused: filter.unused === undefined ? undefined : filter.unused === 'true',
                modelVersion: filter.model,
                adapterId: filter.adapter,
                userId: filter.user,
                interactionId: filter.interaction,
                since: times.since === undefined ? undefined : new Date(from).toISOString(),
                until: times.until === undefined ? undefined : new Date(to).toISOString(),
              },
            },
            claims,
          );
          expect(counted.data?.feedbackList.totalCount).toBe(ids.length);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each(['ASC', 'DESC'])('show no duplicate and no gap to who pages %s while others write', async (order) => {
    const claims = { org: `paging-${order}` };
    const known = new Set<string>();
    let writing = true;
    const writer = async (named: boolean): Promise<void> => {
      while (writing && known.size < 2_000) {
        const adapter = named ? { adapter_id: `new-${known.size}` } : {};
        const { body } = await server.call<{ id: string }>('POST', BASE, { body: { ...APPROVED, ...adapter }, claims });
        known.add(body.id);
      }
    };
    const writers = Array.from({ length: 8 }, (_, index) => writer(index % 2 === 0));
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 80; page++) {
      const answer: { data?: { feedbackList: Page } } = await server.graphql<{ feedbackList: Page }>(
        `query ($after: String, $order: Order!) {
          feedbackList(first: 7, after: $after, order: $order) { edges { node { id } } pageInfo { endCursor } }
        }`,
        { after, order },
        claims,
      );
      const list = answer.data?.feedbackList;
      seen.push(...(list?.edges ?? []).map((edge) => edge.node.id));
      // At the end of the list the cursor stays, and what is written later is found behind it.
      after = list?.pageInfo.endCursor ?? after;
    }
    writing = false;
    await Promise.all(writers);

    expect(seen.length).toBeGreaterThan(0);
    const [first = '', last = ''] = order === 'ASC' ? ['', seen.at(-1)] : [seen.at(-1), seen[0]];
    const expected = [...known].filter((id) => id >= first && id <= last).sort();
    expect(seen).toEqual(order === 'ASC' ? expected : expected.reverse());
  });

  it('refuses a cursor of another list, another organization, or of nobody', async () => {
    const claims = { org: 'cursors' };
    for (let index = 0; index < 3; index++) {
      await server.call('POST', BASE, { body: { ...APPROVED, adapter_id: 'x' }, claims });
    }
    const { body } = await server.call<List>('GET', `${BASE}?limit=1`, { claims });
    const cursor = encodeURIComponent(body.next_cursor ?? '');
    for (const [path, org] of [
      [`${BASE}?limit=1&type=positive&cursor=${cursor}`, 'cursors'],
      [`${BASE}?limit=1&order=desc&cursor=${cursor}`, 'cursors'],
      [`${BASE}/by-adapter/x?limit=1&cursor=${cursor}`, 'cursors'],
      [`${BASE}?limit=1&cursor=${cursor}`, 'another'],
      [`${BASE}?limit=1&cursor=nonsense`, 'cursors'],
      [`${BASE}?limit=1&cursor=`, 'cursors'],
    ] as const) {
      const answer = await server.call('GET', path, { claims: { org } });
      expect([path, answer.status, answer.body['error']]).toEqual([path, 400, 'Invalid request']);
      expect(answer.body['details']).toContain("'cursor'");
    }
    expect((await server.call('GET', `${BASE}?limit=1&cursor=${cursor}`, { claims })).status).toBe(200);
  });
});
