import { describe, expect, it, vi } from 'vitest';
import { createClientWith } from '../src/client.js';
import { FeedbackGraphError } from '../src/errors.js';
import { submitterOn } from '../src/submitter.js';
import { type ConnectionOptions, createTransport } from '../src/transport.js';
import { fakeClock, fakeFetch, HTML, json, NO_CONNECTION, refusal } from './support/fake-fetch.js';

const ENTRY = { type: 'positive', question: 'What is a shard?', answer: 'A part of the data.' } as const;
const STORED = json({ id: 'feedback-1' }, 201);

function submitterWith(fetch: ConnectionOptions['fetch'], options: Partial<ConnectionOptions> = {}) {
  const clock = fakeClock();
  const transport = createTransport(
    { url: 'https://feedback.example.com/base/', token: 'secret-token', ...(fetch && { fetch }), ...options },
    clock,
  );
  return { ...submitterOn(transport), waits: clock.waits };
}

async function failureOf(promise: Promise<unknown>): Promise<FeedbackGraphError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof FeedbackGraphError) return error;
  throw new Error('It did not fail with a FeedbackGraphError', { cause: error });
}

describe('a request', () => {
  it('goes below the path of the url, with the token and JSON', async () => {
    const { sent, fetch } = fakeFetch(STORED);
    expect(await submitterWith(fetch).submit(ENTRY)).toEqual({ id: 'feedback-1' });
    const [{ url, method, headers, body }] = sent as [(typeof sent)[0]];
    expect([url, method]).toEqual(['https://feedback.example.com/base/api/v1/llm/feedback', 'POST']);
    expect(headers.get('authorization')).toBe('Bearer secret-token');
    expect(headers.get('content-type')).toBe('application/json');
    expect(JSON.parse(body)).toEqual(ENTRY);
  });

  it.each(['', '/feedback', 'feedback.example.com', 'ftp://example.com', 'https://user:password@example.com'])(
    'goes nowhere if the url is %j, and says so at once',
    (url) => {
      expect(() => createTransport({ url, token: 't' })).toThrow(TypeError);
    },
  );

  it('percent-encodes ids, and sends the version that it is about', async () => {
    const { sent, fetch } = fakeFetch(json({}));
    await submitterWith(fetch).revise('feedback-1/../x', { type: 'negative' }, { version: 3 });
    expect(sent[0]?.url).toMatch(/\/feedback\/feedback-1%2F\.\.%2Fx$/);
    expect(sent[0]?.headers.get('if-match')).toBe('"3"');
  });

  it('names no field of fetch that a worker does not know', async () => {
    const inits: RequestInit[] = [];
    const fetch = (_: string, init: RequestInit) => {
      inits.push(init);
      return Promise.resolve(STORED.clone());
    };
    await submitterWith(fetch).submit(ENTRY);
    vi.stubGlobal('Request', { prototype: {} });
    await submitterWith(fetch).submit(ENTRY);
    vi.unstubAllGlobals();
    expect(inits.map((init) => 'credentials' in init)).toEqual([true, false]);
  });

  it('needs ids that an address can have', async () => {
    const { sent, fetch } = fakeFetch(json({}));
    const { feedback, adapters } = createClientWith({ url: 'http://server', token: 't', fetch }, fakeClock());
    for (const id of ['', '.', '..']) {
      await expect(feedback.unlink('feedback-1', id)).rejects.toThrow('An id must not be empty, . or ..');
      await expect(feedback.withdraw(id)).rejects.toThrow(TypeError);
      await expect(adapters.get(id)).rejects.toThrow(TypeError);
    }
    expect(sent).toEqual([]);
    await adapters.get('team/{id}$&?#…');
    expect(sent[0]?.url).toBe('http://server/api/v1/llm/adapters/team%2F%7Bid%7D%24%26%3F%23%E2%80%A6');
  });

  it('refuses a key that fits into no header', async () => {
    const { fetch } = fakeFetch(STORED);
    const call = submitterWith(fetch).submit(ENTRY, { idempotencyKey: 'Schlüssel…' });
    await expect(call).rejects.toThrow('idempotencyKey must be a string of visible ASCII characters');
  });

  it('may outlive its page only if it is small enough for browsers', async () => {
    const { sent, fetch } = fakeFetch(STORED);
    const { submit } = submitterWith(fetch);
    await submit(ENTRY, { keepalive: true });
    await submit({ ...ENTRY, answer: 'ü'.repeat(30_001) }, { keepalive: true });
    await submit(ENTRY);
    expect(sent.map(({ keepalive }) => keepalive)).toEqual([true, false, false]);
  });
});

describe('a request that fails', () => {
  it.each([
    ['no connection', NO_CONNECTION],
    ['408', refusal(408, 'UNAVAILABLE')],
    ['429', refusal(429, 'RATE_LIMITED')],
    ['500', refusal(500, 'INTERNAL_SERVER_ERROR')],
    ['502 of a proxy', new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } })],
    ['503', refusal(503, 'UNAVAILABLE')],
    ['half an answer', new Response('{"id": "feed', { headers: { 'content-type': 'application/json' } })],
  ])('is repeated twice with the same key, and then succeeds: %s', async (_, failure) => {
    const { sent, fetch } = fakeFetch(failure, failure, STORED);
    const { submit, waits } = submitterWith(fetch);
    expect(await submit(ENTRY)).toEqual({ id: 'feedback-1' });
    const keys = new Set(sent.map(({ headers }) => headers.get('idempotency-key')));
    expect([sent.length, keys.size]).toEqual([3, 1]);
    expect([...keys][0]).toMatch(/^[\da-f]{32}$/);
    expect(waits).toEqual([250, 500]);
    await submit(ENTRY);
    expect(keys).not.toContain(sent[3]?.headers.get('idempotency-key'));
  });

  it('gives up after two repetitions', async () => {
    const { sent, fetch } = fakeFetch(NO_CONNECTION);
    const error = await failureOf(submitterWith(fetch).submit(ENTRY));
    expect([sent.length, error.code, error.status]).toEqual([3, 'CONNECTION_FAILED', undefined]);
  });

  it('sends the key that the caller has chosen', async () => {
    const { sent, fetch } = fakeFetch(STORED);
    await submitterWith(fetch).submit(ENTRY, { idempotencyKey: 'vote-7' });
    expect(sent[0]?.headers.get('idempotency-key')).toBe('vote-7');
  });

  it('waits as long as the server asks, in seconds or until a date', async () => {
    const { fetch } = fakeFetch(refusal(429, 'RATE_LIMITED', { 'retry-after': '7' }), STORED);
    const { submit, waits } = submitterWith(fetch);
    await submit(ENTRY);
    expect(waits).toEqual([7_000]);

    const date = new Date(Date.now() + 20_000).toUTCString();
    const dated = fakeFetch(refusal(503, 'UNAVAILABLE', { 'retry-after': date }), STORED);
    const later = submitterWith(dated.fetch);
    await later.submit(ENTRY);
    expect(later.waits[0]).toBeGreaterThan(15_000);
    expect(later.waits[0]).toBeLessThanOrEqual(20_000);
  });

  it('measures a date by the clock of the server, as its own may be wrong', async () => {
    const headers = { date: 'Tue, 01 Jan 2030 00:00:00 GMT', 'retry-after': 'Tue, 01 Jan 2030 00:00:09 GMT' };
    const { fetch } = fakeFetch(refusal(503, 'UNAVAILABLE', headers), STORED);
    const { submit, waits } = submitterWith(fetch);
    await submit(ENTRY);
    expect(waits).toEqual([9_000]);
  });

  it('waits for ever if it is told to', async () => {
    const { sent, fetch } = fakeFetch(() => new Promise((resolve) => setImmediate(() => resolve(STORED.clone()))));
    await submitterWith(fetch, { timeoutMs: Infinity }).submit(ENTRY);
    expect(sent.length).toBe(1);
  });

  it('does not wait for a server that asks for more than a minute', async () => {
    const { sent, fetch } = fakeFetch(refusal(429, 'RATE_LIMITED', { 'retry-after': '3600' }));
    const error = await failureOf(submitterWith(fetch).submit(ENTRY));
    expect([sent.length, error.code, error.retryAfterMs]).toEqual([1, 'RATE_LIMITED', 3_600_000]);
  });

  it('is not repeated if the server refuses it', async () => {
    const { sent, fetch } = fakeFetch(refusal(400, 'BAD_USER_INPUT'));
    const error = await failureOf(submitterWith(fetch).submit(ENTRY));
    expect(sent.length).toBe(1);
    expect(error).toMatchObject({
      name: 'FeedbackGraphError',
      message: 'What is wrong (400)',
      code: 'BAD_USER_INPUT',
      status: 400,
      requestId: 'request-1',
      issues: [{ field: 'type', problem: 'missing' }],
    });
  });

  it('is not repeated if it is about one version, which it may have changed already', async () => {
    const { sent, fetch } = fakeFetch(refusal(503, 'UNAVAILABLE'));
    await failureOf(submitterWith(fetch).revise('feedback-1', { type: 'negative' }, { version: 1 }));
    expect(sent.length).toBe(1);
    const limited = fakeFetch(refusal(429, 'RATE_LIMITED'), json({}));
    await submitterWith(limited.fetch).revise('feedback-1', { type: 'negative' }, { version: 1 });
    expect(limited.sent.length).toBe(2);
  });

  it('is no success because somebody else answers with a page', async () => {
    const { sent, fetch } = fakeFetch(HTML);
    const error = await failureOf(submitterWith(fetch).submit(ENTRY));
    expect([sent.length, error.code, error.status]).toEqual([1, 'UNEXPECTED_RESPONSE', 200]);
  });

  it('is no success because it was redirected, and so became a GET', async () => {
    const { fetch } = fakeFetch(new Response(null, { status: 301, headers: { location: 'https://elsewhere' } }));
    const error = await failureOf(submitterWith(fetch).submit(ENTRY));
    expect([error.code, error.message]).toEqual(['UNEXPECTED_RESPONSE', expect.stringContaining('redirect')]);
  });

  it('ends when the caller aborts, with the reason of the caller', async () => {
    const { sent, fetch } = fakeFetch(STORED);
    const reason = new Error('changed my mind');
    await expect(submitterWith(fetch).submit(ENTRY, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(sent.length).toBeLessThan(2);
  });

  it('tells neither the token nor the texts', async () => {
    const { fetch } = fakeFetch(NO_CONNECTION);
    const error = await failureOf(submitterWith(fetch).submit(ENTRY));
    expect(JSON.stringify([error.message, error, String(error.cause)])).not.toMatch(/secret-token|shard/);
  });
});

describe('the token', () => {
  it('is asked for before each attempt, and anew once it was refused', async () => {
    const asked: boolean[] = [];
    const token = ({ renew }: { renew: boolean }) => {
      asked.push(renew);
      return renew ? 'new' : 'old';
    };
    const { sent, fetch } = fakeFetch(refusal(401, 'UNAUTHENTICATED'), refusal(503, 'UNAVAILABLE'), STORED);
    await submitterWith(fetch, { token }).submit(ENTRY);
    expect(asked).toEqual([false, true, false]);
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer old', 'Bearer new', 'Bearer old']);
  });

  it('is renewed once at most', async () => {
    const { sent, fetch } = fakeFetch(refusal(401, 'UNAUTHENTICATED'));
    const error = await failureOf(submitterWith(fetch, { token: () => 'refused' }).submit(ENTRY));
    expect([sent.length, error.code, error.status]).toEqual([2, 'UNAUTHENTICATED', 401]);
  });

  it.each(['', 'two\nlines', 'Schlüssel…', undefined])(
    'is refused where it fits into no header, unseen: %j',
    async (token) => {
      const { sent, fetch } = fakeFetch(STORED);
      const given = token as string;
      expect(() => submitterWith(fetch, { token: given })).toThrow(
        'token must be a string of visible ASCII characters',
      );
      const error = await failureOf(submitterWith(fetch, { token: () => given }).submit(ENTRY));
      expect([error.code, sent.length]).toEqual(['TOKEN_UNAVAILABLE', 0]);
      expect(String(error) + String(error.cause)).not.toMatch(/lines|Schl/);
    },
  );

  it('that never comes holds nobody up', async () => {
    const { sent, fetch } = fakeFetch(STORED);
    const never = { token: () => new Promise<string>(() => undefined), timeoutMs: 1, maxRetries: 0 };
    const error = await failureOf(submitterWith(fetch, never).submit(ENTRY));
    expect([error.code, sent.length]).toEqual(['TIMEOUT', 0]);
    const ended = new AbortController();
    const call = submitterWith(fetch, { ...never, timeoutMs: 60_000 }).submit(ENTRY, { signal: ended.signal });
    const reason = new Error('closed');
    ended.abort(reason);
    await expect(call).rejects.toBe(reason);
  });

  it('that is fixed is not tried again', async () => {
    const { sent, fetch } = fakeFetch(refusal(401, 'UNAUTHENTICATED'));
    await failureOf(submitterWith(fetch).submit(ENTRY));
    expect(sent.length).toBe(1);
  });

  it('that cannot be had is an error that says so', async () => {
    const { sent, fetch } = fakeFetch(STORED);
    const cause = new Error('signed out');
    const error = await failureOf(submitterWith(fetch, { token: () => Promise.reject(cause) }).submit(ENTRY));
    expect([sent.length, error.code, error.cause]).toEqual([0, 'TOKEN_UNAVAILABLE', cause]);
  });
});
