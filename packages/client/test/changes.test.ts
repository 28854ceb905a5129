import { describe, expect, it, vi } from 'vitest';
import type { ChangesOptions } from '../src/changes.js';
import { createClientWith } from '../src/client.js';
import { collect } from './support/collect.js';
import { fakeClock, fakeFetch, json, NO_CONNECTION, refusal, type Responder, streamed } from './support/fake-fetch.js';

const HEADERS = { 'content-type': 'text/event-stream' };
const event = (id: string): string => `id: ${id}\ndata: ${JSON.stringify({ id, action: 'feedback.submit' })}\n\n`;

function changesOf(responders: Responder[], options: ChangesOptions = {}) {
  const { sent, fetch } = fakeFetch(...responders);
  const clock = fakeClock();
  const client = createClientWith({ url: 'http://server', token: 't', fetch }, clock);
  return { sent, waits: clock.waits, changes: client.changes(options) };
}

/** The ids of so many changes. */
async function take(changes: AsyncGenerator<{ readonly id: string }>, count: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of changes) if (ids.push(id) === count) break;
  return ids;
}

describe('changes', () => {
  it('go on behind the last one after a lost connection, without a gap or a repetition', async () => {
    const { sent, changes } = changesOf([
      streamed(['retry: 2000\n\n', event('1'), event('2').slice(0, 9)], { headers: HEADERS }),
      NO_CONNECTION,
      streamed([event('2'), 'id: 5\n\n'], { whole: true, headers: HEADERS }),
      streamed([event('6')], { headers: HEADERS }),
    ]);
    expect(await take(changes, 3)).toEqual(['1', '2', '6']);
    const places = sent.map(({ url }) => new URL(url).searchParams.get('after'));
    expect(places).toEqual(['0', '1', '1', '5']);
    expect(sent[0]?.headers.get('accept')).toBe('text/event-stream');
  });

  it('that begin now begin at the same place after a lost connection', async () => {
    const { sent, changes } = changesOf(
      [
        json({ changes: [], count: 0, next_after: '41.2', has_more: false }),
        streamed([], { headers: HEADERS }),
        streamed([event('42')], { headers: HEADERS }),
      ],
      { after: 'now', type: 'negative' },
    );
    expect(await take(changes, 1)).toEqual(['42']);
    expect(sent.slice(1).map(({ url }) => new URL(url).search)).toEqual([
      '?type=negative&after=41.2',
      '?type=negative&after=41.2',
    ]);
  });

  it('wait longer and longer for a server that is away', async () => {
    const { waits, changes } = changesOf([
      streamed([event('1')], { headers: HEADERS }),
      ...Array.from({ length: 12 }, () => NO_CONNECTION),
      streamed([event('2')], { headers: HEADERS }),
    ]);
    expect(await take(changes, 2)).toEqual(['1', '2']);
    // Three attempts each, with 250 and 500 ms between them, and a longer pause after each three.
    expect(waits).toEqual([500, 250, 500, 500, 250, 500, 1_000, 250, 500, 2_000, 250, 500, 4_000]);
  });

  it('fail if there was no connection at all', async () => {
    const { changes } = changesOf([NO_CONNECTION]);
    await expect(take(changes, 1)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
  });

  it.each([
    ['refuses', refusal(403, 'FORBIDDEN'), 'FORBIDDEN'],
    ['takes the token no more', refusal(401, 'UNAUTHENTICATED'), 'UNAUTHENTICATED'],
  ])('fail if the server %s later', async (_, answer, code) => {
    const { changes } = changesOf([streamed([event('1')], { headers: HEADERS }), answer]);
    await expect(take(changes, 2)).rejects.toMatchObject({ code });
  });

  it('are not asked for without a pause by a server that hangs up at once', async () => {
    const { waits, changes } = changesOf([
      ...Array.from({ length: 3 }, () => streamed([':\n\n'], { headers: HEADERS })),
      streamed([event('1')], { headers: HEADERS }),
    ]);
    expect(await take(changes, 1)).toEqual(['1']);
    expect(waits).toEqual([500, 500, 500]);
  });

  it('wait no longer than an hour, whatever the server asks for', async () => {
    const { waits, changes } = changesOf([
      streamed([event('1')], { headers: HEADERS }),
      refusal(429, 'RATE_LIMITED', { 'retry-after': '9'.repeat(30) }),
      streamed([event('2')], { headers: HEADERS }),
    ]);
    expect(await take(changes, 2)).toEqual(['1', '2']);
    expect(waits).toEqual([500, 3_600_000]);
  });

  it('fail for an event that is none, without its text', async () => {
    const { changes } = changesOf([streamed(['data: {"question": secret\n\n'], { headers: HEADERS })]);
    const error: unknown = await take(changes, 1).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'UNEXPECTED_RESPONSE' });
    expect(String(error)).not.toContain('secret');
  });

  it('leave nothing behind at the signal, however often they have connected', async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const { changes } = changesOf(
      [
        ...Array.from({ length: 20 }, (_, number) => streamed([event(String(number))], { headers: HEADERS })),
        streamed([event('last')], { headers: HEADERS }),
      ],
      { signal },
    );
    expect((await take(changes, 21)).length).toBe(21);
    expect(added.mock.calls.length - removed.mock.calls.length).toBe(0);
  });

  it('end with the signal, without an error', async () => {
    const ended = new AbortController();
    const { changes } = changesOf([streamed([event('1'), event('2')], { headers: HEADERS })], { signal: ended.signal });
    const ids: string[] = [];
    for await (const { id } of changes) {
      ids.push(id);
      ended.abort();
    }
    expect(ids.length).toBeLessThanOrEqual(2);
    expect(await collect(changes)).toEqual([]);
  });
});
