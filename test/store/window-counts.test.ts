import { describe, expect, it } from 'vitest';
import { createWindowCounts } from '../../src/store/window-counts.js';

const chargeOf = (name: string) => [{ name, points: 1, limit: 1, milliseconds: 60_000 }];

describe('counts in windows', () => {
  it('take memory as names come, however many there may be', () => {
    const before = process.memoryUsage();
    const counts = Array.from({ length: 50 }, () => createWindowCounts({ maxNames: 200_000 }));
    const after = process.memoryUsage();
    const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    expect(bytes / counts.length).toBeLessThan(100_000);
  });

  it('forget whoever was idle longest where there are more', () => {
    const { charge } = createWindowCounts({ maxNames: 2, now: () => 0 });
    for (const name of ['ann', 'bert']) expect(charge(chargeOf(name)).refusedBy).toBeUndefined();
    expect(charge(chargeOf('ann')).refusedBy).toBe(0);
    expect(charge(chargeOf('cleo')).refusedBy).toBeUndefined();
    expect(charge(chargeOf('ann')).refusedBy).toBe(0);
    expect(charge(chargeOf('bert')).refusedBy).toBeUndefined();
  });
});
