import { beforeAll, describe, expect, it } from 'vitest';
import { BASE } from '../support/feedback.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

interface Submitted {
  readonly id: string;
  readonly type: string;
  readonly answer: string;
  readonly version: number;
  readonly updated?: boolean;
  readonly validation_status: string;
  readonly details?: string;
  readonly issues?: readonly { readonly field: string }[];
}

const QUESTION = 'Name a prime above 90.';
const WRONG = '91 is a prime above 90.';
const RIGHT = '97 is a prime above 90.';
const PREFERENCE = {
  question: QUESTION,
  candidates: [
    { answer: WRONG, adapter_id: 'old_lora' },
    { answer: RIGHT, adapter_id: 'new_lora' },
  ],
  preferred: 1,
};

const post = (body: object, claims?: object) =>
  server.call<Submitted>('POST', BASE, { body, ...(claims !== undefined && { claims }) });
const read = async (id: string) => (await server.call('GET', `${BASE}/${id}`)).body;
const stats = async (path: string) => (await server.call<Record<string, number>>('GET', path)).body;
const listed = async (query: string) =>
  (await server.call<{ feedback: Submitted[] }>('GET', `${BASE}?${query}`)).body.feedback.map(({ id }) => id);

let conversations = 0;
const newInteraction = () => {
  conversations += 1;
  return { user_id: 'ann', interaction_id: `compared-${conversations}` };
};

describe('a preference between answers', () => {
  it('is one entry, whose answer is the preferred one, linked to the adapter of each', async () => {
    const { status, body } = await post(PREFERENCE);
    expect([status, body]).toMatchObject([
      201,
      { type: 'preference', answer: RIGHT, validation_status: 'approved', version: 1 },
    ]);
    const { id } = body;
    expect(await read(id)).toMatchObject({ type: 'preference', answer: RIGHT, ...PREFERENCE });
    expect(await read(id)).not.toHaveProperty('adapter_id');
    for (const adapter of ['old_lora', 'new_lora']) {
      const { body: of } = await server.call<{ feedback: Submitted[] }>('GET', `${BASE}/by-adapter/${adapter}`);
      expect(of.feedback.map((each) => each.id)).toContain(id);
    }
    const query = `query ($id: ID!) {
      feedback(id: $id) {
        type answer preferred candidates { answer adapterId modelVersion }
        adapters { edges { node { id } } }
      }
    }`;
    expect(await server.graphql(query, { id }, { roles: ['admin'] })).toEqual({
      data: {
        feedback: {
          type: 'PREFERENCE',
          answer: RIGHT,
          preferred: 1,
          candidates: [
            { answer: WRONG, adapterId: 'old_lora', modelVersion: null },
            { answer: RIGHT, adapterId: 'new_lora', modelVersion: null },
          ],
          adapters: { edges: [{ node: { id: 'new_lora' } }, { node: { id: 'old_lora' } }] },
        },
      },
    });
  });

  it('is submitted over GraphQL as well, also a tie, and the first answer then stands for it', async () => {
    const mutation = `mutation ($input: SubmitFeedbackInput!) {
      submitFeedback(input: $input) { id type answer preferred candidates { answer } }
    }`;
    const input = {
      question: QUESTION,
      candidates: [{ answer: 'It is 97.' }, { answer: 'That is 97.', adapterId: null, messages: null }],
      preferred: 'tie',
    };
    const first = await server.graphql(mutation, { input }, { roles: ['admin'] });
    expect(first.data).toMatchObject({
      submitFeedback: {
        type: 'PREFERENCE',
        answer: 'It is 97.',
        preferred: 'tie',
        candidates: [{ answer: 'It is 97.' }, { answer: 'That is 97.' }],
      },
    });
    const literal = `mutation {
      submitFeedback(input: {
        type: PREFERENCE, question: "Which?", candidates: [{ answer: "This one." }, { answer: "That one." }], preferred: 1
      }) { answer preferred }
    }`;
    expect((await server.graphql(literal, {}, { roles: ['admin'] })).data).toEqual({
      submitFeedback: { answer: 'That one.', preferred: 1 },
    });
  });

  it('between the ends of a conversation has the turns before as its messages', async () => {
    const turns = [
      { role: 'system', content: 'You know primes.' },
      { role: 'user', content: 'Name one above 80.' },
      { role: 'assistant', content: 'That is 83.' },
      { role: 'user', content: 'And above 90?' },
    ];
    const ending = (content: string) => ({ messages: [...turns, { role: 'assistant', content }] });
    const { status, body } = await post({ candidates: [ending(RIGHT), ending(WRONG)], preferred: 0 });
    expect(status).toBe(201);
    const entry = await read(body.id);
    expect(entry).toMatchObject({
      question: 'And above 90?',
      answer: RIGHT,
      messages: [...turns, { role: 'assistant', content: RIGHT }],
      candidates: [{ answer: RIGHT }, { answer: WRONG }],
    });
    const { question, messages, candidates, preferred } = entry;
    expect((await post({ question, messages, candidates, preferred })).status).toBe(201);
  });

  it('is told from others by lists, statistics, facets, MATCH and the change feed', async () => {
    const model = { model_version: 'primes-7b' };
    const candidates = PREFERENCE.candidates.map((each) => ({ ...each, ...model, adapter_id: 'told_apart' }));
    const { body: preference } = await post({ ...PREFERENCE, candidates });
    const { body: praise } = await post({ type: 'positive', question: QUESTION, answer: RIGHT, ...model });
    expect(await listed('type=preference&model=primes-7b')).toEqual([preference.id]);
    expect(await listed('type=positive&model=primes-7b')).toEqual([praise.id]);
    expect(await listed('adapter=told_apart')).toEqual([preference.id]);
    expect(await stats('/api/v1/llm/adapters/told_apart/stats')).toMatchObject({
      total_feedback: 1,
      positive_count: 0,
      negative_count: 0,
      preference_count: 1,
      approved_count: 1,
      positive_ratio: 0,
    });
    const { body: facets } = await server.call<{ values: Record<string, unknown>[] }>(
      'GET',
      `${BASE}/facets?field=model`,
    );
    expect(facets.values).toContainEqual(
      expect.objectContaining({ value: 'primes-7b', total_feedback: 2, preference_count: 1, positive_ratio: 1 }),
    );
    const query = `query ($query: String!) { graphQuery(query: $query) { rows } }`;
    const match = `MATCH (f:Feedback {type: 'preference', model_version: 'primes-7b'})
      RETURN f.candidates[f.preferred].answer AS best, count(f) AS count`;
    expect((await server.graphql(query, { query: match }, { roles: ['admin'] })).data).toEqual({
      graphQuery: { rows: [[RIGHT, 1]] },
    });
    const { body: feed } = await server.call<{ changes: { node: string }[] }>(
      'GET',
      `${BASE}/changes?type=preference&model=primes-7b`,
      { headers: { accept: 'application/json' } },
    );
    expect(feed.changes.map(({ node }) => node)).toEqual([preference.id]);
  });

  it('changes when its user thinks otherwise, in whatever order the answers are shown', async () => {
    const vote = { ...PREFERENCE, ...newInteraction() };
    const { body: first } = await post(vote);
    const other = await post({ ...vote, preferred: 0 });
    expect([other.status, other.body]).toMatchObject([200, { id: first.id, version: 2, updated: true, answer: WRONG }]);
    const same = await post({ ...vote, preferred: 0 });
    expect([same.status, same.body]).toMatchObject([200, { id: first.id, version: 2, updated: false }]);
    const turned = await post({ ...vote, candidates: vote.candidates.toReversed(), preferred: 'tie' });
    expect([turned.status, turned.body]).toMatchObject([200, { id: first.id, version: 3, updated: true }]);
    const unturned = await post({ ...vote, preferred: 'tie' });
    expect([unturned.status, unturned.body]).toMatchObject([200, { id: first.id, version: 3, updated: false }]);
    const decided = await post({ ...vote, preferred: 1 });
    expect(decided.body).toMatchObject({ version: 4, updated: true });
    const shownOtherwise = await post({ ...vote, candidates: vote.candidates.toReversed(), preferred: 0 });
    expect([shownOtherwise.status, shownOtherwise.body]).toMatchObject([200, { version: 4, updated: false }]);
    const elsewhere = await post({ ...vote, candidates: [{ answer: RIGHT }, { answer: 'It is 113.' }], preferred: 0 });
    expect(elsewhere.status).toBe(201);
    expect(elsewhere.body.id).not.toBe(first.id);
  });

  it('may be revised and withdrawn, and is then given again', async () => {
    const vote = { ...PREFERENCE, ...newInteraction() };
    const { body: first } = await post(vote);
    const path = `${BASE}/${first.id}`;
    const revised = await server.call('PATCH', path, { body: { preferred: 0, comment: 'On second thought.' } });
    expect([revised.status, revised.body]).toMatchObject([200, { preferred: 0, answer: WRONG, version: 2 }]);
    const before = await stats('/api/v1/llm/adapters/old_lora/stats');
    await server.call('PATCH', path, { body: { withdrawn: true } });
    const after = await stats('/api/v1/llm/adapters/old_lora/stats');
    expect(after['preference_count'] ?? 0).toBe((before['preference_count'] ?? 0) - 1);
    expect((await post(vote)).body).toMatchObject({ id: first.id, version: 4, updated: true, answer: RIGHT });
  });

  it('may become a verdict under its external id if the adapters are the same, and not if they are others', async () => {
    const compared = { question: QUESTION, candidates: [{ answer: RIGHT }, { answer: WRONG }], preferred: 0 };
    const { body: first } = await post({ ...compared, external_id: 'either way' });
    const verdict = { type: 'positive', question: QUESTION, answer: RIGHT, external_id: 'either way' };
    expect((await post(verdict)).body).toMatchObject({ id: first.id, type: 'positive', version: 2 });
    expect(await read(first.id)).not.toHaveProperty('candidates');
    expect(await read(first.id)).not.toHaveProperty('preferred');
    expect((await post({ ...compared, external_id: 'either way' })).body).toMatchObject({
      type: 'preference',
      version: 3,
    });
    const { status, body } = await post({ ...PREFERENCE, external_id: 'either way' });
    expect([status, body.details]).toEqual([
      409,
      'The feedback entry with this external id belongs to another adapter: submit this one under another external id',
    ]);
  });

  it('is not made of a verdict on the answer of an adapter, which can still be revised', async () => {
    const external_id = 'a verdict first';
    const verdict = { type: 'positive', question: QUESTION, answer: RIGHT, adapter_id: 'new_lora', external_id };
    const { body: first } = await post(verdict);
    const candidates = [{ answer: RIGHT, adapter_id: 'new_lora' }, { answer: WRONG }];
    const { status, body } = await post({ question: QUESTION, candidates, preferred: 0, external_id });
    expect([status, body.details]).toEqual([
      409,
      'The feedback entry with this external id belongs to another adapter: submit this one under another external id',
    ]);
    const revised = await server.call('PATCH', `${BASE}/${first.id}`, { body: { comment: 'Never mind.' } });
    expect([revised.status, revised.body]).toMatchObject([200, { type: 'positive', adapter_id: 'new_lora' }]);
  });

  it('keeps its links to the adapters that it compares', async () => {
    const { body } = await post(PREFERENCE);
    const { status } = await server.call('DELETE', `${BASE}/${body.id}/link/old_lora`);
    expect(status).toBe(409);
    const { body: shared } = await server.call<{ data: unknown }>('POST', '/graphql', {
      body: { query: '{ adapter(id: "old_lora") { sharedFeedback { edges { node { id } sharedCount } } } }' },
    });
    expect(JSON.stringify(shared)).toContain('new_lora');
  });

  it('says how often an adapter was preferred, to which other, and by which link', async () => {
    const compare = (preferred: number | 'tie', ...adapters: string[]) =>
      post({
        question: QUESTION,
        candidates: adapters.map((adapter_id, nth) => ({ answer: `It is ${nth}.`, adapter_id })),
        preferred,
      });
    const { body: first } = await compare(0, 'strong', 'weak');
    await compare(1, 'weak', 'strong', 'third');
    await compare('tie', 'strong', 'weak');
    await compare(2, 'strong', 'weak', 'third');
    await compare(0, 'strong', 'strong');
    const { body } = await server.call('GET', '/api/v1/llm/adapters/strong/stats');
    expect(body).toMatchObject({ total_feedback: 5, preference_count: 5 });
    expect(body['preferences']).toEqual({
      won_count: 2,
      lost_count: 1,
      tied_count: 1,
      win_rate: 2 / 3,
      win_rate_low: expect.closeTo(0.2077, 4) as number,
      win_rate_high: expect.closeTo(0.9385, 4) as number,
    });
    const { body: none } = await server.call('GET', '/api/v1/llm/adapters/told_apart/stats');
    expect(none['preferences']).toEqual({ won_count: 0, lost_count: 0, tied_count: 0 });
    const query = `query ($id: ID!) {
      compareAdapters(ids: ["strong", "weak"]) {
        questionCount
        adapters { adapter { id } disputedCount preferences { wonCount lostCount tiedCount } }
        headToHead { adapterId opponentId wonCount lostCount tiedCount winRate }
      }
      feedback(id: $id) { adapters { edges { outcome node { id } } } }
      adapter(id: "weak") { feedback(first: 1) { edges { outcome } } }
    }`;
    expect((await server.graphql(query, { id: first.id }, { roles: ['admin'] })).data).toEqual({
      compareAdapters: {
        questionCount: 0,
        adapters: [
          { adapter: { id: 'strong' }, disputedCount: 0, preferences: { wonCount: 2, lostCount: 1, tiedCount: 1 } },
          { adapter: { id: 'weak' }, disputedCount: 0, preferences: { wonCount: 0, lostCount: 3, tiedCount: 1 } },
        ],
        headToHead: [
          { adapterId: 'strong', opponentId: 'weak', wonCount: 2, lostCount: 0, tiedCount: 1, winRate: 1 },
          { adapterId: 'weak', opponentId: 'strong', wonCount: 0, lostCount: 2, tiedCount: 1, winRate: 0 },
        ],
      },
      feedback: {
        adapters: {
          edges: [
            { outcome: 'WON', node: { id: 'strong' } },
            { outcome: 'LOST', node: { id: 'weak' } },
          ],
        },
      },
      adapter: { feedback: { edges: [{ outcome: 'LOST' }] } },
    });
    const match = `query ($query: String!) { graphQuery(query: $query) { rows } }`;
    for (const path of ['(a:Adapter)<-[r:FEEDBACK_FOR]-(f:Feedback)', '(f:Feedback)-[r:FEEDBACK_FOR]->(a:Adapter)']) {
      const cypher = `MATCH ${path} WHERE a.id = 'third' RETURN r.outcome, count(*) ORDER BY r.outcome`;
      expect((await server.graphql(match, { query: cypher }, { roles: ['admin'] })).data).toEqual({
        graphQuery: {
          rows: [
            ['lost', 1],
            ['won', 1],
          ],
        },
      });
    }
  });

  it('is refused by the answers that are refused anywhere', async () => {
    const { body } = await post({
      ...PREFERENCE,
      candidates: [{ answer: RIGHT }, { answer: 'Click here for free money' }],
      preferred: 0,
    });
    expect(body.validation_status).toBe('rejected');
  });

  it('takes the corrections of no reviewer', async () => {
    const { body } = await post(PREFERENCE);
    const path = `${BASE}/review/${body.id}`;
    const { status, body: answer } = await server.call<Submitted>('POST', path, {
      body: { verdict: 'approve', correction: 'It is 101.' },
      claims: { roles: ['reviewer'] },
    });
    expect([status, answer.issues?.[0]?.field]).toEqual([400, 'correction']);
  });

  const two = PREFERENCE.candidates;
  it.each<[string, object, string]>([
    ['of one candidate', { candidates: two.slice(0, 1) }, 'candidates'],
    ['of none', { candidates: [] }, 'candidates'],
    ['of nine', { candidates: Array.from({ length: 9 }, (_, nth) => ({ answer: `It is ${nth}.` })) }, 'candidates'],
    ['of what is no list', { candidates: 'both' }, 'candidates'],
    ['of what is no object', { candidates: [two[0], 'two'] }, 'candidates[1]'],
    ['without a preferred one', { preferred: undefined }, 'preferred'],
    ['of null', { preferred: null }, 'preferred'],
    ['of the third of two', { preferred: 2 }, 'preferred'],
    ['of a negative place', { preferred: -1 }, 'preferred'],
    ['of half a place', { preferred: 0.5 }, 'preferred'],
    ['of a place as a text', { preferred: '1' }, 'preferred'],
    ['of none by another word', { preferred: 'none' }, 'preferred'],
    ['with neither answer nor messages', { candidates: [{ adapter_id: 'a' }, two[1]] }, 'candidates[0]'],
    [
      'with both',
      { candidates: [two[0], { answer: RIGHT, messages: [{ role: 'user', content: 'q' }] }] },
      'candidates[1]',
    ],
    ['with a blank answer', { candidates: [two[0], { answer: ' ' }] }, 'candidates[1].answer'],
    ['with the same answer twice', { candidates: [two[0], { answer: ` ${WRONG}` }] }, 'candidates[1].answer'],
    ['with no conversation', { candidates: [two[0], { messages: [] }] }, 'candidates[1].messages'],
    [
      'with conversations that differ before',
      {
        question: undefined,
        candidates: ['Why?', 'How?'].map((content) => ({
          messages: [
            { role: 'user', content },
            { role: 'assistant', content: `You ask: ${content}` },
          ],
        })),
      },
      'candidates[1].messages',
    ],
    [
      'with the call of a tool',
      {
        question: undefined,
        candidates: [
          {
            messages: [
              { role: 'user', content: 'Why?' },
              { role: 'assistant', content: 'So.', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] },
            ],
          },
          { answer: 'Because.' },
        ],
      },
      'candidates[0].messages[1].tool_calls',
    ],
    [
      'with an adapter id of another node',
      { candidates: [two[0], { answer: RIGHT, adapter_id: 'batch-1' }] },
      'candidates[1].adapter_id',
    ],
    ['with an unknown field', { candidates: [two[0], { answer: RIGHT, adapter: 'a' }] }, 'candidates[1].adapter'],
    ['with an answer beside', { answer: 'It is 101.' }, 'answer'],
    [
      'with a conversation beside that ends otherwise',
      {
        question: undefined,
        messages: [
          { role: 'user', content: QUESTION },
          { role: 'assistant', content: 'It is 101.' },
        ],
      },
      'messages',
    ],
    ['with a correction beside', { correction: 'It is 101.' }, 'correction'],
    ['with an adapter beside', { adapter_id: 'old_lora' }, 'adapter_id'],
    ['with a model beside', { model_version: 'm' }, 'model_version'],
    ['of another type', { type: 'positive' }, 'type'],
    ['without a question', { question: undefined }, 'question'],
    ['without candidates', { candidates: undefined, answer: RIGHT }, 'candidates'],
    [
      'of the type without anything else',
      { candidates: undefined, preferred: undefined, answer: RIGHT, type: 'preference' },
      'candidates',
    ],
  ])('%s is refused, and the field is named, twice', async (_name, wrong, field) => {
    const before = await stats(`${BASE}/stats`);
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await post({ ...PREFERENCE, ...wrong });
      expect([status, body.issues?.map((issue) => issue.field)]).toEqual([400, [field]]);
    }
    expect(await stats(`${BASE}/stats`)).toEqual(before);
  });

  it.each<[string, object, string]>([
    ['into a verdict', { type: 'positive' }, 'type'],
    ['to what is not there', { preferred: 5 }, 'preferred'],
    ['to nothing', { preferred: null }, 'preferred'],
    ['with a correction', { correction: 'It is 101.' }, 'correction'],
  ])('is not revised %s', async (_name, wrong, field) => {
    const { body } = await post(PREFERENCE);
    const { status, body: answer } = await server.call<Submitted>('PATCH', `${BASE}/${body.id}`, { body: wrong });
    expect([status, answer.issues?.[0]?.field]).toEqual([400, field]);
  });

  it('is no revision of a verdict', async () => {
    const { body } = await post({ type: 'positive', question: QUESTION, answer: RIGHT });
    for (const wrong of [{ type: 'preference' }, { preferred: 0 }]) {
      const { status } = await server.call('PATCH', `${BASE}/${body.id}`, { body: wrong });
      expect(status).toBe(400);
    }
  });

  it('is of the adapter alone that a token is for', async () => {
    const claims = { roles: ['submitter'], sub: 'ann', feedback_scope: { adapter_id: 'old_lora' } };
    const refused = await post(PREFERENCE, claims);
    expect([refused.status, refused.body.issues?.[0]?.field]).toEqual([400, 'candidates[1].adapter_id']);
    const { body } = await post({ ...PREFERENCE, candidates: [{ answer: WRONG }, { answer: RIGHT }] }, claims);
    expect(await read(body.id)).toMatchObject({
      user_id: 'ann',
      candidates: [
        { answer: WRONG, adapter_id: 'old_lora' },
        { answer: RIGHT, adapter_id: 'old_lora' },
      ],
    });
  });
});
