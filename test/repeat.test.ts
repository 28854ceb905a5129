import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repeat } from '../src/repeat.js';

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => vi.useRealTimers());

/** Work whose runs end when they are told to. */
function controlledWork() {
  const ends: ((error?: Error) => void)[] = [];
  const signals: AbortSignal[] = [];
  const work = (signal: AbortSignal): Promise<void> => {
    signals.push(signal);
    return new Promise((resolve, reject) => {
      ends.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  };
  return { work, ends, signals };
}

describe('repeated work', () => {
  it('is not that of the request which has it run now', async () => {
    const request = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const work = (): Promise<void> => Promise.resolve(void seen.push(request.getStore()));
    const repetition = repeat(work, { every: 1_000, onFailure: () => undefined });
    request.run('of a request', repetition.runNow);
    await repetition.stop();
    expect(seen).toEqual([undefined]);
  });

  it('runs once in each interval, and never beside itself', async () => {
    const { work, ends } = controlledWork();
    const repetition = repeat(work, { every: 1_000, onFailure: () => undefined });
    expect(ends).toHaveLength(0);
    vi.advanceTimersByTime(3_000);
    expect(ends).toHaveLength(1);
    repetition.runNow();
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await nextTurnOfEventLoop();
    repetition.runNow();
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await repetition.stop();
  });

  it('goes on after a run that failed, and tells why it did', async () => {
    const { work, ends } = controlledWork();
    const failures: unknown[] = [];
    const repetition = repeat(work, { every: 1_000, onFailure: (error) => failures.push(error) });
    repetition.runNow();
    const broken = new Error('broken');
    ends[0]?.(broken);
    await nextTurnOfEventLoop();
    expect(failures).toEqual([broken]);
    vi.advanceTimersByTime(1_000);
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await repetition.stop();
  });

  it('stops by telling the run under way to end, and waits for it', async () => {
    const { work, ends, signals } = controlledWork();
    const repetition = repeat(work, { every: 1_000, onFailure: () => undefined });
    repetition.runNow();
    let stopped = false;
    const stopping = repetition.stop().then(() => (stopped = true));
    expect(signals[0]?.aborted).toBe(true);
    await nextTurnOfEventLoop();
    expect(stopped).toBe(false);
    ends[0]?.();
    await stopping;
    vi.advanceTimersByTime(5_000);
    repetition.runNow();
    expect(ends).toHaveLength(1);
  });
});
