import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

const readCase = (name: string): string =>
  readFileSync(new URL(`../fixtures/cases/${name}.json`, import.meta.url), 'utf8');

interface Submitted {
  readonly id: string;
  readonly validation_status: string;
  readonly validation_reasons: readonly string[];
}

describe('ordinary feedback', () => {
  it.each([
    ['02-empty-comment/post', 'approved', []],
    ['02-empty-comment/emoji', 'approved', []],
    ['02-empty-comment/null', 'approved', []],
    ['03-code-is-repetition/post', 'approved', []],
    ['03-code-is-repetition/table', 'approved', []],
    ['08-identical-pair/post', 'flagged', ['The correction is the same as the answer']],
  ])('%s is %s', async (name, status, reasons) => {
    const { body, ...answer } = await server.call<Submitted>('POST', BASE, { body: readCase(name) });
    expect([answer.status, body.validation_status, body.validation_reasons]).toEqual([201, status, reasons]);
  });

  it('has no optional field that is null, empty or blank, over every way in', async () => {
    const nothing = {
      comment: ' \n',
      correction: '',
      user_id: '',
      model_version: null,
      adapter_id: null,
      external_id: '  ',
    };
    const single = await server.call<Submitted>('POST', BASE, { body: { ...APPROVED, ...nothing } });
    const batch = await server.call<{ results: Submitted[] }>('POST', `${BASE}/batch`, {
      body: { feedback: [{ ...APPROVED, ...nothing }] },
    });
    const mutation = `mutation ($input: SubmitFeedbackInput!) { submitFeedback(input: $input) { id } }`;
    const input = { ...APPROVED, type: 'POSITIVE', comment: '', correction: '  ', userId: '', modelVersion: null };
    const graphql = await server.graphql<{ submitFeedback: { id: string } }>(mutation, { input });
    const ids = [single.body.id, batch.body.results[0]?.id, graphql.data?.submitFeedback.id];
    for (const id of ids) {
      const { body } = await server.call('GET', `${BASE}/${id ?? ''}`);
      expect(body).toMatchObject({ validation_status: 'approved' });
      for (const field of Object.keys(nothing)) expect(body).not.toHaveProperty(field);
    }
  });

  it('is of now where its time is null or blank', async () => {
    for (const created_at of [null, '', ' ']) {
      const { status } = await server.call('POST', BASE, { body: { ...APPROVED, created_at } });
      expect(status).toBe(201);
      const batch = await server.call('POST', `${BASE}/batch`, { body: { feedback: [{ ...APPROVED, created_at }] } });
      expect(batch.status).toBe(201);
    }
    expect((await server.call('POST', BASE, { body: { ...APPROVED, created_at: 'now' } })).status).toBe(400);
  });

  it('names a required field that is null or blank', async () => {
    for (const answer of [null, '', '  ']) {
      const { status, body } = await server.call('POST', BASE, { body: { ...APPROVED, answer } });
      expect([status, body['issues']]).toMatchObject([400, [{ field: 'answer' }]]);
    }
    const { body } = await server.call('POST', BASE, { body: { ...APPROVED, comment: 7 } });
    expect(body['details']).toBe("'comment' must be a string");
  });
});

describe('a revision', () => {
  const submit = async (): Promise<string> => {
    const body = { ...APPROVED, type: 'negative', comment: 'It is wrong.', correction: 'Use the PARTITION BY clause.' };
    return (await server.call<Submitted>('POST', BASE, { body })).body.id;
  };

  it.each([null, '', ' \n'])('clears an optional text by %j', async (nothing) => {
    const id = await submit();
    const path = `${BASE}/${id}`;
    const first = await server.call('PATCH', path, { body: { comment: nothing } });
    expect([first.status, first.body]).toMatchObject([200, { version: 2, validation_status: 'approved' }]);
    expect(first.body).not.toHaveProperty('comment');
    expect(first.body).toHaveProperty('correction');
    const { data } = await server.graphql<{ reviseFeedback: object }>(
      `mutation ($id: ID!, $input: ReviseFeedbackInput!) {
        reviseFeedback(id: $id, input: $input) { version type correction comment validationStatus }
      }`,
      { id, input: { correction: nothing } },
    );
    expect(data?.reviseFeedback).toEqual({
      version: 3,
      type: 'NEGATIVE',
      correction: null,
      comment: null,
      validationStatus: 'FLAGGED',
    });
    const { body } = await server.call<{ versions: object[] }>('GET', `${path}/versions`);
    expect(body.versions[2]).toMatchObject({ comment: 'It is wrong.', correction: 'Use the PARTITION BY clause.' });
  });

  it('clears nothing that it does not name, and no judgement', async () => {
    const path = `${BASE}/${await submit()}`;
    expect((await server.call('PATCH', path, { body: { type: null } })).status).toBe(400);
    expect((await server.call('PATCH', path, { body: {} })).status).toBe(400);
    const { body } = await server.call('PATCH', path, { body: { type: 'positive' } });
    expect(body).toMatchObject({ comment: 'It is wrong.', correction: 'Use the PARTITION BY clause.' });
  });
});
