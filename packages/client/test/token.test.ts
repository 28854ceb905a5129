import { afterEach, describe, expect, it, vi } from 'vitest';
import { tokenFrom } from '../src/token.js';

afterEach(() => vi.useRealTimers());

function backEnd(lifetimeMs: number) {
  let issued = 0;
  return vi.fn(() => {
    issued += 1;
    return Promise.resolve(Response.json({ token: `token-${issued}`, expires_at: Date.now() + lifetimeMs }));
  });
}

describe('tokens from a back end', () => {
  it('are shared by requests that wait, and used until shortly before they expire', async () => {
    vi.useFakeTimers();
    const fetch = backEnd(900_000);
    const token = tokenFrom('/feedback-token', { fetch, init: { credentials: 'include' } });
    const first = await Promise.all([token({ renew: false }), token({ renew: false })]);
    expect(first).toEqual(['token-1', 'token-1']);
    expect(fetch).toHaveBeenCalledExactlyOnceWith('/feedback-token', { method: 'POST', credentials: 'include' });
    vi.advanceTimersByTime(869_999);
    expect(await token({ renew: false })).toBe('token-1');
    vi.advanceTimersByTime(1);
    expect(await token({ renew: false })).toBe('token-2');
  });

  it('are used until they are refused where this clock is wrong', async () => {
    const fetch = backEnd(-3_600_000);
    const token = tokenFrom('/feedback-token', { fetch });
    expect([await token({ renew: false }), await token({ renew: false })]).toEqual(['token-1', 'token-1']);
    expect(await token({ renew: true })).toBe('token-2');
  });

  it('are fetched anew once one was refused', async () => {
    const token = tokenFrom('/feedback-token', { fetch: backEnd(900_000) });
    expect([await token({ renew: false }), await token({ renew: true })]).toEqual(['token-1', 'token-2']);
  });

  it.each([
    ['an error', () => new Response('', { status: 403 }), /answered 403/],
    ['no token', () => Response.json({ jwt: 'x' }), /without a token/],
  ])('are asked for again after %s', async (_, answer, message) => {
    const fetch = vi.fn(() => Promise.resolve(answer()));
    const token = tokenFrom('/feedback-token', { fetch });
    await expect(token({ renew: false })).rejects.toThrow(message);
    await expect(token({ renew: false })).rejects.toThrow(message);
    expect(fetch).toHaveBeenCalledTimes(2);
  });
});
