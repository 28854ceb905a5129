import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBackoff, RETRIED_FOR } from '../../src/webhooks/backoff.js';
import { signatureHeaders } from '../../src/webhooks/signature.js';

/** When a delivery is attempted that always fails at once, in ms since its first attempt. */
function attempts(random: () => number): number[] {
  const backoff = createBackoff(random);
  const times = [0];
  for (let next: number | undefined; ;) {
    next = backoff({ attempts: times.length, firstAttemptAt: 0, now: times.at(-1)! });
    if (next === undefined) return times;
    times.push(next);
  }
}

it('attempts are made for 24 hours, with growing delays', () => {
  const times = attempts(() => 0.5);
  expect(times.slice(0, 5)).toEqual([0, 5_000, 25_000, 105_000, 425_000]);
  expect(times.at(-1)).toBe(RETRIED_FOR);
  expect(times).toHaveLength(13);
});

it('whatever chance says, delays are spread, never zero, and end after 24 hours', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (chance) => {
      const times = attempts(() => chance);
      expect(times.every((time, nth) => nth === 0 || time > times[nth - 1]!)).toBe(true);
      expect(times.at(-1)).toBe(RETRIED_FOR);
      expect(times.length).toBeLessThan(20);
    }),
  );
});

it('a receiver can ask for more time, up to the end', () => {
  const backoff = createBackoff(() => 0.5);
  const failed = { attempts: 1, firstAttemptAt: 0, now: 1_000 };
  expect(backoff({ ...failed, retryAfter: 60_000 })).toBe(61_000);
  expect(backoff({ ...failed, retryAfter: 100 * RETRIED_FOR })).toBe(RETRIED_FOR);
  expect(backoff({ ...failed, now: RETRIED_FOR })).toBeUndefined();
});

it('signs as the example of Standard Webhooks', () => {
  const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: 1_614_265_330_000,
    body: Buffer.from('{"test": 2432232314}'),
  };
  expect(signatureHeaders(message, [secret])).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});
