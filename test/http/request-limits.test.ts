import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRequestLimits, type LimitState, type RequestLimitSettings } from '../../src/http/request-limits.js';
import type { Principal } from '../../src/principal.js';
import { createWindowCounts } from '../../src/store/window-counts.js';

const ANNA = { org: 'acme', sub: 'anna' };
const BERT = { org: 'acme', sub: 'bert' };

/** The limits of a server that is the only one, which answers at once. */
function limitsOf(settings: RequestLimitSettings, maxNames = 1_000) {
  const { consume } = createRequestLimits(settings, createWindowCounts({ maxNames }).charge);
  return {
    consume: (principal: Pick<Principal, 'sub' | 'org'>, points?: number): LimitState | undefined => {
      const state = consume(principal, points);
      if (state instanceof Promise) throw new Error('The only server does not wait');
      return state;
    },
  };
}

describe('the limiter of requests', () => {
  beforeEach(() => vi.useFakeTimers({ now: 0 }));
  afterEach(() => vi.useRealTimers());

  it('lets exactly 100 of 1,000 concurrent requests of a fresh user pass', () => {
    const { consume } = limitsOf({ userPerMinute: 100, orgPerHour: 10_000 });
    const states = Array.from({ length: 1_000 }, () => consume(ANNA));
    expect(states.filter((state) => state?.allowed === true)).toHaveLength(100);
    expect(states.at(-1)).toEqual({ allowed: false, scope: 'user', limit: 100, remaining: 0, resetSeconds: 60 });
    expect(consume(ANNA)?.allowed).toBe(false);
  });

  it('gives the whole limit again a minute after the first request', () => {
    const { consume } = limitsOf({ userPerMinute: 2, orgPerHour: 0 });
    consume(ANNA);
    vi.advanceTimersByTime(45_500);
    expect(consume(ANNA)).toEqual({ allowed: true, scope: 'user', limit: 2, remaining: 0, resetSeconds: 15 });
    expect(consume(ANNA)).toEqual({ allowed: false, scope: 'user', limit: 2, remaining: 0, resetSeconds: 15 });
    vi.advanceTimersByTime(14_500);
    expect(consume(ANNA)).toEqual({ allowed: true, scope: 'user', limit: 2, remaining: 1, resetSeconds: 60 });
  });

  it('counts all users of an organization together, and answers with the limit that has the least left', () => {
    const { consume } = limitsOf({ userPerMinute: 3, orgPerHour: 4 });
    expect(consume(ANNA)).toMatchObject({ allowed: true, limit: 3, remaining: 2 });
    consume(ANNA);
    consume(BERT);
    expect(consume(BERT)).toMatchObject({ allowed: true, limit: 4, remaining: 0 });
    expect(consume(BERT)).toEqual({
      allowed: false,
      scope: 'organization',
      limit: 4,
      remaining: 0,
      resetSeconds: 3600,
    });
    expect(consume({ org: 'other', sub: 'bert' })).toMatchObject({ allowed: true, limit: 3, remaining: 2 });
  });

  it('does not count what the user limit refuses against the organization', () => {
    const { consume } = limitsOf({ userPerMinute: 2, orgPerHour: 3 });
    for (let request = 0; request < 10; request++) consume(ANNA);
    expect(consume(BERT)).toMatchObject({ allowed: true, remaining: 0 });
  });

  it('does not count what the organization limit refuses against the user', () => {
    const { consume } = limitsOf({ userPerMinute: 5, orgPerHour: 3 });
    consume(BERT);
    expect(consume(ANNA, 3)).toMatchObject({ allowed: false, limit: 3, remaining: 2 });
    expect(consume(ANNA, 2)).toMatchObject({ allowed: true, limit: 3, remaining: 0 });
  });

  it('refuses a batch that is larger than what is left as a whole, and leaves what is left', () => {
    const { consume } = limitsOf({ userPerMinute: 10, orgPerHour: 0 });
    expect(consume(ANNA, 4)).toMatchObject({ allowed: true, remaining: 6 });
    expect(consume(ANNA, 7)).toMatchObject({ allowed: false, remaining: 6 });
    expect(consume(ANNA, 1_000)).toMatchObject({ allowed: false, remaining: 6 });
    expect(consume(ANNA, 6)).toMatchObject({ allowed: true, remaining: 0 });
  });

  it('turns a limit off with 0', () => {
    const users = limitsOf({ userPerMinute: 0, orgPerHour: 2 });
    expect(users.consume(ANNA)).toMatchObject({ allowed: true, limit: 2 });
    const none = limitsOf({ userPerMinute: 0, orgPerHour: 0 });
    expect(none.consume(ANNA, 1_000_000)).toBeUndefined();
  });

  it('counts a bounded number of users, and forgets the one that was idle longest', () => {
    const { consume } = limitsOf({ userPerMinute: 1, orgPerHour: 0 }, 2);
    const allowed = (sub: string) => consume({ org: 'acme', sub })?.allowed;
    expect([allowed('anna'), allowed('bert'), allowed('anna')]).toEqual([true, true, false]);
    expect(allowed('carl')).toBe(true);
    expect([allowed('anna'), allowed('carl'), allowed('bert')]).toEqual([false, false, true]);
  });

  it('keeps any two users apart, also those whose names joined are the same', () => {
    const separator = fc.constantFrom(':', '/', '\0', '","', '%', '\\', '');
    const names = fc.tuple(
      separator,
      fc.array(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 5 }),
    );
    fc.assert(
      fc.property(names, ([joint, parts]) => {
        const { consume } = limitsOf({ userPerMinute: 1, orgPerHour: 0 }, 10);
        for (let split = 1; split < parts.length; split++) {
          const user = { org: parts.slice(0, split).join(joint), sub: parts.slice(split).join(joint) };
          expect(consume(user)).toMatchObject({ allowed: true });
          expect(consume(user)).toMatchObject({ allowed: false });
        }
      }),
    );
  });

  it('counts any order of requests like a plain counter per window', () => {
    const request = fc.record({
      points: fc.integer({ min: 1, max: 12 }),
      pause: fc.constantFrom(0, 0, 0, 20_000, 60_000),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 20 }), (requests) => {
        const { consume } = limitsOf({ userPerMinute: 10, orgPerHour: 0 }, 10);
        let used = 0;
        let endsAt = Number.NEGATIVE_INFINITY;
        for (const { points, pause } of requests) {
          vi.advanceTimersByTime(pause);
          if (Date.now() >= endsAt) used = 0;
          const allowed = used + points <= 10;
          if (used === 0) endsAt = Date.now() + 60_000;
          if (allowed) used += points;
          expect(consume(ANNA, points)).toEqual({
            allowed,
            scope: 'user',
            limit: 10,
            remaining: 10 - used,
            resetSeconds: (endsAt - Date.now()) / 1000,
          });
        }
      }),
    );
  });
});
