import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf, submitBatch, SubmitBatchError } from '../src/batches.js';
import { createTransport } from '../src/transport.js';
import type { Submission } from '../src/types.js';
import { collect } from './support/collect.js';
import { fakeClock, fakeFetch, json, refusal, type Responder, type SentRequest } from './support/fake-fetch.js';

const entry = (question: string): Submission => ({ type: 'positive', question, answer: 'It is so.' });

function transportWith(...responders: Responder[]) {
  const { sent, fetch } = fakeFetch(...responders);
  const clock = fakeClock();
  return { sent, waits: clock.waits, transport: createTransport({ url: 'http://server', token: 't', fetch }, clock) };
}

const countOf = ({ body }: SentRequest): number =>
  (JSON.parse(body) as { readonly feedback: readonly unknown[] }).feedback.length;

const storeAll = (request: SentRequest): Response => {
  const stored = countOf(request);
  return json({ results: Array.from({ length: stored }, () => ({ status: 201 })), stored }, 201);
};

describe('a batch', () => {
  it('is split by count and by bytes, in order, with nothing lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 40 })),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 300 }),
        async (questions, maxEntries, maxBytes) => {
          const parts = await collect(partsOf(questions.map(entry), maxEntries, maxBytes));
          expect(parts.flat()).toEqual(questions.map((question) => JSON.stringify(entry(question))));
          for (const part of parts) {
            expect(part.length).toBeLessThanOrEqual(maxEntries);
            if (part.length > 1) expect(Buffer.byteLength(part.join(','))).toBeLessThanOrEqual(maxBytes);
          }
        },
      ),
    );
  });

  it('takes entries as they come, and sums what became of them', async () => {
    const { sent, transport } = transportWith(storeAll);
    async function* entries() {
      for (let number = 0; number < 2_500; number++) yield await Promise.resolve(entry(`Question ${number}?`));
    }
    const outcome = await submitBatch(transport, entries(), { keepRevised: true });
    expect([outcome.stored, outcome.results.length]).toEqual([2_500, 2_500]);
    expect(sent.map(countOf)).toEqual([1_000, 1_000, 500]);
    expect(sent.every(({ body }) => body.endsWith('"keep_revised":true}'))).toBe(true);
    expect(new Set(sent.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(3);
  });

  it('sends nothing for no entries', async () => {
    const { sent, transport } = transportWith(storeAll);
    expect(await submitBatch(transport, [])).toEqual({ results: [], stored: 0 });
    expect(sent).toEqual([]);
  });

  it('is halved for a server that takes less at once', async () => {
    const { sent, transport } = transportWith((request) =>
      countOf(request) > 3 ? refusal(413, 'PAYLOAD_TOO_LARGE') : storeAll(request),
    );
    const outcome = await submitBatch(
      transport,
      Array.from({ length: 10 }, () => entry('Why?')),
    );
    expect(outcome.stored).toBe(10);
    expect(sent.map(countOf)).toEqual([10, 5, 3, 2, 5, 3, 2]);
  });

  it('is sent in parts of the request limit, of which each entry counts, and waits for the next ones', async () => {
    let left = 99;
    const { sent, transport, waits } = transportWith((request) => {
      const fits = countOf(request) <= left;
      left = fits ? left - countOf(request) : 100;
      const headers = { 'x-ratelimit-limit': '100', 'retry-after': '60' };
      return fits ? storeAll(request) : refusal(429, 'RATE_LIMITED', headers);
    });
    const outcome = await submitBatch(
      transport,
      Array.from({ length: 250 }, () => entry('Why?')),
    );
    expect(outcome.stored).toBe(250);
    expect(sent.map(countOf)).toEqual([250, 100, 100, 100, 50, 50]);
    expect(waits).toEqual([60_000, 60_000]);
  });

  it('tells what was stored before it broke off, and goes on under the same key', async () => {
    const { sent, transport } = transportWith(storeAll, refusal(403, 'FORBIDDEN'));
    const entries = Array.from({ length: 4 }, () => entry('Why?'));
    const options = { maxEntries: 2, idempotencyKey: 'import-1' };
    const error: unknown = await submitBatch(transport, entries, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SubmitBatchError);
    expect(error).toMatchObject({ code: 'FORBIDDEN', status: 403, requestId: 'request-1' });
    expect(error).toHaveProperty('results.length', 2);
    await submitBatch(transport, entries, options).catch(() => undefined);
    const [first, , again] = sent;
    expect(again?.headers.get('idempotency-key')).toBe(first?.headers.get('idempotency-key'));
  });
});
