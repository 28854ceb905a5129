import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { shareServer, type SharedServer, startTestServer, type TestServer } from '../support/server.js';

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

const readCase = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../fixtures/cases/${name}.json`, import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >;

interface Submitted {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly updated?: boolean;
  readonly validation_status: string;
  readonly message: string;
  readonly details?: string;
}

let interactions = 0;
/** A vote on an interaction of its own. */
const newVote = () => {
  interactions += 1;
  return { ...APPROVED, user_id: 'u', interaction_id: `interaction-${interactions}` };
};
const post = (body: object, options: { headers?: Record<string, string>; claims?: object } = {}) =>
  server.call<Submitted>('POST', BASE, { body, ...options });
const read = async (id: string) => (await server.call('GET', `${BASE}/${id}`)).body;
const list = async (query: string) =>
  (await server.call<{ feedback: Submitted[] }>('GET', `${BASE}?${query}`)).body.feedback;
const stats = async () => (await server.call<Record<string, number>>('GET', `${BASE}/stats`)).body;

describe('a change of mind', () => {
  it('by the same external id is the next version of the entry', async () => {
    const first = await post(readCase('01-revote-same-external-id/1-post'));
    expect([first.status, first.body.version, first.body.updated]).toEqual([201, 1, undefined]);
    const second = await post(readCase('01-revote-same-external-id/2-post'));
    expect([second.status, second.body]).toMatchObject([
      200,
      { id: first.body.id, type: 'negative', version: 2, updated: true, message: 'Feedback updated successfully' },
    ]);
    expect(second.headers.get('etag')).toBe('"2"');
    expect(await read(first.body.id)).toMatchObject({ type: 'negative', comment: 'changed my mind', version: 2 });
    const again = await post(readCase('01-revote-same-external-id/2-post'));
    expect([again.status, again.body]).toMatchObject([200, { id: first.body.id, version: 2, updated: false }]);
    const back = await post(readCase('01-revote-same-external-id/1-post'));
    expect([back.status, back.body]).toMatchObject([200, { type: 'positive', version: 3, updated: true }]);
    expect(await read(first.body.id)).not.toHaveProperty('comment');
  });

  it('of one user on one interaction leaves one entry, with the last word', async () => {
    const vote = readCase('11-contradicting-votes/post');
    const answers = [];
    for (const type of ['positive', 'negative', 'positive']) answers.push(await post({ ...vote, type }));
    expect(answers.map(({ status, body }) => [status, body.version, body.type])).toEqual([
      [201, 1, 'positive'],
      [200, 2, 'negative'],
      [200, 3, 'positive'],
    ]);
    expect(await list('interaction=msg-9')).toMatchObject([{ id: answers[0]?.body.id, type: 'positive', version: 3 }]);
    const { body } = await server.call<{ total_linked: number }>('GET', `${BASE}/by-adapter/tog_lora`);
    expect(body.total_linked).toBe(1);
  });

  it('is validated anew, and says so in the trail', async () => {
    const vote = newVote();
    const { body: first } = await post(vote);
    const { body: second } = await post({ ...vote, comment: 'Buy now!' });
    expect([first.validation_status, second.validation_status]).toEqual(['approved', 'rejected']);
    const query = `query ($id: ID!) { feedback(id: $id) { audit { edges { node { action } } } } }`;
    const { data } = await server.graphql(query, { id: first.id }, { roles: ['admin'] });
    expect(JSON.stringify(data)).toContain('FEEDBACK_REVISE');
  });

  it.each<[string, object, number]>([
    ['another user', { user_id: 'other' }, 2],
    ['another interaction', { interaction_id: 'elsewhere' }, 2],
    ['another answer', { answer: 'Use the DIVIDE BY clause.' }, 2],
    ['another question', { question: 'How do I disable sharding?' }, 2],
    ['another adapter', { adapter_id: 'another' }, 2],
    ['another model', { model_version: 'another' }, 2],
    ['no other, but blanks around the answer', { answer: ` ${APPROVED.answer}\n` }, 1],
  ])('is not what is said of %s', async (_name, other, entries) => {
    const vote = { ...newVote(), model_version: 'm', adapter_id: 'a' };
    const { body: first } = await post(vote);
    const { status, body } = await post({ ...vote, type: 'negative', comment: 'No.', ...other });
    expect([status, body.id === first.id]).toEqual(entries === 1 ? [200, true] : [201, false]);
  });

  it('is of the token that has submitted it alone', async () => {
    const vote = { ...newVote(), external_id: 'shared name' };
    const mine = await post(vote, { claims: { sub: 'me' } });
    const theirs = await post({ ...vote, type: 'negative', comment: 'No.' }, { claims: { sub: 'them' } });
    expect([mine.status, theirs.status, mine.body.id === theirs.body.id]).toEqual([201, 201, false]);
  });

  it('with another external id is another entry, and one without any is not', async () => {
    const vote = newVote();
    const first = await post({ ...vote, external_id: 'score-1' });
    const second = await post({ ...vote, external_id: 'score-2', type: 'negative', comment: 'No.' });
    expect([first.status, second.status]).toEqual([201, 201]);
    const third = await post({ ...vote, comment: 'Well.' });
    expect([third.status, third.body.id]).toEqual([200, second.body.id]);
  });

  it('may change the answer under an external id, which is then found by it', async () => {
    const vote = { ...newVote(), external_id: 'edited' };
    const { body: first } = await post(vote);
    const edited = { ...vote, answer: 'Use the SHARD clause, then.' };
    expect((await post(edited)).body).toMatchObject({ id: first.id, version: 2, updated: true });
    const { external_id: _, ...unnamed } = edited;
    expect((await post({ ...unnamed, comment: 'Good.' })).body).toMatchObject({ id: first.id, version: 3 });
    const { external_id: __, ...former } = vote;
    expect((await post(former)).status).toBe(201);
  });

  it('under an external id of another user, interaction or adapter is refused', async () => {
    const vote = { ...newVote(), external_id: 'taken', adapter_id: 'a' };
    await post(vote);
    for (const [field, word] of [
      ['user_id', 'user'],
      ['interaction_id', 'interaction'],
      ['adapter_id', 'adapter'],
    ] as const) {
      const { status, body } = await post({ ...vote, [field]: 'other' });
      expect([status, body.details]).toEqual([
        409,
        `The feedback entry with this external id belongs to another ${word}: submit this one under another external id`,
      ]);
    }
  });
});

describe('an entry that may not change', () => {
  const changed = { type: 'negative', comment: 'I take it back.' };

  it('is refused with the reason: used by training', async () => {
    const vote = newVote();
    const { body } = await post(vote);
    const used = { feedback_ids: [body.id], training_batch_id: 900_001 };
    await server.call('POST', `${BASE}/mark-used`, { body: used, claims: { roles: ['admin'] } });
    const refused = await post({ ...vote, ...changed });
    expect([refused.status, refused.body.details]).toEqual([409, 'Training batch 900001 has used the feedback entry']);
    expect((await post(vote)).body).toMatchObject({ id: body.id, updated: false });
    const batch = await server.call<{ results: Submitted[] }>('POST', `${BASE}/batch`, {
      body: { feedback: [{ ...vote, ...changed }, newVote()] },
    });
    expect([batch.status, batch.body.results]).toMatchObject([
      207,
      [{ status: 409, details: 'Training batch 900001 has used the feedback entry' }, { status: 201 }],
    ]);
  });

  it('is refused with the reason: reviewed, also where the reviewer has corrected it', async () => {
    const vote = { ...newVote(), type: 'negative' };
    const { body } = await post(vote);
    const verdict = { verdict: 'approve', correction: 'Use the PARTITION clause.' };
    await server.call('POST', `${BASE}/review/${body.id}`, { body: verdict, claims: { roles: ['reviewer'] } });
    const refused = await post({ ...vote, ...changed });
    expect([refused.status, refused.body.details]).toMatchObject([
      409,
      expect.stringContaining('A reviewer has approved'),
    ]);
    // An import that runs every night sends the same again.
    expect((await post(vote)).body).toMatchObject({ id: body.id, updated: false });
  });

  it('is refused with the reason: claimed by a reviewer', async () => {
    const vote = { ...newVote(), type: 'negative' };
    await post(vote);
    await server.call('POST', `${BASE}/review/claim`, { body: { count: 100 }, claims: { roles: ['reviewer'] } });
    const refused = await post({ ...vote, ...changed });
    expect([refused.status, refused.body.details]).toMatchObject([
      409,
      expect.stringContaining('A reviewer has claimed the feedback entry until'),
    ]);
  });
});

describe('a withdrawn entry', () => {
  it('counts in no statistics, and is back with the next submission', async () => {
    const before = await stats();
    const vote = { ...newVote(), type: 'negative', comment: 'No.', adapter_id: 'withdrawing' };
    const { body } = await post(vote);
    const counted = await stats();
    expect(counted['negative_count']).toBe((before['negative_count'] ?? 0) + 1);
    await server.call('PATCH', `${BASE}/${body.id}`, { body: { withdrawn: true } });
    expect(await stats()).toEqual(before);
    const query =
      '{ adapter(id: "withdrawing") { stats { totalFeedback negativeCount rejectedCount } feedback { totalCount } } }';
    expect((await server.graphql(query)).data).toEqual({
      adapter: { stats: { totalFeedback: 0, negativeCount: 0, rejectedCount: 0 }, feedback: { totalCount: 1 } },
    });
    expect(await list(`status=rejected&interaction=${vote.interaction_id}`)).toMatchObject([{ id: body.id }]);

    const again = await post(vote);
    expect([again.status, again.body]).toMatchObject([
      200,
      { id: body.id, updated: true, validation_status: 'approved' },
    ]);
    expect(await stats()).toEqual(counted);
  });
});

describe('every way in', () => {
  it('changes entries in batches, also those of the same batch', async () => {
    const [one, two] = [newVote(), newVote()];
    const { body: first } = await post(one);
    const feedback = [
      { ...one, type: 'negative', comment: 'No.' },
      two,
      { ...two, comment: 'Good.' },
      { ...one, type: 'negative', comment: 'No.' },
      { ...one, answer: '' },
      { ...one, comment: 'Yes.' },
    ];
    const { status, body } = await server.call<{ results: (Submitted & { status: number })[]; stored: number }>(
      'POST',
      `${BASE}/batch`,
      { body: { feedback } },
    );
    expect([status, body.stored]).toEqual([207, 5]);
    expect(body.results.map((each) => [each.status, each.version, each.updated])).toEqual([
      [200, 2, true],
      [201, 1, undefined],
      [200, 2, true],
      [200, 2, false],
      [400, undefined, undefined],
      [200, 3, true],
    ]);
    expect(body.results[0]?.id).toBe(first.id);
    expect(await read(first.id)).toMatchObject({ type: 'positive', comment: 'Yes.', version: 3 });
  });

  it('tells it in GraphQL', async () => {
    const { user_id: userId, interaction_id: interactionId, ...vote } = newVote();
    const input = { ...vote, userId, interactionId, type: 'POSITIVE' };
    const batch = `mutation ($input: [SubmitFeedbackInput!]!) {
      submitFeedbackBatch(input: $input) { results { created updated feedback { id version type } } }
    }`;
    const submit = async (...entries: object[]) =>
      (
        await server.graphql<{ submitFeedbackBatch: { results: { created: boolean; updated: boolean }[] } }>(batch, {
          input: entries,
        })
      ).data?.submitFeedbackBatch.results;
    expect(await submit(input)).toMatchObject([{ created: true, updated: false }]);
    expect(await submit(input, { ...input, type: 'NEGATIVE' })).toMatchObject([
      { created: false, updated: false, feedback: { version: 1 } },
      { created: false, updated: true, feedback: { version: 2, type: 'NEGATIVE' } },
    ]);
    const single = `mutation ($input: SubmitFeedbackInput!) { submitFeedback(input: $input) { version comment } }`;
    expect((await server.graphql(single, { input: { ...input, comment: 'Fine.' } })).data).toEqual({
      submitFeedback: { version: 3, comment: 'Fine.' },
    });
  });

  it('answers a repeated request as before, whatever has changed since', async () => {
    const vote = newVote();
    const changed = { ...vote, type: 'negative', comment: 'No.' };
    const once = (key: string) => ({ headers: { 'idempotency-key': `${vote.interaction_id}-${key}` } });
    const first = await post(vote, once('a'));
    const second = await post(changed, once('b'));
    await post({ ...vote, comment: 'Yes, rather.' });
    expect(await post(vote, once('a'))).toMatchObject({ status: first.status, body: first.body });
    expect(await post(changed, once('b'))).toMatchObject({ status: second.status, body: second.body });
    expect((await post(changed, once('a'))).status).toBe(422);
    expect((await read(first.body.id))['version']).toBe(3);
  });
});

it('of votes that come at once, each is a version of one entry, and none is lost', async () => {
  const types = fc.array(fc.constantFrom('positive', 'negative'), { minLength: 2, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(types, fc.boolean(), async (votes, isNamed) => {
      const vote = newVote();
      const named = isNamed ? { external_id: `ext-${vote.interaction_id}` } : {};
      const answers = await Promise.all(
        votes.map((type, number) => post({ ...vote, ...named, type, comment: `Vote number ${number}.` })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([...votes.slice(1).map(() => 200), 201]);
      const [entry, ...others] = await list(`interaction=${vote.interaction_id}`);
      expect(others).toEqual([]);
      expect(entry?.version).toBe(votes.length);
      const { body } = await server.call<{ versions: { comment: string; version: number }[] }>(
        'GET',
        `${BASE}/${entry?.id ?? ''}/versions`,
      );
      const said = body.versions.map(({ comment }) => comment);
      expect([...said].sort()).toEqual(votes.map((_, number) => `Vote number ${number}.`).sort());
      const byVersion = new Map(body.versions.map(({ version, comment }) => [version, comment]));
      answers.forEach((answer, number) => {
        expect(byVersion.get(answer.body.version)).toBe(`Vote number ${number}.`);
      });
    }),
    { numRuns: 20 },
  );
});

describe('FEEDBACK_REVOTE=new', () => {
  let keeping: TestServer;
  beforeAll(async () => {
    keeping = await startTestServer({ revote: 'new' });
  });
  afterAll(() => keeping.stop());

  it('keeps each vote, and still knows external ids', async () => {
    const vote = newVote();
    const submit = (body: object) => keeping.call<Submitted>('POST', BASE, { body });
    const answers = await Promise.all([
      submit(vote),
      submit({ ...vote, type: 'negative', comment: 'No.' }),
      submit(vote),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const named = { ...vote, external_id: 'named' };
    const { body } = await submit(named);
    expect((await submit({ ...named, comment: 'Good.' })).body).toMatchObject({ id: body.id, updated: true });
  });
});
